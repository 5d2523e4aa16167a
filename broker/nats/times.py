"""Moments and spans as /varz and /connz have them."""

from natsim.broker.now import SECOND_NS

_DAY_S = 86_400
_YEAR_DAYS = 365
_ERA_DAYS = 146_097
"""Days of 400 years."""

_FROM_MARCH_0000 = 719_468
"""Days from the first of March of the year 0 to 1970."""


def go_time(wall_ns: int) -> str:
    """Write a moment, in ns since 1970, as Go writes a UTC time: RFC 3339, no trailing zeros.

    >>> go_time(0), go_time(1_795_534_270_759_737_000)
    ('1970-01-01T00:00:00Z', '2026-11-24T15:31:10.759737Z')
    """
    seconds, rest = divmod(wall_ns, SECOND_NS)
    days, second = divmod(seconds, _DAY_S)
    year, month, day = _date(days)
    clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    fraction = f".{rest:09d}".rstrip("0") if rest else ""
    return f"{year:04d}-{month:02d}-{day:02d}T{clock}{fraction}Z"


def uptime(span_ns: int) -> str:
    """Write a span in whole seconds, from the largest unit that is not zero downwards.

    >>> uptime(59_999_999_999), uptime(3_600 * SECOND_NS), uptime(400 * 86_400 * SECOND_NS)
    ('59s', '1h0m0s', '1y35d0h0m0s')
    """
    seconds = max(span_ns, 0) // SECOND_NS
    years, days = divmod(seconds // _DAY_S, _YEAR_DAYS)
    counts = (years, days, seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)
    first = next((at for at, count in enumerate(counts) if count), len(counts) - 1)
    return "".join(f"{counts[at]}{'ydhms'[at]}" for at in range(first, len(counts)))


def _date(days: int) -> tuple[int, int, int]:
    """Give year, month and day of a day since 1970: years counted from March, leap day last."""
    era, day_of_era = divmod(days + _FROM_MARCH_0000, _ERA_DAYS)
    leaps = day_of_era // 1460 - day_of_era // 36_524 + day_of_era // 146_096
    year_of_era = (day_of_era - leaps) // _YEAR_DAYS
    day_of_year = day_of_era - (_YEAR_DAYS * year_of_era + year_of_era // 4 - year_of_era // 100)
    months = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * months + 2) // 5 + 1
    month = months + 3 if months < 10 else months - 9
    return era * 400 + year_of_era + (month <= 2), month, day
