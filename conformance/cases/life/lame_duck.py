"""Cases: lame duck mode, in which a server takes leave of its clients."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed, Undecided
from natsim.conformance.members import Members, read_members
from natsim.conformance.wire.connection import PING, PONG

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

GRACE_S = 1.0
"""As the house has it."""

STEP_S = 1.0
"""At most so long after one client the next is closed."""

LATE_S = 5.0
"""What a busy machine may add."""


@case(
    "life.lame-duck.info",
    "Clients that speak protocol 1 are told by INFO that the server leaves, and closed later.",
    house="lame-duck",
    is_fresh=True,
)
async def info(trial: Trial) -> None:
    connection = await trial.connect(protocol=1)
    await connection.barrier()

    await trial.server.lame_duck()

    said = await _until_told(connection)
    said.must_say("server_id", connection.info["server_id"])
    await connection.expect_closed(GRACE_S + STEP_S + LATE_S)


@case(
    "life.lame-duck.protocol-0",
    "A client that does not speak protocol 1 gets no INFO; it is closed without a word.",
    house="lame-duck",
    is_fresh=True,
)
async def protocol_0(trial: Trial) -> None:
    connection = await trial.connect(protocol=0)

    await trial.server.lame_duck()

    heard = await connection.hear(GRACE_S + STEP_S + LATE_S, passing_over=(b"PING",))
    if heard:
        raise connection.failed(b"<closed>", heard, "something else came than the end")


@case(
    "life.lame-duck.closed",
    "Clients are closed after the grace period, one by one; then the server ends with exit code 0.",
    house="lame-duck",
    is_fresh=True,
    limit_s=15,
)
async def closed(trial: Trial) -> None:
    connections = [await trial.connect() for _ in range(3)]
    loop = asyncio.get_running_loop()
    began_s = loop.time()

    await trial.server.lame_duck()

    async def wait_for_end(connection: Connection) -> float:
        await connection.expect_closed(GRACE_S + len(connections) * STEP_S + LATE_S)
        return loop.time() - began_s

    ends_s = sorted(await asyncio.gather(*map(wait_for_end, connections)))
    if ends_s[0] < GRACE_S * 0.9:
        raise Failed(f"the first client was closed after {ends_s[0]:.2f} s, in the grace period")
    if ends_s[-1] - ends_s[0] < 0.1:
        raise Failed(f"all clients were closed at once, after {ends_s[0]:.2f} s")
    code = await trial.server.wait()
    if code != 0:
        raise Failed(f"the server ended with exit code {code}, expected 0")


@case(
    "life.lame-duck.grace",
    "In the grace period clients go on as before, but new ones are not let in.",
    house="lame-duck",
    is_fresh=True,
)
async def grace(trial: Trial) -> None:
    subject = trial.subject("a")
    one, other = await trial.connect(protocol=1), await trial.connect()
    await one.write(b"SUB %b 1\r\n" % subject)
    await one.barrier()
    loop = asyncio.get_running_loop()

    await trial.server.lame_duck()
    began_s = loop.time()

    await _until_told(one)
    await _until_refused(trial)
    await other.write(b"PUB %b 2\r\nhi\r\n%b" % (subject, PING))
    answers = [await other.hear(), await one.hear()]
    if loop.time() - began_s > GRACE_S * 0.9:
        raise Undecided("this machine was too slow for the grace period")
    if answers[0] != PONG:
        raise other.failed(PONG, answers[0])
    if answers[1] != b"MSG %b 1 2\r\nhi\r\n" % subject:
        raise one.failed(b"MSG %b 1 2\r\nhi\r\n" % subject, answers[1])


@case(
    "life.lame-duck.alone",
    "A server without clients ends at once, with exit code 0.",
    "life.lame-duck.closed",
    house="lame-duck",
    is_fresh=True,
)
async def alone(trial: Trial) -> None:
    await (await trial.connect()).leave()

    await trial.server.lame_duck()

    code = await trial.server.wait()
    if code != 0:
        raise Failed(f"the server ended with exit code {code}, expected 0")


async def _until_told(connection: Connection) -> Members:
    """Give the INFO that tells of lame duck mode."""
    while True:
        line = await connection.hear(passing_over=(b"PING",))
        if not line.startswith(b"INFO "):
            raise connection.failed(b'INFO {"ldm":true, ... }', line, "no INFO told of lame duck")
        said = read_members("INFO", line[5:])
        if said.has("ldm"):
            said.must_say("ldm", True)
            return said


async def _until_refused(trial: Trial) -> None:
    """Connect in vain; clients have been told that the server leaves."""
    address = trial.addresses[0]
    loop = asyncio.get_running_loop()
    end_s = loop.time() + GRACE_S / 2
    while True:
        try:
            _, writer = await asyncio.open_connection(address.host, address.port)
        except OSError:
            return
        writer.transport.abort()
        if loop.time() > end_s:
            raise Failed("a server in lame duck mode still takes new connections")
        await asyncio.sleep(0.01)
