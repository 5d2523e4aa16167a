"""A file of a simulated disk: what the page cache holds of it, and what would outlive the power.

Laws of the file: bytes that were synced never change but by rot. Of what was not synced the size is
kept in the order it changed, and each sector for itself: applied, dropped (zeros, or what was there
before), or garbled. So the size may be kept without the bytes, and bytes under an older size.
"""

from __future__ import annotations

from collections import deque

from natsim.harness.entropy import keyed_word, source_key
from natsim.record import record

SECTOR_BYTES = 512

_MOOD, _STOP, _PART, _FATE, _GARBLE, _ROT = range(6)  # what a draw is for
_EIGHTHS_DROPPED = 2
_EIGHTHS_GARBLED = 1


@record
class Change:
    """A change of a file that is not synced: it ends at `offset`, then the chunk follows.

    serial: counts the changes of the disk.
    """

    serial: int
    offset: int
    chunk: bytes


class SimFile:
    """One file, by whatever name.

    label: what keys its draws: the name it was made under, and which of that name it is.
    """

    __slots__ = ("_key", "_pending", "cached", "durable", "is_poisoned")

    def __init__(self, seed: int, label: str) -> None:
        self._key = source_key(seed, label)
        self.cached = bytearray()
        self.durable = bytearray()
        self._pending: deque[Change] = deque()
        self.is_poisoned = False

    def change(self, change: Change) -> None:
        """Change what the cache holds."""
        _apply(self.cached, change)
        self._pending.append(change)

    def sync(self, serial: int) -> None:
        """Make durable what was changed up to a serial."""
        for change in self._take(serial):
            _apply(self.durable, change)

    def fail_sync(self, serial: int, number: int) -> None:
        """Lose what was changed up to a serial, as a kernel does: it never tries again.

        The cache shows it still; what of it reached the disk is drawn. number: of the sync.
        """
        self.durable = self._resolve(self._take(serial), number)

    def power(self, number: int) -> None:
        """Lose the cache. number: counts the disk's losses."""
        self.durable = self._resolve(list(self._pending), number)
        self._pending.clear()
        self.cached = bytearray(self.durable)
        self.is_poisoned = False

    def rot(self, offset: int, bit: int) -> None:
        """Flip a bit that is durable; the cache shows it unless it holds something newer."""
        is_clean = offset < len(self.cached) and self.cached[offset] == self.durable[offset]
        self.durable[offset] ^= 1 << bit
        if is_clean and all(offset < change.offset for change in self._pending):
            self.cached[offset] = self.durable[offset]

    def draw_rot(self, number: int, count: int) -> int:
        """Draw 64 bits that say which bit rots. number: of the rot. count: of its flips."""
        return self._draw(_ROT, number, count)

    def _draw(self, purpose: int, *numbers: int) -> int:
        return keyed_word(self._key, purpose, *numbers)

    def _take(self, serial: int) -> list[Change]:
        taken: list[Change] = []
        while self._pending and self._pending[0].serial <= serial:
            taken.append(self._pending.popleft())
        return taken

    def _resolve(self, changes: list[Change], number: int) -> bytearray:
        image = bytearray(self.durable)
        if not changes:
            return image
        mood = self._draw(_MOOD, number) % 4
        if mood == 0:
            for change in changes:
                _apply(image, change)
        elif mood > 1:
            stop = self._draw(_STOP, number) * (len(changes) + 1) >> 64
            for change in changes[:stop]:
                self._write_size(image, change, len(change.chunk), number)
            if stop < len(changes):
                change = changes[stop]
                if kept_bytes := self._part(change, number):
                    self._write_size(image, change, kept_bytes, number)
                for change in changes[stop:]:
                    self._write_sectors(image, change, number)
        return image

    def _part(self, change: Change, number: int) -> int:
        """Draw how much of a chunk the size in force when all ended takes in: often nothing."""
        word = self._draw(_PART, number, change.offset)
        kept_bytes = (word >> 2) % (len(change.chunk) + 1)
        match word % 4:
            case 0:
                return kept_bytes
            case 1:
                end = change.offset + kept_bytes
                return max(0, end - end % SECTOR_BYTES - change.offset)
            case _:
                return 0

    def _write_size(self, image: bytearray, change: Change, kept_bytes: int, number: int) -> None:
        _make_size(image, change.offset)
        image += bytes(kept_bytes)
        self._write_sectors(image, change, number)

    def _write_sectors(self, image: bytearray, change: Change, number: int) -> None:
        """Write the sectors of a change, as the draws have it, as far as the size reaches."""
        end = min(len(image), change.offset + len(change.chunk))
        at = change.offset
        while at < end:
            next_at = min(end, at - at % SECTOR_BYTES + SECTOR_BYTES)
            new = change.chunk[at - change.offset : next_at - change.offset]
            fate = self._draw(_FATE, number, at) % 8
            if fate < _EIGHTHS_GARBLED:
                image[at:next_at] = self._garbled(new, number, at)
            elif fate >= _EIGHTHS_GARBLED + _EIGHTHS_DROPPED:
                image[at:next_at] = new
            at = next_at

    def _garbled(self, new: bytes, number: int, at: int) -> bytes:
        """Flip a bit, or keep a beginning and let anything follow."""
        word = self._draw(_GARBLE, number, at)
        place = (word >> 4) % len(new)
        if word & 1:
            flipped = bytearray(new)
            flipped[place] ^= 1 << (word >> 1) % 8
            return bytes(flipped)
        noise = b"".join(
            self._draw(_GARBLE, number, at, count).to_bytes(8, "little")
            for count in range(len(new) // 8 + 1)
        )
        return new[:place] + noise[: len(new) - place]


def _apply(image: bytearray, change: Change) -> None:
    _make_size(image, change.offset)
    image += change.chunk


def _make_size(image: bytearray, size: int) -> None:
    del image[size:]
    image += bytes(size - len(image))
