"""Numbers as a reader wants them: grouped, with a unit, never more digits than they deserve."""

_NS = 1_000_000_000


def count(number: int) -> str:
    """Group the digits: 48112 is `48,112`."""
    return f"{number:,}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """Say how many: `1 message`, `31 messages`, `2 anomalies`; plural: unless it is noun and s."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def seconds(time_ns: int) -> str:
    """Say a moment or a span in seconds to the millisecond, rounded down: `2.000`."""
    return _fixed(time_ns, digits=3)


def seconds_exactly(time_ns: int) -> str:
    """Say a moment in seconds to the microsecond, rounded down: `2.000417`."""
    return _fixed(time_ns, digits=6)


def duration(span_ns: int) -> str:
    """Say a span with the unit that fits: `840 ms`, `13.2 s`, `2 min 05 s`, `3 h 20 min`.

    >>> duration(840_000_000), duration(13_210_000_000), duration(125_000_000_000)
    ('840 ms', '13.2 s', '2 min 05 s')
    """
    if span_ns < 1_000_000:
        return f"{span_ns / 1_000:.3g} µs"
    if span_ns < 999_500_000:
        return f"{span_ns / 1_000_000:.3g} ms"
    if span_ns < 60 * _NS:
        return f"{span_ns / _NS:.1f} s"
    whole = span_ns // _NS
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60:02} min"


def share(part: int, whole: int) -> str:
    """Say a part of a whole in percent; nothing when there is no whole or no part.

    >>> share(31, 48112), share(1, 1_000_000), share(1, 2)
    ('0.064 %', '< 0.001 %', '50 %')
    """
    if whole <= 0 or part <= 0:
        return ""
    percent = 100 * part / whole
    if percent < 0.001:
        return "< 0.001 %"
    if 99.9 < percent < 100:
        return "> 99.9 %"
    return f"{percent:.2g} %" if percent < 10 else f"{percent:.3g} %"


def listed(words: list[str], last: str) -> str:
    """Join words for a sentence: `a`, `a or b`, `a, b or c`, where last is `or`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _fixed(time_ns: int, digits: int) -> str:
    units = abs(time_ns) // 10 ** (9 - digits)
    sign = "-" if time_ns < 0 and units else ""
    return f"{sign}{units // 10**digits:,}.{units % 10**digits:0{digits}}"
