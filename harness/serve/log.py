"""The log of a server, line by line as nats-server writes it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from natsim.broker.effects import Level

from .sinks import TRACE, DescriptorSink, FileSink, Sink

if TYPE_CHECKING:
    from collections.abc import Callable

    from natsim.broker.effects import Note
    from natsim.broker.nats.options import LogOptions

STDERR = 2


class ServerLog:
    """Writes `[pid] 2026/11/23 19:02:57.138598 [INF] text`.

    Raises SinkError when the log cannot go where the options say.
    """

    def __init__(self, options: LogOptions) -> None:
        self._options = options
        self._prefix = f"[{os.getpid()}] "
        self._sink = _sink(options)

    @property
    def is_file(self) -> bool:
        """Whether the log can be opened again."""
        return bool(self._options.logfile)

    def shows(self, level: str) -> bool:
        """Tell whether lines of a level are written."""
        if level == Level.DEBUG:
            return self._options.debug
        return self._options.trace if level == TRACE else True

    def write(self, level: str, text: str) -> None:
        """Write one line; what no terminal should get is escaped."""
        if self.shows(level):
            self._sink.write(self._stamp(), level, _printable(text))

    def note(self, note: Note) -> None:
        """Write what the broker notes."""
        self.write(note.level, note.text)

    def prepare(self, options: LogOptions) -> Callable[[], None]:
        """Open what new options want; give what is to be called to go by them. Raises SinkError."""
        sink = _sink(options)

        def change() -> None:
            self._sink.close()
            self._sink = sink
            self._options = options

        return change

    def reopen(self) -> None:
        """Open the file again, after something moved it away. Raises SinkError."""
        self.prepare(self._options)()

    def close(self) -> None:
        """Write no more."""
        self._sink.close()

    def _stamp(self) -> str:
        if not self._options.logtime:
            return self._prefix
        seconds, ns = divmod(time.time_ns(), 1_000_000_000)
        moment = time.gmtime(seconds) if self._options.logtime_utc else time.localtime(seconds)
        return f"{self._prefix}{time.strftime('%Y/%m/%d %H:%M:%S', moment)}.{ns // 1000:06d} "


def _sink(options: LogOptions) -> Sink:
    if options.logfile:
        return FileSink(Path(options.logfile), options.size_limit, options.max_files)
    if options.syslog or options.remote_syslog:
        # Late: it is rare.
        from .syslog import SyslogSink

        return SyslogSink(options.remote_syslog)
    return DescriptorSink(STDERR)


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text
    )
