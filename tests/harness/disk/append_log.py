"""A log of records in files: the program by which the disk is proved.

Laws of the file: a record is acknowledged only after Synced; one segment is written, all before it
are synced to the end; a segment is named by its generation and the sequence of its first record,
and takes the place of all that older ones hold from there on. A start copies the last segment's
good records to a new one, for what a process reads back may be in the cache alone.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from struct import Struct
from typing import TYPE_CHECKING, TypeAlias
from zlib import crc32

from natsim.broker.disk import DiskError
from natsim.broker.effects import Sync
from natsim.record import record

if TYPE_CHECKING:
    from natsim.broker.disk import Disk
    from natsim.broker.events import Synced, SyncFailed

SEGMENT_BYTES = 2_000
RECORD_BYTES_MAX = 4_096
BACKLOG_MAX = 64
DRAFT = "draft"

_HEAD = Struct("<QII")  # sequence, size of the payload, CRC of both and the payload


class Damaged(Exception):
    """A segment that was synced to its end cannot be read: the disk lost what it had promised."""


@record
class Acknowledged:
    """A record is durable."""

    sequence: int
    payload: bytes


@record
class Refused:
    """A record is not in the log. payload: to know it by, for it has no sequence."""

    payload: bytes


@record
class Ready:
    """The log was read, and what it holds is durable."""

    payloads: list[bytes]


@record
class Broken:
    """Nobody knows what is durable: the process must end."""


class Step(Enum):
    """How far the log is with its start."""

    DRAFTED = "the last segment is copied"
    NAMED = "the copy has its name"
    READY = "records are taken"
    BROKEN = "a sync failed"


LogEffect: TypeAlias = Sync | Acknowledged | Refused | Ready | Broken


@record
class Segment:
    """A file of the log."""

    generation: int
    first: int

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.generation:08d}-{self.first:012d}.log"


class AppendLog:
    """The program. Call `start` first, then `append` at any time and `on_*` for what comes."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._segment = Segment(0, 1)
        self._old: list[Segment] = []
        self._payloads: list[bytes] = []
        self._segment_bytes = 0
        self._is_entry_synced = False
        self._step = Step.DRAFTED
        self._acknowledged = 0
        self._under_way: dict[int, tuple[Segment, int]] = {}
        self._waiting: deque[bytes] = deque()
        self._ticket = 0

    @property
    def next_sequence(self) -> int:
        """The sequence that the next record gets."""
        return len(self._payloads) + 1

    # Starting: read, copy, sync the copy, name it, sync the name, take the old away.

    def start(self) -> list[LogEffect]:
        """Read what is there. Raises Damaged, or DiskError when it cannot be read now."""
        if DRAFT in self._disk.list(""):
            self._disk.remove(DRAFT)
        self._old = self._segments()
        self._payloads = self._read_all(self._old)
        last = self._old[-1] if self._old else Segment(0, 1)
        self._segment = Segment(last.generation + 1, last.first)
        self._write_draft()
        return self._sync_draft()

    def _segments(self) -> list[Segment]:
        names = [name for name in self._disk.list("") if name.endswith(".log")]
        return [Segment(int(name[:8]), int(name[9:21])) for name in sorted(names)]

    def _read_all(self, segments: list[Segment]) -> list[bytes]:
        payloads: list[bytes] = []
        for segment in segments:
            if segment.first > len(payloads) + 1:
                raise Damaged(f"records {len(payloads) + 1}..{segment.first - 1} are missing")
            self._supersede(payloads, segment)
            payloads += self._read(segment)
        return payloads

    def _supersede(self, payloads: list[bytes], segment: Segment) -> None:
        del payloads[segment.first - 1 :]

    def _read(self, segment: Segment) -> list[bytes]:
        content = self._disk.pread(segment.name, 0, self._disk.size(segment.name))
        payloads: list[bytes] = []
        at = 0
        while (payload := self._parse(content, at, segment.first + len(payloads))) is not None:
            payloads.append(payload)
            at += _HEAD.size + len(payload)
        return payloads

    def _parse(self, content: bytes, at: int, sequence: int) -> bytes | None:
        """Give the payload of the record that begins there, None if none does."""
        if at + _HEAD.size > len(content):
            return None
        found, size, checksum = _HEAD.unpack_from(content, at)
        payload = content[at + _HEAD.size : at + _HEAD.size + size]
        if found != sequence or len(payload) < size:
            return None
        return payload if self._checksum(sequence, payload) == checksum else None

    def _write_draft(self) -> None:
        self._disk.create(DRAFT)
        for sequence in range(self._segment.first, self.next_sequence):
            self._append_to(DRAFT, sequence, self._payloads[sequence - 1])

    def _sync_draft(self) -> list[LogEffect]:
        return [self._sync((DRAFT,), ())]

    def _on_draft_synced(self) -> list[LogEffect]:
        self._disk.rename(DRAFT, self._segment.name)
        self._step = Step.NAMED
        return [self._sync((), ("",))]

    def _on_named(self) -> list[LogEffect]:
        for segment in self._superseded():
            self._disk.remove(segment.name)
        return self._become_ready()

    def _superseded(self) -> list[Segment]:
        return [segment for segment in self._old if segment.first >= self._segment.first]

    def _become_ready(self) -> list[LogEffect]:
        self._step = Step.READY
        self._is_entry_synced = True
        self._acknowledged = len(self._payloads)
        return [Ready(list(self._payloads)), *self._write_waiting()]

    # Running.

    def append(self, payload: bytes) -> list[LogEffect]:
        """Write a record; it is acknowledged later, or refused."""
        is_too_much = len(self._waiting) >= BACKLOG_MAX or len(payload) > RECORD_BYTES_MAX
        if is_too_much or self._step is Step.BROKEN:
            return [Refused(payload)]
        self._waiting.append(payload)
        return self._write_waiting() if self._step is Step.READY else []

    def on_synced(self, event: Synced) -> list[LogEffect]:
        """What was written before is durable."""
        segment, covered = self._under_way.pop(event.ticket)
        match self._step:
            case Step.DRAFTED:
                return self._on_draft_synced()
            case Step.NAMED:
                return self._on_named()
            case Step.READY:
                return [*self._acknowledge(segment, covered), *self._write_waiting()]
            case Step.BROKEN:
                return []

    def on_sync_failed(self, event: SyncFailed) -> list[LogEffect]:
        """Give up: the file is poisoned."""
        del event
        self._step = Step.BROKEN
        return [Broken()]

    def _acknowledge(self, segment: Segment, covered: int) -> list[LogEffect]:
        if segment == self._segment:
            # A late answer about the segment before says nothing of this one's name.
            self._is_entry_synced = True
        first = self._acknowledged + 1
        self._acknowledged = max(self._acknowledged, covered)
        return [
            Acknowledged(sequence, self._payloads[sequence - 1])
            for sequence in range(first, covered + 1)
        ]

    def _write_waiting(self) -> list[LogEffect]:
        """Write what may be written now, and ask for it to be synced."""
        effects: list[LogEffect] = []
        first = self.next_sequence
        while self._waiting and not self._must_wait():
            payload = self._waiting.popleft()
            if not self._write(payload):
                effects.append(Refused(payload))
        if self.next_sequence > first:
            effects.append(self._sync_segment())
        return effects

    def _must_wait(self) -> bool:
        """Tell whether a new segment is due while the one before is not synced to its end."""
        return self._is_full() and self._acknowledged < len(self._payloads)

    def _is_full(self) -> bool:
        return self._segment_bytes >= SEGMENT_BYTES

    def _write(self, payload: bytes) -> bool:
        """Write a record. False when the disk does not take it."""
        try:
            if self._is_full():
                self._begin_segment()
            self._append_to(self._segment.name, self.next_sequence, payload)
        except DiskError:
            return False
        self._payloads.append(payload)
        return True

    def _begin_segment(self) -> None:
        segment = Segment(self._segment.generation + 1, self.next_sequence)
        self._disk.create(segment.name)
        self._segment = segment
        self._segment_bytes = 0
        self._is_entry_synced = False

    def _sync_segment(self) -> Sync:
        return self._sync((self._segment.name,), () if self._is_entry_synced else ("",))

    def _sync(self, files: tuple[str, ...], dirs: tuple[str, ...]) -> Sync:
        self._ticket += 1
        self._under_way[self._ticket] = (self._segment, len(self._payloads))
        return Sync(self._ticket, files, dirs)

    def _append_to(self, name: str, sequence: int, payload: bytes) -> None:
        head = _HEAD.pack(sequence, len(payload), self._checksum(sequence, payload))
        self._disk.append(name, head + payload)
        self._segment_bytes += len(head) + len(payload)

    def _checksum(self, sequence: int, payload: bytes) -> int:
        # The head is covered too: its size says where the next record begins.
        return crc32(payload, crc32(_HEAD.pack(sequence, len(payload), 0)))
