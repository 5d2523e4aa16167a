"""Moments as texts: RFC 3339 in UTC, as Go writes them."""

from natsim.broker.now import SECOND_NS

_DAY_S = 86_400
_DAYS_TO_1970 = 719_468  # from 0000-03-01, where the calendar's arithmetic is simplest
_ERA_DAYS = 146_097  # 400 years


def rfc3339(wall_ns: int) -> str:
    """Write a moment with as many digits of its second as there are, up to nine.

    wall_ns: since 1970.

    >>> rfc3339(1_700_000_000_120_000_000)
    '2023-11-14T22:13:20.12Z'
    """
    seconds, fraction_ns = divmod(wall_ns, SECOND_NS)
    days, second = divmod(seconds, _DAY_S)
    year, month, day = _date(days)
    fraction = f".{fraction_ns:09d}".rstrip("0") if fraction_ns else ""
    clock = f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    return f"{year:04d}-{month:02d}-{day:02d}T{clock}{fraction}Z"


def _date(days: int) -> tuple[int, int, int]:
    era, day_of_era = divmod(days + _DAYS_TO_1970, _ERA_DAYS)
    leap_days = day_of_era // 1460 - day_of_era // 36_524 + day_of_era // 146_096
    year_of_era = (day_of_era - leap_days) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    months_since_march = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * months_since_march + 2) // 5 + 1
    month = months_since_march + 3 if months_since_march < 10 else months_since_march - 9
    return 400 * era + year_of_era + (month <= 2), month, day
