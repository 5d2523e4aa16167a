"""The time zones that JWTs speak of, from the system's tables."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_LOCAL = ("", "Local")


def zone_offset(zone: str, wall_s: int) -> int | None:
    """Give the seconds east of Greenwich in a zone at a time; None for an unknown zone.

    The empty name is the machine's own zone.
    """
    try:
        place = None if zone in _LOCAL else ZoneInfo(zone)
    except (ValueError, OSError, KeyError):
        # Names may be no paths, or those of folders, or of nothing (ZoneInfoNotFoundError).
        return None
    offset = datetime.fromtimestamp(wall_s, UTC).astimezone(place).utcoffset()
    return None if offset is None else int(offset.total_seconds())
