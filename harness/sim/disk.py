"""The disk of a simulated node: a page cache, what is below it, and all that can go wrong.

Laws of the file: `kill` keeps the page cache, `power` keeps what was synced and draws the rest, by
file and offset or by name, so that one more write moves nothing else; a process that is gone is
answered nothing. Bytes that were synced are never torn by a write beside them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.disk import (
    DiskError,
    DiskFault,
    Operation,
    check_directory,
    check_name,
    directories_above,
    directory_of,
)
from natsim.broker.events import Synced, SyncFailed
from natsim.harness.entropy import keyed_word, source_key
from natsim.record import record

from .disk_entries import Entries, Move
from .disk_faults import DiskFaults
from .disk_file import Change, SimFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from natsim.broker.effects import Sync

    from .clock import Clock

SYNC_NS = (50_000, 2_000_000)
"""The shortest and longest time a sync takes, unless told."""


@record
class _Syncing:
    """A sync that is not answered, and what it covers: changes and moves up to its beginning."""

    sync: Sync
    files: dict[str, SimFile | None]
    serial: int
    moves: list[int]
    absent_dirs: list[str]
    fault: DiskFault | None
    process: int


class SimDisk:
    """One disk; it outlives the processes of its node.

    seed: of the run. name: keys its draws. latency_ns: the shortest and longest time of a sync.
    """

    def __init__(
        self, seed: int, name: str, clock: Clock, latency_ns: tuple[int, int] = SYNC_NS
    ) -> None:
        self._seed = seed
        self._name = name
        self._clock = clock
        self._key = source_key(seed, f"{name}/disk")
        self._entries = Entries(seed, name)
        self._faults = DiskFaults(latency_ns)
        self._poisoned_directories: dict[str, None] = {}
        self._made: dict[str, int] = {}
        self._serial = 0
        self._syncs = 0
        self._losses = 0
        self._process = 1
        self.calls = 0

    # The port.

    def create(self, name: str) -> None:
        self._begin(Operation.CREATE, check_name(name))
        self._check_place(Operation.CREATE, name)
        if name in self._entries.files:
            raise DiskError(DiskFault.EXISTS, Operation.CREATE, name)
        self._made[name] = count = self._made.get(name, 0) + 1
        file = SimFile(self._seed, f"{self._name}/{name}#{count}")
        self._entries.move(Move(self._next_serial(), file, None, name))

    def append(self, name: str, chunk: bytes) -> None:
        file = self._file_to_write(Operation.APPEND, name)
        capacity_bytes = min(self._faults.capacities, default=None)
        if capacity_bytes is not None and self.used_bytes + len(chunk) > capacity_bytes:
            raise DiskError(DiskFault.FULL, Operation.APPEND, name)
        if chunk:
            file.change(Change(self._next_serial(), len(file.cached), bytes(chunk)))

    def pread(self, name: str, offset: int, size: int) -> bytes:
        if offset < 0 or size < 0:
            raise ValueError(f"offset {offset} and size {size} must be 0 or more")
        file = self._file(Operation.PREAD, name)
        return bytes(file.cached[offset : offset + size])

    def truncate(self, name: str, size: int) -> None:
        file = self._file_to_write(Operation.TRUNCATE, name)
        if not 0 <= size <= len(file.cached):
            raise ValueError(f"size {size} is not in 0..{len(file.cached)}, what {name!r} has")
        if size < len(file.cached):
            file.change(Change(self._next_serial(), size, b""))

    def rename(self, old: str, new: str) -> None:
        file = self._file(Operation.RENAME, old)
        self._check_place(Operation.RENAME, check_name(new))
        self._check_poison(Operation.RENAME, old)
        if old != new:
            self._entries.move(Move(self._next_serial(), file, old, new))

    def remove(self, name: str) -> None:
        file = self._file(Operation.REMOVE, name)
        self._check_poison(Operation.REMOVE, name)
        self._entries.move(Move(self._next_serial(), file, name, None))

    def list(self, directory: str) -> list[str]:
        self._begin(Operation.LIST, check_directory(directory))
        if directory not in self._entries.directories:
            raise DiskError(DiskFault.NOT_FOUND, Operation.LIST, directory)
        names = [name for name in self._entries.files if directory_of(name) == directory]
        names += [
            f"{name}/"
            for name in self._entries.directories
            if name and directory_of(name) == directory
        ]
        return sorted(name[len(directory) :].lstrip("/") for name in names)

    def size(self, name: str) -> int:
        return len(self._file(Operation.SIZE, name).cached)

    # The driver's side.

    def sync(self, sync: Sync, answer: Callable[[Synced | SyncFailed], None]) -> None:
        under_way = _Syncing(
            sync=sync,
            files={name: self._entries.files.get(check_name(name)) for name in sync.files},
            serial=self._serial,
            moves=self._entries.covered(map(check_directory, sync.dirs)),
            absent_dirs=[name for name in sync.dirs if name not in self._entries.directories],
            fault=self._faults.fault_of(Operation.SYNC),
            process=self._process,
        )
        self._syncs += 1
        low, high = self._faults.latency_ns
        delay_ns = low + (keyed_word(self._key, self._syncs) * (high - low + 1) >> 64)
        self._clock.call_at(self._clock.now_ns + delay_ns, lambda: self._end(under_way, answer))

    def _end(self, under_way: _Syncing, answer: Callable[[Synced | SyncFailed], None]) -> None:
        if under_way.process != self._process:
            return
        sync, fault = under_way.sync, under_way.fault
        absent = [name for name, file in under_way.files.items() if file is None]
        absent += under_way.absent_dirs
        poisoned = [name for name, file in under_way.files.items() if file and file.is_poisoned]
        poisoned += [name for name in sync.dirs if name in self._poisoned_directories]
        if absent:
            answer(SyncFailed(sync.ticket, DiskFault.NOT_FOUND, tuple(absent)))
        elif poisoned:
            answer(SyncFailed(sync.ticket, DiskFault.POISONED, tuple(poisoned)))
        elif fault is not None:
            self._fail(under_way)
            answer(SyncFailed(sync.ticket, fault, (*sync.files, *sync.dirs)))
        else:
            for file in under_way.files.values():
                if file is not None:
                    file.sync(under_way.serial)
            self._entries.sync(under_way.moves, sync.dirs)
            answer(Synced(sync.ticket))

    def _fail(self, under_way: _Syncing) -> None:
        self._losses += 1
        for file in under_way.files.values():
            if file is not None:
                file.fail_sync(under_way.serial, self._losses)
                file.is_poisoned = True
        self._poisoned_directories |= dict.fromkeys(under_way.sync.dirs)

    # Crashes of the node.

    def kill(self) -> None:
        """End the process: the page cache stays, and nobody remembers what was poisoned."""
        self._process += 1
        self._faults.power()
        self._poisoned_directories.clear()
        for file in self._entries.files.values():
            file.is_poisoned = False

    def power(self) -> None:
        """Cut the power, and give it again."""
        self.kill()
        self._losses += 1
        self._entries.power(self._losses)
        for file in self._entries.files.values():
            file.power(self._losses)

    # Faults.

    @property
    def used_bytes(self) -> int:
        """How many bytes all files hold."""
        return sum(len(file.cached) for file in self._entries.files.values())

    def cut_power_at(self, call: int) -> None:
        """Raise PowerCut from a call; 1 is the next. Nothing works until `power` or `kill`."""
        self._faults.cut_at(self.calls + call)

    def fail(self, operation: Operation, fault: DiskFault, spared: int = 0, count: int = 1) -> None:
        """Let an operation go well so many times more, then fail so many times."""
        self._faults.fail(operation, fault, spared, count)

    def forget_failures(self) -> None:
        """Let all operations go well again."""
        self._faults.forget_failures()

    def slow(self, latency_ns: tuple[int, int]) -> None:
        """Let syncs that begin from now on take another time."""
        self._faults.slow(latency_ns)

    def unslow(self, latency_ns: tuple[int, int]) -> None:
        """Undo the last `slow` with this latency."""
        self._faults.unslow(latency_ns)

    def limit(self, capacity_bytes: int) -> None:
        """Let files hold no more than that in all; of several limits the least counts."""
        self._faults.capacities.append(capacity_bytes)

    def unlimit(self, capacity_bytes: int) -> None:
        """Undo a `limit`."""
        self._faults.capacities.remove(capacity_bytes)

    def rot(self, name: str, flips: int) -> tuple[int, ...]:
        """Flip bits of what is durable of a file; tell at which offsets, of none if it is empty.

        Raises DiskError if no such file is durable.
        """
        file = dict(self._entries.durable).get(name)
        if file is None:
            raise DiskError(DiskFault.NOT_FOUND, Operation.PREAD, name)
        if not file.durable:
            return ()
        self._losses += 1
        words = [file.draw_rot(self._losses, count) for count in range(flips)]
        offsets = tuple((word >> 3) % len(file.durable) for word in words)
        for word, offset in zip(words, offsets, strict=True):
            file.rot(offset, word & 7)
        return offsets

    def durable_names(self) -> tuple[str, ...]:
        """Name the files that would be there if all that is not synced were lost, sorted."""
        return tuple(sorted(name for name, _ in self._entries.durable))

    # Common to the calls.

    def _begin(self, operation: Operation, name: str) -> None:
        self.calls += 1
        self._faults.check_power(self.calls)
        fault = self._faults.fault_of(operation)
        if fault is not None:
            raise DiskError(fault, operation, name)

    def _file(self, operation: Operation, name: str) -> SimFile:
        self._begin(operation, check_name(name))
        file = self._entries.files.get(name)
        if file is not None:
            return file
        is_taken = name in self._entries.directories
        raise DiskError(DiskFault.EXISTS if is_taken else DiskFault.NOT_FOUND, operation, name)

    def _file_to_write(self, operation: Operation, name: str) -> SimFile:
        file = self._file(operation, name)
        if file.is_poisoned:
            raise DiskError(DiskFault.POISONED, operation, name)
        return file

    def _check_place(self, operation: Operation, name: str) -> None:
        """Raise DiskError if a file may not get this name."""
        self._check_poison(operation, name)
        is_below_a_file = any(above in self._entries.files for above in directories_above(name))
        if is_below_a_file or name in self._entries.directories:
            raise DiskError(DiskFault.EXISTS, operation, name)

    def _check_poison(self, operation: Operation, name: str) -> None:
        if directory_of(name) in self._poisoned_directories:
            raise DiskError(DiskFault.POISONED, operation, name)

    def _next_serial(self) -> int:
        self._serial += 1
        return self._serial
