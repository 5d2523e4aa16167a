"""The hours of the day in which a user may be connected."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from natsim.broker.now import SECOND_NS

if TYPE_CHECKING:
    from .claims import Hours

ZoneOffset: TypeAlias = Callable[[str, int], int | None]
"""offset(zone, wall_s): seconds east of Greenwich then; None for an unknown zone.

The empty name is the server's own zone. Tables of zones are outside the broker.
"""

DAY_S = 86_400
_CLOCK = re.compile(r"(\d{1,2}):(\d{2}):(\d{2})")


def greenwich_only(zone: str, wall_s: int) -> int | None:
    """Know no zone but UTC, which is also the server's own."""
    del wall_s
    return 0 if zone in ("", "UTC") else None


def read_clock(text: str) -> int | None:
    """Give the second of the day of `HH:MM:SS`, None for any other text."""
    found = _CLOCK.fullmatch(text)
    if found is None or not text.isascii():
        return None
    hour, minute, second = (int(part) for part in found.groups())
    is_clock = hour < 24 and minute < 60 and second < 60
    return hour * 3600 + minute * 60 + second if is_clock else None


def time_left_ns(
    hours: Sequence[Hours], zone: str, wall_ns: int, zone_offset: ZoneOffset
) -> int | None:
    """Tell how long a user may stay: nanoseconds of the range that lasts longest.

    hours: one or more. None outside of all, or where zone is unknown.
    """
    offset = zone_offset(zone, wall_ns // SECOND_NS)
    if offset is None:
        return None
    local_ns = (wall_ns + offset * SECOND_NS) % (DAY_S * SECOND_NS)
    left = [_left_of(part, local_ns) for part in hours]
    return max((ns for ns in left if ns is not None), default=None)


def _left_of(part: Hours, local_ns: int) -> int | None:
    start_s, end_s = read_clock(part.start), read_clock(part.end)
    if start_s is None or end_s is None:
        return None
    start, end = start_s * SECOND_NS, end_s * SECOND_NS
    if start < local_ns < end:
        return end - local_ns
    if start <= end:
        return None
    # The range spans midnight: it is its morning, or its evening.
    if local_ns < end:
        return end - local_ns
    return end + DAY_S * SECOND_NS - local_ns if start < local_ns else None
