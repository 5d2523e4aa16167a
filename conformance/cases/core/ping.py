"""PING and PONG: how many, and what a PONG proves."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.heartbeat import (
    INTERVAL_S,
    Beats,
    answer_pings,
    hear_ping,
    until_punctual,
)
from natsim.conformance.wire.connection import PING, PONG

if TYPE_CHECKING:
    from natsim.conformance.failure import Failed
    from natsim.conformance.trial import Trial

_PINGS = 1000
_PINGS_MAX = 3
"""As in the house."""


@case("core.ping.many", "A thousand PINGs at once are answered with as many PONGs.")
async def many(trial: Trial) -> None:
    """Prove by the answer to what is said behind them that there are no more."""
    connection = await trial.connect()
    await connection.write(PING * _PINGS + trial.connect_line(connection, verbose=True))
    await connection.expect(*([PONG] * _PINGS), b"+OK\r\n")


@case(
    "core.ping.many-pongs", "A thousand PONGs that nobody asked for do no harm.", "core.ping.pong"
)
async def many_pongs(trial: Trial) -> None:
    """Nothing is said about them."""
    connection = await trial.connect()
    await connection.write(PONG * _PINGS + PING)
    await connection.expect(PONG)
    await connection.expect_nothing()


@case(
    "core.ping.behind-many-messages",
    "PONG comes behind all messages of what was published before.",
    "core.ping.barrier",
)
async def behind_many_messages(trial: Trial) -> None:
    """Also if they are large."""
    connection = await trial.connect()
    subject = trial.subject("a")
    payload = b"x" * 2000
    publish = b"PUB %b 2000\r\n%b\r\n" % (subject, payload)
    message = b"MSG %b 1 2000\r\n%b\r\n" % (subject, payload)
    await connection.write(b"SUB %b 1\r\n" % subject + publish * 200 + PING + publish + PING)
    frames = (*([message] * 200), PONG, message, PONG)
    await connection.expect(*frames, within_s=trial.patience.wait_s)


@case(
    "core.ping.across-connections",
    "What a PONG to the publisher proves is in front of the next PONG to the subscriber.",
)
async def across_connections(trial: Trial) -> None:
    """So two PINGs, one after the other, prove a delivery between connections."""
    subscriber, publisher = await trial.connect(), await trial.connect()
    subject = trial.subject("a")
    await subscriber.write(b"SUB %b 1\r\n" % subject)
    await subscriber.expect_nothing()
    for number in range(20):
        text = b"%02d" % number
        await publisher.write(b"PUB %b 2\r\n%b\r\n" % (subject, text) + PING)
        await publisher.expect(PONG)
        await subscriber.write(PING)
        message = b"MSG %b 1 2\r\n%b\r\n" % (subject, text)
        await subscriber.expect(message, PONG, within_s=trial.patience.wait_s)


@case(
    "core.ping.interval",
    "The server says PING each ping_interval to one who says nothing.",
    house="pings",
)
async def interval(trial: Trial) -> None:
    """Let the first be late by a fifth, and none be early."""
    loop = asyncio.get_running_loop()
    early: list[Failed] = []

    async def play(beats: Beats) -> None:
        connection = await trial.open()
        began_s = loop.time()
        await connection.write(trial.connect_line(connection))
        for number in (1, 2, 3):
            await hear_ping(connection, beats)
            if loop.time() - began_s < number * INTERVAL_S * 0.98:
                early.append(connection.failed(b"", PING, f"PING {number} came too early"))
                return
            await connection.write(PONG)

    await until_punctual(play)
    # No machine is too busy for what comes before its time.
    if early:
        raise early[0]


@case("core.ping.answered", "Who answers each PING of the server is kept.", house="pings")
async def answered(trial: Trial) -> None:
    """For longer than one who does not answer would be."""

    async def play(beats: Beats) -> None:
        connection = await trial.open()
        await connection.write(trial.connect_line(connection))
        await answer_pings(connection, beats, [1] * (_PINGS_MAX + 3))
        await connection.expect_nothing()

    await until_punctual(play)


@case(
    "core.ping.answered-with-verbose",
    "With verbose PONG is not acknowledged.",
    "core.ping.no-acknowledgement",
    house="pings",
)
async def answered_with_verbose(trial: Trial) -> None:
    """Not that to a PING of the server either."""
    connection = await trial.open()
    await connection.write(trial.connect_line(connection, verbose=True))
    await connection.expect(b"+OK\r\n")
    await answer_pings(connection, [], [1])
    await connection.expect_nothing()
