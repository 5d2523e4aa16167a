"""Durations as Go writes them."""

_UNITS = (("h", 3_600_000_000_000), ("m", 60_000_000_000))


def go_duration(duration_ns: int) -> str:
    """Write a duration of 0 or more as Go's Duration.String does.

    >>> [go_duration(n) for n in (0, 999, 457_000, 1_500_000_000, 3_600_000_000_000)]
    ['0s', '999ns', '457µs', '1.5s', '1h0m0s']
    """
    if duration_ns < 1_000:
        return f"{duration_ns}ns" if duration_ns else "0s"
    if duration_ns < 1_000_000:
        return f"{_decimal(duration_ns, 1_000)}µs"
    if duration_ns < 1_000_000_000:
        return f"{_decimal(duration_ns, 1_000_000)}ms"
    text, rest = "", duration_ns
    for unit, unit_ns in _UNITS:
        count, rest = divmod(rest, unit_ns)
        if count or text:
            text += f"{count}{unit}"
    return f"{text}{_decimal(rest, 1_000_000_000)}s"


def _decimal(value: int, scale: int) -> str:
    whole, part = divmod(value, scale)
    digits = str(scale + part)[1:].rstrip("0")
    return f"{whole}.{digits}" if digits else str(whole)
