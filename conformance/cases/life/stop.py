"""Cases: the end of a server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial


@case(
    "life.stop.closes",
    "A server that is stopped closes its connections without a word, and listens no more.",
    is_fresh=True,
)
async def closes(trial: Trial) -> None:
    one, other, silent = await trial.connect(), await trial.connect(), await trial.open()
    await one.write(b"SUB %b 1\r\n" % trial.subject("a"))
    await one.expect_nothing()

    await trial.server.stop()

    for connection in (one, other, silent):
        await connection.expect_closed()
    address = trial.addresses[0]
    try:
        _, writer = await asyncio.open_connection(address.host, address.port)
    except OSError:
        return
    writer.transport.abort()
    raise Failed("a server that has ended still takes connections")


@case(
    "life.stop.exit-code",
    "A server that is stopped by SIGTERM ends with exit code 0.",
    is_fresh=True,
    versions=">=2.11",
)
async def exit_code(trial: Trial) -> None:
    await trial.connect()

    code = await trial.server.stop()

    if code != 0:
        raise Failed(f"the server ended with exit code {code}, expected 0")


@case(
    "life.stop.exit-code-1",
    "A server that is stopped by SIGTERM ends with exit code 1.",
    "life.stop.exit-code",
    is_fresh=True,
    versions="<2.11",
)
async def exit_code_1(trial: Trial) -> None:
    await trial.connect()

    code = await trial.server.stop()

    if code != 1:
        raise Failed(f"the server ended with exit code {code}, expected 1")


@case(
    "life.stop.delivers",
    "What was acknowledged by PONG before the server stops is delivered.",
    is_fresh=True,
)
async def delivers(trial: Trial) -> None:
    subscriber, publisher, a = await trial.connect(), await trial.connect(), trial.subject("a")
    await subscriber.write(b"SUB %b 1\r\n" % a)
    await subscriber.expect_nothing()
    for number in range(100):
        await publisher.write(b"PUB %b 2\r\n%02d\r\n" % (a, number))
    await publisher.expect_nothing()

    await trial.server.stop()

    await subscriber.expect(*[b"MSG %b 1 2\r\n%02d\r\n" % (a, number) for number in range(100)])
    await subscriber.expect_closed()
