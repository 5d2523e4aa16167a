"""Cases: what keeps the server from sending PING."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.wire.connection import PING, PONG, Silence

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

INTERVALS = 8
INTERVAL_S = 0.25
PAUSE_S = 0.03
PINGS_MAX = 4
"""Of INTERVALS: one is due after CONNECT; the others may be due because this machine was slow."""


@case(
    "core.slow.activity.publishing",
    "Who publishes is not asked by PING if he is there.",
    "core.slow.activity",
    house="stale",
)
async def publishing(trial: Trial) -> None:
    connection = await trial.connect()
    await _stay_active(connection, b"PUB %b 0\r\n\r\n" % trial.subject("a"))


@case(
    "core.slow.activity.pinging",
    "Who sends PING is not asked by PING if he is there.",
    "core.slow.activity",
    house="stale",
)
async def pinging(trial: Trial) -> None:
    await _stay_active(await trial.connect(), PING)


async def _stay_active(connection: Connection, data: bytes) -> None:
    loop = asyncio.get_running_loop()
    end_s = loop.time() + INTERVALS * INTERVAL_S
    pings = 0
    while loop.time() < end_s:
        await connection.write(data)
        try:
            frame = await connection.frame(PAUSE_S)
        except Silence:
            continue
        if frame == PING:
            pings += 1
            await connection.write(PONG)
        elif frame == PONG:
            await asyncio.sleep(PAUSE_S)
        else:
            raise connection.failed(PONG, frame)
    if pings > PINGS_MAX:
        raise Failed(f"{pings} PINGs came within {INTERVALS} intervals to one who never was silent")
