"""Matches remembered by subject: bounded in bytes, and never older than the interest.

A change of a literal subject drops its one match. A change of a pattern is written in a journal,
which is all it costs; a match is held against what was written since it was last used, when it is
next asked for. So interest that comes and goes elsewhere leaves a match standing, however many
there are.
Laws of the file: a match that is given is what a search would find; matches asked for outlive
those that are not; what has been removed is held for at most two journals' worth of changes.
"""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from .limits import MATCH_JOURNAL_CHANGES
from .subject import literal_prefix, pattern_matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .sublist import Match

# As CPython 3.11 counts them, 16 bytes of the collector's before each; the share of the dict is
# that of one which has just grown.
_SUBJECT_BYTES = 33
_REMEMBERED_BYTES = 48
_DICT_SHARE_BYTES = 80
_MATCH_BYTES = 48
_ENTRY_BYTES = _SUBJECT_BYTES + _REMEMBERED_BYTES + _DICT_SHARE_BYTES + _MATCH_BYTES
_TUPLE_BYTES = 56
_POINTER_BYTES = 8


class MatchCache:
    """What subjects reach.

    bytes_max: bound of what it holds, by this file's estimate; one match may take half of it.
    """

    __slots__ = (
        "_changes",
        "_half_bytes",
        "_journal",
        "_old",
        "_old_bytes",
        "_young",
        "_young_bytes",
    )

    def __init__(self, bytes_max: int) -> None:
        self._half_bytes = bytes_max // 2
        # Two halves: when the young one is full, it becomes the old one, which is let go.
        self._young: dict[bytes, _Remembered] = {}
        self._young_bytes = 0
        self._old: dict[bytes, _Remembered] = {}
        self._old_bytes = 0
        self._changes = 0
        self._journal: deque[tuple[bytes, bytes]] = deque(maxlen=MATCH_JOURNAL_CHANGES)

    @property
    def held_bytes(self) -> int:
        """What the remembered matches take."""
        return self._young_bytes + self._old_bytes

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def matches(self) -> Iterator[Match]:
        """Give all that is remembered, some perhaps no longer true."""
        for half in (self._young, self._old):
            for remembered in half.values():
                yield remembered.match

    def get(self, subject: bytes) -> Match | None:
        """Give what a subject reaches, if it is remembered and still true."""
        remembered = self._young.get(subject)
        if remembered is not None and remembered.changes == self._changes:
            return remembered.match
        if remembered is None and subject not in self._old:
            return None
        remembered = self._take(subject)
        if not self._is_true(subject, remembered):
            return None
        self.put(subject, remembered.match)
        return remembered.match

    def put(self, subject: bytes, match: Match) -> None:
        """Remember what a search has just found for a subject that is not remembered."""
        cost = cost_bytes(subject, match)
        if self._young_bytes + cost > self._half_bytes:
            if cost > self._half_bytes:
                return
            self._age()
        self._young[subject] = _Remembered(match, self._changes)
        self._young_bytes += cost

    def literal_changed(self, subject: bytes) -> None:
        """Take note that other subscriptions hold a literal subject now."""
        if subject in self._young or subject in self._old:
            self._take(subject)

    def pattern_changed(self, pattern: bytes) -> None:
        """Take note that other subscriptions hold a pattern now."""
        self._changes += 1
        self._journal.append((literal_prefix(pattern), pattern))
        if self._changes % MATCH_JOURNAL_CHANGES == 0:
            # What nobody asks for is not to keep removed subscriptions alive.
            self._age()

    def _take(self, subject: bytes) -> _Remembered:
        remembered = self._young.pop(subject, None)
        if remembered is not None:
            self._young_bytes -= cost_bytes(subject, remembered.match)
        else:
            remembered = self._old.pop(subject)
            self._old_bytes -= cost_bytes(subject, remembered.match)
        return remembered

    def _is_true(self, subject: bytes, remembered: _Remembered) -> bool:
        behind = self._changes - remembered.changes
        if behind > MATCH_JOURNAL_CHANGES:
            return False
        return not any(
            subject.startswith(prefix) and pattern_matches(pattern, subject)
            for prefix, pattern in islice(reversed(self._journal), behind)
        )

    def _age(self) -> None:
        self._old, self._old_bytes = self._young, self._young_bytes
        self._young, self._young_bytes = {}, 0


class _Remembered:
    """A match. changes: of patterns, up to which it is known to be true."""

    __slots__ = ("changes", "match")

    def __init__(self, match: Match, changes: int) -> None:
        self.match = match
        self.changes = changes


def cost_bytes(subject: bytes, match: Match) -> int:
    """Estimate what it takes to remember a match; the subscriptions themselves are not counted."""
    cost = _ENTRY_BYTES + len(subject)
    if match.plain:
        cost += _TUPLE_BYTES + _POINTER_BYTES * len(match.plain)
    if match.groups:
        cost += _TUPLE_BYTES + sum(
            _TUPLE_BYTES + _POINTER_BYTES * (1 + len(group)) for group in match.groups
        )
    return cost
