"""Time as the broker sees it: an argument."""

from collections.abc import Callable
from typing import TypeAlias

from natsim.record import record

SECOND_NS = 1_000_000_000

Draw: TypeAlias = Callable[[int], int]
"""draw(n) gives an int in [0, n) from the run's entropy."""


@record
class Now:
    """One instant on two clocks.

    mono_ns: never goes back; all timers use it. wall_ns: since 1970, may jump.
    """

    mono_ns: int
    wall_ns: int
