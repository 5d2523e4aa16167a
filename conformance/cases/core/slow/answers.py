"""Cases: who answers PING stays connected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.heartbeat import Beats, answer_pings, until_punctual

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection


@case(
    "core.slow.pong-keeps",
    "Who answers PING stays connected; one PONG makes good for two.",
    "core.slow.stale",
    house="stale",
    limit_s=30,
)
async def pong_keeps(trial: Trial) -> None:
    async def play(beats: Beats) -> None:
        connection = await trial.connect()
        await answer_pings(connection, beats, pings_per_pong=(1, 2, 2, 1))
        await _expect_served(trial, connection)

    await until_punctual(play)


@case(
    "core.slow.idle-before-connect",
    "Where nobody has to log in, a connection may wait with CONNECT as long as it answers PING.",
    house="stale",
    limit_s=30,
)
async def idle_before_connect(trial: Trial) -> None:
    async def play(beats: Beats) -> None:
        connection = await trial.open()
        # The time for credentials, 200 ms, is over with the first of these.
        await answer_pings(connection, beats, pings_per_pong=(1, 1, 1))
        await connection.write(trial.connect_line(connection))
        await _expect_served(trial, connection)

    await until_punctual(play)


async def _expect_served(trial: Trial, connection: Connection) -> None:
    subject = trial.subject("a")
    await connection.write(b"SUB %b 1\r\nPUB %b 5\r\nalive\r\n" % (subject, subject))
    await connection.expect(b"MSG %b 1 5\r\nalive\r\n" % subject)
    await connection.expect_nothing()
