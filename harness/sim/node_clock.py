"""A node's own clock: what it reads at a true time, and when it will read a given time.

Laws of the file: whole numbers only, kept to the millionth of a nanosecond, so that nothing
accumulates, however long a clock drifts and however often its rate changes; the monotonic clock
never goes back, and a jump of the wall clock does not touch it; neither stops for a process that is
paused, as Linux's CLOCK_MONOTONIC does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clock import Action, Clock

DRIFT_PPM_MAX = 100_000
"""A tenth faster or slower: far more than NTP ever corrects, and time still moves on."""

WALL_NS_MAX = (1 << 63) - 1
"""The last instant of 64-bit nanoseconds since 1970, in the year 2262."""

_MILLION = 1_000_000


class NodeClock:
    """The clocks of one node: the monotonic one and the one on the wall.

    true: the world's clock. wall_ns: what is on the wall when true time is right now.
    when_rate_changes: set by the node; called after the rate changed, to time anew what waits.
    monotonic: who gives the monotonic time, `now_ns` and `call_at`: the world's clock as long as
    both are the same, so that a clock nobody set costs nothing; then this one.
    """

    __slots__ = (
        "_ahead_ns",
        "_parts",
        "_rate",
        "_since_ns",
        "_true",
        "monotonic",
        "when_rate_changes",
    )

    def __init__(self, true: Clock, wall_ns: int) -> None:
        self._true = true
        self.monotonic: Clock | NodeClock = true
        self.when_rate_changes: Callable[[], None] | None = None
        self._since_ns = true.now_ns
        self._parts = self._since_ns * _MILLION  # the monotonic time at _since_ns, in millionths
        self._rate = _MILLION  # millionths of a nanosecond that pass in one of true time
        self._ahead_ns = wall_ns - self._since_ns

    @property
    def drift_ppm(self) -> int:
        """By how many millionths the clock is too fast; negative when it is too slow."""
        return self._rate - _MILLION

    @property
    def now_ns(self) -> int:
        """The time on the monotonic clock."""
        return (self._parts + (self._true.now_ns - self._since_ns) * self._rate) // _MILLION

    @property
    def wall_ns(self) -> int:
        """The time on the wall, in nanoseconds since 1970."""
        return self._ahead_ns + self.monotonic.now_ns

    def true_ns(self, mono_ns: int) -> int:
        """Give the first instant of true time at which the monotonic clock reads a time or more.

        A time before the rate last changed gives an instant that is past.
        """
        parts = mono_ns * _MILLION - self._parts
        return self._since_ns - (-parts // self._rate)  # rounded up: no timer is early

    def call_at(self, at_ns: int, action: Action) -> None:
        """Let an action happen at a time of the monotonic clock; one that is past means now."""
        self._true.call_at(self.true_ns(at_ns), action)

    def jump(self, by_ns: int) -> None:
        """Set the wall clock forward, or back when by_ns is negative.

        Raises ValueError when it would leave the years from 1970 to 2262.
        """
        wall_ns = self.wall_ns + by_ns
        if not 0 <= wall_ns <= WALL_NS_MAX:
            raise ValueError(
                f"the wall clock would be at {wall_ns} ns; it must be in 0..{WALL_NS_MAX}, "
                "the years 1970 to 2262"
            )
        self._ahead_ns += by_ns

    def drift(self, ppm: int) -> None:
        """Let both clocks be too fast from now on, or too slow when ppm is negative; 0 ends it.

        What a clock has gained or lost, it keeps. Raises ValueError over DRIFT_PPM_MAX.
        """
        if abs(ppm) > DRIFT_PPM_MAX:
            raise ValueError(
                f"the drift is {ppm} ppm; it must be in -{DRIFT_PPM_MAX}..{DRIFT_PPM_MAX}"
            )
        true_ns = self._true.now_ns
        self._parts += (true_ns - self._since_ns) * self._rate
        self._since_ns = true_ns
        self._rate = _MILLION + ppm
        is_true = ppm == 0 and self._parts == true_ns * _MILLION
        self.monotonic = self._true if is_true else self
        if self.when_rate_changes is not None:
            self.when_rate_changes()
