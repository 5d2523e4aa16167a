"""Time to place: where a moment of the run lies in the picture."""

from dataclasses import dataclass

_NS = 1_000_000_000
_TICKS_MAX = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The horizontal axis, from 0 to end_ns over width units that begin at left.

    origin_ns: the moment that is shown as 0, the workload mark.
    """

    left: float
    width: float
    end_ns: int
    origin_ns: int

    def x(self, t: int) -> float:
        """Give the place of a moment; what lies beyond the end is at the end."""
        return self.left + self.width * min(t, self.end_ns) / max(1, self.end_ns)

    def right(self) -> float:
        """Give the place of the end."""
        return self.left + self.width

    def ticks(self) -> list[tuple[int, str]]:
        """Give round moments and their words, in seconds from the origin, at most a dozen.

        >>> scale = Scale(left=0, width=100, end_ns=5_000_000_000, origin_ns=1_000_000_000)
        >>> [word for _, word in scale.ticks()]
        ['-1', '-0.5', '0', '0.5', '1', '1.5', '2', '2.5', '3', '3.5', '4']
        """
        step = _step(self.end_ns)
        first = -(self.origin_ns // step)
        last = (self.end_ns - self.origin_ns) // step
        return [(self.origin_ns + n * step, _seconds(n * step)) for n in range(first, last + 1)]


def _step(span_ns: int) -> int:
    power = 1
    while True:
        for factor in (1, 2, 5):
            if span_ns <= factor * power * (_TICKS_MAX - 1):
                return factor * power
        power *= 10


def _seconds(time_ns: int) -> str:
    sign = "-" if time_ns < 0 else ""
    whole, rest = divmod(abs(time_ns), _NS)
    digits = f"{rest:09}".rstrip("0")
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"
