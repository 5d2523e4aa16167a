"""Time spans as Go writes them: `1h30m0s`, `1.5s`, `-200ms`."""

import re

from .quote import quoted

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
_LONG_UNITS = (("h", 3_600_000_000_000), ("m", 60_000_000_000))


class DurationError(ValueError):
    """A text that is no time span; str() is what Go says of it."""


def go_duration(duration_ns: int) -> str:
    """Write nanoseconds as Go's Duration.String does.

    >>> [go_duration(n) for n in (0, 999, 457_000, 1_500_000_000, 3_600_000_000_000)]
    ['0s', '999ns', '457µs', '1.5s', '1h0m0s']
    """
    if duration_ns < 0:
        return "-" + go_duration(-duration_ns)
    if duration_ns < 1_000:
        return f"{duration_ns}ns" if duration_ns else "0s"
    if duration_ns < 1_000_000:
        return f"{_decimal(duration_ns, 1_000)}µs"
    if duration_ns < 1_000_000_000:
        return f"{_decimal(duration_ns, 1_000_000)}ms"
    text, rest = "", duration_ns
    for unit, unit_ns in _LONG_UNITS:
        count, rest = divmod(rest, unit_ns)
        if count or text:
            text += f"{count}{unit}"
    return f"{text}{_decimal(rest, 1_000_000_000)}s"


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


def _decimal(value: int, scale: int) -> str:
    whole, part = divmod(value, scale)
    digits = str(scale + part)[1:].rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)


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
