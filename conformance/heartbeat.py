"""The PINGs of houses that say them often, and a machine that may be too busy to answer in time.

Law of the file: who is held up is stale in truth, so that a failure counts only if what came before
it came when it was due.
"""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from .failure import Failed, Undecided
from .wire.connection import PING, PONG, Silence

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from .wire.connection import Connection

INTERVAL_S = 0.25
"""The ping_interval of the houses `pings` and `stale`."""

LATE_S = 0.08
TRIES = 6

Beats: TypeAlias = "list[float]"
"""When each frame was heard that the server sends by its clock, in seconds of the event loop."""


async def until_punctual(play: Callable[[Beats], Awaitable[None]]) -> None:
    """Play until it passes, or fails though all was heard when it was due.

    play: is given the list in which it notes what it hears, a new one each time. Raises Failed, and
    Undecided if the machine is too busy to tell.
    """
    for _ in range(TRIES):
        beats: Beats = []
        try:
            await play(beats)
        except Failed:
            if are_punctual(beats):
                raise
        else:
            return
    raise Undecided("this machine is too busy to answer PING in time")


async def hear_ping(connection: Connection, beats: Beats) -> None:
    """Hear PING, and note when. Raises Failed."""
    try:
        heard = await connection.frame()
    except Silence:
        raise connection.failed(PING, b"", "no PING came from the server") from None
    beats.append(asyncio.get_running_loop().time())
    if heard != PING:
        raise connection.failed(PING, heard)


async def answer_pings(connection: Connection, beats: Beats, pings_per_pong: Sequence[int]) -> None:
    """Hear PINGs, and say a PONG behind every so many. Raises Failed."""
    for pings in pings_per_pong:
        for _ in range(pings):
            await hear_ping(connection, beats)
        await connection.write(PONG)


def are_punctual(beats: Beats) -> bool:
    """Tell whether what came, behind the first that may come at any time, came when it was due.

    >>> are_punctual([5.0, 5.25, 5.51]), are_punctual([5.0, 5.5])
    (True, False)
    """
    gaps_s = [after - before for before, after in pairwise(beats)]
    return all(abs(gap_s - INTERVAL_S) < LATE_S for gap_s in gaps_s)
