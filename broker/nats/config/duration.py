"""Time spans as Go writes them: `1h30m`, `1.5s`, `-200ms`."""

import re

from natsim.broker.nats.quote import quoted

_UNITS_NS = {
    "ns": 1,
    "us": 1000,
    "µs": 1000,
    "\u03bcs": 1000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60 * 1_000_000_000,
    "h": 3600 * 1_000_000_000,
}
_PART = re.compile(r"([0-9]*)(\.([0-9]*))?([^0-9.]*)")
_MOST_NS = 2**63 - 1
_MOST_DIGITS = 18
_ONE = 1_000_000_000_000_000_000


class DurationError(ValueError):
    """A text that is no time span; str() is what Go says of it."""


def parse_duration(text: str) -> int:
    """Give the nanoseconds of a time span. Raises DurationError."""
    rest = text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return 0
    if not rest:
        raise DurationError(f"time: invalid duration {quoted(text)}")
    total = 0
    at = 0
    while at < len(rest):
        part = _PART.match(rest, at)
        assert part is not None
        total += _part_ns(text, part)
        at = part.end()
    # Only a negative span may be one longer than the longest.
    if total > _MOST_NS + text.startswith("-"):
        raise DurationError(f"time: invalid duration {quoted(text)}")
    return -total if text.startswith("-") else total


def _part_ns(text: str, part: re.Match[str]) -> int:
    whole, fraction, unit = part[1], part[3] or "", part[4]
    if (not whole and not fraction) or len(whole) > _MOST_DIGITS + 1:
        raise DurationError(f"time: invalid duration {quoted(text)}")
    if not unit:
        raise DurationError(f"time: missing unit in duration {quoted(text)}")
    size = _UNITS_NS.get(unit)
    if size is None:
        raise DurationError(f"time: unknown unit {quoted(unit)} in duration {quoted(text)}")
    fraction_of_one = int(fraction[:_MOST_DIGITS].ljust(_MOST_DIGITS, "0"))
    return int(whole or "0") * size + fraction_of_one * size // _ONE
