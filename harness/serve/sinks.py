"""Where log lines go: a descriptor, or a file that is rotated."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, Protocol

from natsim.broker.effects import Level

if TYPE_CHECKING:
    from pathlib import Path

FATAL = "FTL"
TRACE = "TRC"

_FILE_MODE = 0o640
_COLOURS = {
    Level.INFO: "32",
    Level.DEBUG: "36",
    Level.WARNING: "0;93",
    Level.ERROR: "31",
    FATAL: "31",
    TRACE: "33",
}
_BACKUP_STAMP = re.compile(r"\.\d{4}(?:\.\d\d){5}\.\d{9}")


class SinkError(Exception):
    """A log cannot be written where it should go; the text is for people."""


class Sink(Protocol):
    """Takes log lines. A log that nobody takes must not end the server: write never raises."""

    def write(self, stamp: str, level: str, text: str) -> None:
        """Write one line. stamp: the process id and the time, with a space behind."""
        ...

    def close(self) -> None:
        """Write no more."""
        ...


class DescriptorSink:
    """Writes to a file descriptor that is open already; labels are coloured on a terminal."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._is_coloured = os.isatty(descriptor)

    def write(self, stamp: str, level: str, text: str) -> None:
        """Write one line."""
        label = f"\x1b[{_COLOURS[level]}m{level}\x1b[0m" if self._is_coloured else level
        # Not through sys.stderr: what a closed pipe leaves in its buffer turns exit 0 into 120.
        _write(self._descriptor, f"{stamp}[{label}] {text}\n")

    def close(self) -> None:
        """Leave the descriptor open: it is not ours."""


class FileSink:
    """Appends to a file; beyond size_limit bytes (0 for never) it is put aside and begun anew.

    max_files: with the one being written, 0 for all. Raises SinkError when it cannot be opened.
    """

    def __init__(self, path: Path, size_limit: int, max_files: int) -> None:
        self._path = path
        self._size_limit = size_limit
        self._max_files = max_files
        try:
            self._descriptor = _open(path)
        except OSError as error:
            why = os.strerror(error.errno or 0).lower()
            raise SinkError(f"error opening file: open {path}: {why}") from error

    def write(self, stamp: str, level: str, text: str) -> None:
        """Write one line, then begin a new file if this one is full."""
        _write(self._descriptor, f"{stamp}[{level}] {text}\n")
        if self._size_limit and os.fstat(self._descriptor).st_size > self._size_limit:
            self._rotate(stamp)

    def close(self) -> None:
        """Close the file."""
        os.close(self._descriptor)

    def _rotate(self, stamp: str) -> None:
        seconds, ns = divmod(time.time_ns(), 1_000_000_000)
        moment = time.strftime("%Y.%m.%d.%H.%M.%S", time.localtime(seconds))
        backup = self._path.with_name(f"{self._path.name}.{moment}.{ns:09d}")
        try:
            self._path.rename(backup)
            fresh = _open(self._path)
        except OSError:
            # The full file goes on: a log that grows beats one that ends.
            return
        os.close(self._descriptor)
        self._descriptor = fresh
        _write(fresh, f'{stamp}[{Level.INFO}] Rotated log, backup saved as "{backup}"\n')
        if self._max_files:
            self._purge(stamp)

    def _purge(self, stamp: str) -> None:
        name = self._path.name
        backups = sorted(
            each
            for each in self._path.parent.iterdir()
            if each.name.startswith(name) and _BACKUP_STAMP.fullmatch(each.name[len(name) :])
        )
        surplus = len(backups) - (self._max_files - 1)
        for each in backups[: max(surplus, 0)]:
            each.unlink(missing_ok=True)
            _write(self._descriptor, f'{stamp}[{Level.INFO}] Purged log file "{each.name}"\n')


def _open(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _FILE_MODE)


def _write(descriptor: int, line: str) -> None:
    try:
        os.write(descriptor, line.encode("utf-8", "backslashreplace"))
    except OSError:
        return
