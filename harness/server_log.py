"""The log of a server, line by line as nats-server writes it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from natsim.broker.effects import Level

if TYPE_CHECKING:
    from collections.abc import Container

    from natsim.broker.effects import Note

FATAL = "FTL"
TRACE = "TRC"

_COLOURS = {
    Level.INFO: "32",
    Level.DEBUG: "36",
    Level.WARNING: "0;93",
    Level.ERROR: "31",
    FATAL: "31",
    TRACE: "33",
}


class ServerLog:
    """Writes `[pid] 2026/11/23 19:02:57.138598 [INF] text` to a file descriptor.

    hidden: the levels that are left out. Labels are coloured when the descriptor is a terminal.
    """

    def __init__(self, descriptor: int, hidden: Container[str]) -> None:
        self._descriptor = descriptor
        self._hidden = hidden
        self._is_coloured = os.isatty(descriptor)
        self._prefix = f"[{os.getpid()}] "

    def shows(self, level: str) -> bool:
        """Tell whether lines of a level are written."""
        return level not in self._hidden

    def write(self, level: str, text: str) -> None:
        """Write one line; what no terminal should get is escaped."""
        if level in self._hidden:
            return
        label = f"\x1b[{_COLOURS[level]}m{level}\x1b[0m" if self._is_coloured else level
        line = f"{self._prefix}{_timestamp()} [{label}] {_printable(text)}\n"
        try:
            # Not through sys.stderr: what a closed pipe leaves in its buffer turns exit 0 into 120.
            os.write(self._descriptor, line.encode("utf-8", "backslashreplace"))
        except OSError:
            # A log that nobody takes must not end the server.
            return

    def note(self, note: Note) -> None:
        """Write what the broker notes."""
        self.write(note.level, note.text)


def _timestamp() -> str:
    seconds, ns = divmod(time.time_ns(), 1_000_000_000)
    return time.strftime("%Y/%m/%d %H:%M:%S", time.localtime(seconds)) + f".{ns // 1000:06d}"


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )
