"""The disk of a real process: files below one directory, synced off the event loop.

Laws of the file: at most `open_max` files are open for calls; one group of syncs is under way, and
what is asked meanwhile waits for the next, each file in it once. After a failed sync the kernel may
have dropped what it could not write, so the file is poisoned here until the process ends.
"""

from __future__ import annotations

import errno
import os
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

from natsim.broker.disk import (
    Disk,
    DiskError,
    DiskFault,
    Operation,
    check_directory,
    check_name,
    directories_above,
    directory_of,
)
from natsim.broker.events import Synced, SyncFailed

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from pathlib import Path

    from natsim.broker.effects import Sync

    Answer = Callable[[Synced | SyncFailed], None]

OPEN_MAX = 64

_FAULTS = {
    errno.ENOSPC: DiskFault.FULL,
    errno.EDQUOT: DiskFault.FULL,
    errno.EFBIG: DiskFault.FULL,
    errno.ENOENT: DiskFault.NOT_FOUND,
    errno.EEXIST: DiskFault.EXISTS,
    errno.ENOTDIR: DiskFault.EXISTS,
    errno.EISDIR: DiskFault.EXISTS,
    errno.EACCES: DiskFault.DENIED,
    errno.EPERM: DiskFault.DENIED,
    errno.EROFS: DiskFault.DENIED,
}


class SyncingDisk(Disk, Protocol):
    """A disk as the driver sees it: the port, and what carries out the effect."""

    def sync(self, sync: Sync, answer: Answer) -> None:
        """Carry out a Sync; answer once, later, on the event loop."""
        ...


class _File:
    """A file that was used. fd: None while it is not open."""

    __slots__ = ("fd", "is_poisoned")

    def __init__(self, fd: int | None) -> None:
        self.fd = fd
        self.is_poisoned = False


class _Ticket:
    """One Sync in a group. failed: what could not be synced, with the first reason."""

    __slots__ = ("answer", "failed", "files", "sync")

    def __init__(self, sync: Sync, answer: Answer) -> None:
        self.sync = sync
        self.answer = answer
        self.files: dict[str, _File] = {}
        self.failed: dict[str, DiskFault] = {}


class _Group:
    """Syncs that are done together. fds: of each file, duplicates of its own."""

    __slots__ = ("directories", "fds", "tickets")

    def __init__(self) -> None:
        self.tickets: list[_Ticket] = []
        self.fds: dict[_File, int] = {}
        self.directories: dict[str, None] = {}


class RealDisk:
    """A disk in a directory of this machine.

    root: made if it is absent; nobody else writes in it. loop: where syncs are answered.
    open_max: at least 1.
    """

    def __init__(
        self, root: Path, loop: asyncio.AbstractEventLoop, open_max: int = OPEN_MAX
    ) -> None:
        self._root = root
        self._loop = loop
        self._open_max = open_max
        self._files: dict[str, _File] = {}
        self._open: OrderedDict[_File, None] = OrderedDict()
        self._poisoned_directories: dict[str, None] = {}
        self._waiting = _Group()
        self._running: Future[dict[_File | str, DiskFault]] | None = None
        self._syncer = ThreadPoolExecutor(1, "disk")
        missing = [each for each in (root, *root.parents) if not each.exists()]
        root.mkdir(parents=True, exist_ok=True)
        for each in missing:
            _sync_directory(each.parent)

    # The port.

    def create(self, name: str) -> None:
        path = self._path(name)
        self._check_poison(Operation.CREATE, name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise _disk_error(error, Operation.CREATE, name) from error
        file = self._files[name] = _File(fd)
        self._used(file)

    def append(self, name: str, chunk: bytes) -> None:
        file = self._file_to_write(Operation.APPEND, name)
        fd = self._fd(file, Operation.APPEND, name)
        written_bytes = 0
        try:
            while written_bytes < len(chunk):
                written_bytes += os.write(fd, memoryview(chunk)[written_bytes:])
        except OSError as error:
            self._take_back(file, fd, written_bytes)
            raise _disk_error(error, Operation.APPEND, name) from error

    def pread(self, name: str, offset: int, size: int) -> bytes:
        if offset < 0 or size < 0:
            raise ValueError(f"offset {offset} and size {size} must be 0 or more")
        fd = self._fd(self._file(name), Operation.PREAD, name)
        chunks: list[bytes] = []
        try:
            while size and (chunk := os.pread(fd, size, offset)):
                chunks.append(chunk)
                offset += len(chunk)
                size -= len(chunk)
        except OSError as error:
            raise _disk_error(error, Operation.PREAD, name) from error
        return b"".join(chunks)

    def truncate(self, name: str, size: int) -> None:
        file = self._file_to_write(Operation.TRUNCATE, name)
        fd = self._fd(file, Operation.TRUNCATE, name)
        try:
            had = os.fstat(fd).st_size
            if not 0 <= size <= had:
                raise ValueError(f"size {size} is not in 0..{had}, what {name!r} has")
            os.ftruncate(fd, size)
        except OSError as error:
            raise _disk_error(error, Operation.TRUNCATE, name) from error

    def rename(self, old: str, new: str) -> None:
        old_path, new_path = self._path(old), self._path(new)
        self._check_poison(Operation.RENAME, new)
        self._check_poison(Operation.RENAME, old)
        self._check_file(old_path, Operation.RENAME, old)
        if old == new:
            return
        try:
            new_path.parent.mkdir(parents=True, exist_ok=True)
            old_path.replace(new_path)
        except OSError as error:
            raise _disk_error(error, Operation.RENAME, new) from error
        self._forget(new)
        if old in self._files:
            self._files[new] = self._files.pop(old)

    def remove(self, name: str) -> None:
        path = self._path(name)
        self._check_file(path, Operation.REMOVE, name)
        self._check_poison(Operation.REMOVE, name)
        try:
            path.unlink()
        except OSError as error:
            raise _disk_error(error, Operation.REMOVE, name) from error
        self._forget(name)

    def list(self, directory: str) -> list[str]:
        try:
            with os.scandir(self._root / check_directory(directory)) as entries:
                return sorted(
                    f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name
                    for entry in entries
                )
        except NotADirectoryError as error:
            raise DiskError(DiskFault.NOT_FOUND, Operation.LIST, directory) from error
        except OSError as error:
            raise _disk_error(error, Operation.LIST, directory) from error

    def size(self, name: str) -> int:
        return self._check_file(self._path(name), Operation.SIZE, name).st_size

    # The driver's side.

    def sync(self, sync: Sync, answer: Answer) -> None:
        ticket = _Ticket(sync, answer)
        group = self._waiting
        group.tickets.append(ticket)
        for name in sync.files:
            self._add_file(group, ticket, name)
        for name in sync.dirs:
            group.directories[check_directory(name)] = None
        if self._running is None:
            self._start()

    def close(self) -> None:
        """Wait for the syncs under way, and close all files; what waits is not answered."""
        self._syncer.shutdown()
        for fd in self._waiting.fds.values():
            os.close(fd)
        self._waiting = _Group()
        for file in self._open:
            if file.fd is not None:
                os.close(file.fd)
                file.fd = None
        self._open.clear()

    def _add_file(self, group: _Group, ticket: _Ticket, name: str) -> None:
        try:
            file = self._file(name)
            fd = self._fd(file, Operation.SYNC, name)
            if file not in group.fds:
                group.fds[file] = os.dup(fd)
        except DiskError as error:
            ticket.failed[name] = error.fault
        except OSError as error:
            ticket.failed[name] = _disk_error(error, Operation.SYNC, name).fault
        else:
            ticket.files[name] = file

    def _start(self) -> None:
        group, self._waiting = self._waiting, _Group()
        self._leave_out_poisoned(group)
        running = self._syncer.submit(_sync_group, self._root, group)
        self._running = running
        running.add_done_callback(lambda done: self._tell(group, done))

    def _leave_out_poisoned(self, group: _Group) -> None:
        """Let no file be synced that failed since it was asked for: the kernel would say yes."""
        for ticket in group.tickets:
            poisoned = [name for name, file in ticket.files.items() if file.is_poisoned]
            poisoned += [name for name in ticket.sync.dirs if name in self._poisoned_directories]
            ticket.failed |= dict.fromkeys(poisoned, DiskFault.POISONED)
        for file in [file for file in group.fds if file.is_poisoned]:
            os.close(group.fds.pop(file))
        for name in self._poisoned_directories:
            group.directories.pop(name, None)

    def _tell(self, group: _Group, done: Future[dict[_File | str, DiskFault]]) -> None:
        # In the thread. A loop that is closed is one whose process no longer waits.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end, group, done)

    def _end(self, group: _Group, done: Future[dict[_File | str, DiskFault]]) -> None:
        self._running = None
        failed = done.result()
        for key in failed:
            if isinstance(key, _File):
                key.is_poisoned = True
            else:
                self._poisoned_directories[key] = None
        for ticket in group.tickets:
            keys: dict[str, _File | str] = {
                **ticket.files,
                **{name: name for name in ticket.sync.dirs},
            }
            ticket.failed |= {name: failed[key] for name, key in keys.items() if key in failed}
            ticket.answer(_answer(ticket))
        if self._waiting.tickets and self._running is None:
            self._start()

    # Common to the calls.

    def _path(self, name: str) -> Path:
        return self._root / check_name(name)

    def _file(self, name: str) -> _File:
        check_name(name)
        file = self._files.get(name)
        if file is None:
            file = self._files[name] = _File(None)
        return file

    def _file_to_write(self, operation: Operation, name: str) -> _File:
        file = self._file(name)
        if file.is_poisoned:
            raise DiskError(DiskFault.POISONED, operation, name)
        return file

    def _fd(self, file: _File, operation: Operation, name: str) -> int:
        """Give the descriptor of a file, which is opened if it is not."""
        if file.fd is None:
            try:
                file.fd = os.open(self._root / name, os.O_RDWR | os.O_APPEND)
            except OSError as error:
                del self._files[name]
                raise _disk_error(error, operation, name) from error
        self._used(file)
        return file.fd

    def _used(self, file: _File) -> None:
        self._open[file] = None
        self._open.move_to_end(file)
        while len(self._open) > self._open_max:
            oldest, _ = self._open.popitem(last=False)
            if oldest.fd is not None:
                os.close(oldest.fd)
                oldest.fd = None

    def _forget(self, name: str) -> None:
        file = self._files.pop(name, None)
        if file is not None and file.fd is not None:
            del self._open[file]
            os.close(file.fd)
            file.fd = None

    def _take_back(self, file: _File, fd: int, written_bytes: int) -> None:
        try:
            os.ftruncate(fd, os.fstat(fd).st_size - written_bytes)
        except OSError:
            # A part of a chunk is there: nobody may write behind it.
            file.is_poisoned = True

    def _check_file(self, path: Path, operation: Operation, name: str) -> os.stat_result:
        try:
            status = path.stat(follow_symlinks=False)
        except OSError as error:
            raise _disk_error(error, operation, name) from error
        if path.is_dir():
            raise DiskError(DiskFault.EXISTS, operation, name)
        return status

    def _check_poison(self, operation: Operation, name: str) -> None:
        if directory_of(name) in self._poisoned_directories:
            raise DiskError(DiskFault.POISONED, operation, name)


def _answer(ticket: _Ticket) -> Synced | SyncFailed:
    if not ticket.failed:
        return Synced(ticket.sync.ticket)
    names = tuple(ticket.failed)
    return SyncFailed(ticket.sync.ticket, ticket.failed[names[0]], names)


def _sync_group(root: Path, group: _Group) -> dict[_File | str, DiskFault]:
    """Sync all of a group, in the thread: files first, for a name should not outlive its bytes.

    Gives what failed, files and directories.
    """
    failed: dict[_File | str, DiskFault] = {}
    for file, fd in group.fds.items():
        try:
            _sync_file(fd)
        except OSError as error:
            failed[file] = _FAULTS.get(error.errno or 0, DiskFault.IO)
        finally:
            os.close(fd)
    done: dict[str, DiskFault | None] = {}
    for directory in group.directories:
        for above in reversed(directories_above(f"{directory}/" if directory else "")):
            if above not in done:
                done[above] = _fault_of_directory(root / above)
            fault = done[above]
            if fault is not None:
                failed[directory] = fault
    return failed


def _fault_of_directory(path: Path) -> DiskFault | None:
    try:
        _sync_directory(path)
    except OSError as error:
        return _FAULTS.get(error.errno or 0, DiskFault.IO)
    return None


def _sync_directory(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _sync_file(fd: int) -> None:
    # Where it exists: the bytes and the size, without the times.
    getattr(os, "fdatasync", os.fsync)(fd)


def _disk_error(error: OSError, operation: Operation, name: str) -> DiskError:
    return DiskError(_FAULTS.get(error.errno or 0, DiskFault.IO), operation, name)
