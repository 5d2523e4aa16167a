"""Cases: who answers PING stays connected.

A machine that is busy may hold us up until we are stale in truth; what was not punctual proves
nothing, and is tried again.
"""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.connection import PING, PONG
from natsim.conformance.failure import Undecided

if TYPE_CHECKING:
    from collections.abc import Sequence

    from natsim.conformance.connection import Connection
    from natsim.conformance.trial import Trial

INTERVAL_S = 0.25
LATE_S = 0.08
TRIES = 6


@case(
    "core.slow.pong-keeps",
    "Who answers PING stays connected; one PONG makes good for two.",
    "core.slow.stale",
    house="stale",
    limit_s=30,
)
async def pong_keeps(trial: Trial) -> None:
    for _ in range(TRIES):
        connection = await trial.connect()
        if await _is_kept(connection, pings_per_pong=(1, 2, 1, 2)):
            await _expect_served(trial, connection)
            return
    raise Undecided("this machine is too busy to answer PING in time")


@case(
    "core.slow.idle-before-connect",
    "Where nobody has to log in, a connection may wait with CONNECT as long as it answers PING.",
    house="stale",
    limit_s=30,
)
async def idle_before_connect(trial: Trial) -> None:
    for _ in range(TRIES):
        connection = await trial.open()
        # The time for credentials, 200 ms, is over with the first of these.
        if await _is_kept(connection, pings_per_pong=(1, 1, 1)):
            await connection.write(trial.connect_line(connection))
            await _expect_served(trial, connection)
            return
    raise Undecided("this machine is too busy to answer PING in time")


async def _is_kept(connection: Connection, pings_per_pong: Sequence[int]) -> bool:
    """Tell whether PINGs came, and nothing else; False if we may have been too late for them."""
    loop = asyncio.get_running_loop()
    heard_s: list[float] = []
    for pings in pings_per_pong:
        for _ in range(pings):
            frame = await connection.frame()
            heard_s.append(loop.time())
            if frame != PING:
                if _were_punctual(heard_s):
                    raise connection.failed(PING, frame)
                return False
        await connection.write(PONG)
    return True


def _were_punctual(heard_s: Sequence[float]) -> bool:
    """Tell whether what came, behind the first that may come at any time, came when it was due."""
    gaps_s = [after - before for before, after in itertools.pairwise(heard_s)]
    return all(abs(gap_s - INTERVAL_S) < LATE_S for gap_s in gaps_s)


async def _expect_served(trial: Trial, connection: Connection) -> None:
    subject = trial.subject("a")
    await connection.write(b"SUB %b 1\r\nPUB %b 5\r\nalive\r\n" % (subject, subject))
    await connection.expect(b"MSG %b 1 5\r\nalive\r\n" % subject)
    await connection.expect_nothing()
