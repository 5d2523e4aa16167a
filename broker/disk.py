"""The disk, as a port: what a broker may ask of files, and what it may count on.

Laws of the file: every call returns at once, into and out of the page cache. What was done is there
after a loss of power only if a `Sync` that was emitted later was answered by `Synced`; what a file
holds and which name it has are two things, kept by `files` and by `dirs` of that effect. A file or
directory that `SyncFailed` names is poisoned: nobody knows what of it is kept, it cannot be synced
again, and whoever writes to it gets an error until the process ends.

A name is relative and plain: `orders/1.log`. A directory comes with the first name in it and stays.
"""

from enum import StrEnum
from typing import Protocol

NAME_BYTES_MAX = 255
"""Of one part of a name, as file systems have it."""


class DiskFault(StrEnum):
    """What went wrong."""

    FULL = "no space is left"
    IO = "input or output failed"
    NOT_FOUND = "there is no such name"
    EXISTS = "the name is taken"
    DENIED = "it is not allowed"
    POISONED = "an earlier sync of it failed"


class Operation(StrEnum):
    """What can be asked of a disk; a sync by the effect, the rest by a call."""

    CREATE = "create"
    APPEND = "append"
    PREAD = "pread"
    TRUNCATE = "truncate"
    RENAME = "rename"
    LIST = "list"
    REMOVE = "remove"
    SIZE = "size"
    SYNC = "sync"


class DiskError(Exception):
    """A call failed, and did nothing."""

    def __init__(self, fault: DiskFault, operation: Operation, name: str) -> None:
        super().__init__(f"{operation.value} {name!r}: {fault.value}")
        self.fault = fault
        self.operation = operation
        self.name = name


class Disk(Protocol):
    """A disk.

    Each call raises DiskError, or ValueError when a name or a number is none that may be asked for.
    """

    def create(self, name: str) -> None:
        """Make an empty file, and the directories it is in."""
        ...

    def append(self, name: str, chunk: bytes) -> None:
        """Write at the end of a file, all of the chunk or nothing."""
        ...

    def pread(self, name: str, offset: int, size: int) -> bytes:
        """Read what a file holds there: less than size at its end, nothing behind it."""
        ...

    def truncate(self, name: str, size: int) -> None:
        """Cut off what a file holds from there on; size is at most what it has."""
        ...

    def rename(self, old: str, new: str) -> None:
        """Give a file another name, in the place of a file that had it, in one stroke."""
        ...

    def remove(self, name: str) -> None:
        """Take a file away."""
        ...

    def list(self, directory: str) -> list[str]:
        """List what is directly in a directory, sorted; `` is the root.

        Last parts of names only; a directory's ends in a slash.
        """
        ...

    def size(self, name: str) -> int:
        """Tell how many bytes a file holds."""
        ...


def check_name(name: str) -> str:
    """Give the name back if it may name a file. Raises ValueError if not."""
    for part in name.split("/"):
        if part in {"", ".", ".."} or "\0" in part or "\\" in part:
            raise ValueError(f"{name!r} is no plain relative name")
        if len(part.encode()) > NAME_BYTES_MAX:
            raise ValueError(f"{name!r} has a part of more than {NAME_BYTES_MAX} bytes")
    return name


def check_directory(name: str) -> str:
    """Give the name back if it may name a directory. Raises ValueError if not."""
    return name and check_name(name)


def directory_of(name: str) -> str:
    """Tell which directory a name is in: `` for the root.

    >>> directory_of("orders/1.log")
    'orders'
    """
    return name.rpartition("/")[0]


def directories_above(name: str) -> list[str]:
    """List the directories a name is in, the root first.

    >>> directories_above("a/b/1.log")
    ['', 'a', 'a/b']
    """
    parts = name.split("/")[:-1]
    return ["", *("/".join(parts[: count + 1]) for count in range(len(parts)))]
