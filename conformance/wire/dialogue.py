"""What was said and heard on the connections of one case, in order."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

ENTRIES_MAX = 2_000
TEXT_BYTES_MAX = 4_096


class Side(Enum):
    """Who speaks."""

    CLIENT = "C"
    SERVER = "S"


@dataclass(slots=True)
class Entry:
    """data: shortened in the middle. at_us: since the case began. is_ours: not of the case itself.

    expected: what was wanted instead, or in other words.
    """

    conn: str
    side: Side
    at_us: int
    data: bytes
    is_ours: bool = False
    expected: bytes | None = None
    is_wrong: bool = False


class Dialogue:
    """Keeps the entries of a case, at most ENTRIES_MAX: the first and the last."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.left_out = 0

    def add(self, entry: Entry) -> Entry:
        """Keep an entry."""
        if len(self.entries) >= ENTRIES_MAX:
            del self.entries[ENTRIES_MAX // 2]
            self.left_out += 1
        self.entries.append(entry)
        return entry


def shortened(data: bytes) -> bytes:
    """Cut the middle out of long bytes."""
    if len(data) <= TEXT_BYTES_MAX:
        return data
    half = TEXT_BYTES_MAX // 2
    return data[:half] + b" <%d bytes> " % (len(data) - 2 * half) + data[-half:]
