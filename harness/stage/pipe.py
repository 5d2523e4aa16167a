"""One way through a proxied connection: bytes in order, then its end.

Laws of the file: nothing is dropped, reordered or made up; what is held is bounded, and behind the
bound the sender's own buffers fill, as they do before a network that takes nothing; an end is
passed on as what it was, FIN or reset, and never through a cut.
"""

from __future__ import annotations

from collections import deque
from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import asyncio
    import socket

    from .flow import Flow

CHUNK_BYTES = 65_536

DELAYED_BYTES_MAX = 4 * 1024 * 1024
"""What may be under way at once on a slow link; a blocked or cut one holds a single chunk."""


class End(Enum):
    """How a sender's bytes end."""

    FIN = "fin"
    RESET = "reset"


class Relaying(Protocol):
    """The connection that a pipe is one way of."""

    def on_silence(self, pipe: Pipe) -> None:
        """Hear that the sender has ended: nothing more will be read from it."""
        ...

    def on_passed(self, pipe: Pipe, end: End) -> None:
        """Hear that the sender's end has come to where the receiver must be told."""
        ...

    def on_broken(self, pipe: Pipe) -> None:
        """Hear that the receiver takes no more, since it is gone."""
        ...


class Pipe:
    """Carries what one socket gives to another, as the flow allows.

    Needs an event loop with add_reader: not Windows' default one.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        flow: Flow,
        inlet: socket.socket,
        relaying: Relaying,
    ) -> None:
        self.flow = flow
        self.held_bytes = 0
        self._loop = loop
        self._inlet = inlet
        self._outlet: socket.socket | None = None
        self._relaying = relaying
        self._queue: deque[tuple[float, memoryview | End]] = deque()
        self._last_due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._is_reading = False
        self._is_blocked = False
        self._is_silent = False
        self._is_stopped = False

    @property
    def is_stopped(self) -> bool:
        """Whether nothing can pass any more."""
        return self._is_stopped

    def start(self) -> None:
        """Begin to read."""
        self._read_or_rest()

    def lead_to(self, outlet: socket.socket) -> None:
        """Begin to write."""
        self._outlet = outlet
        self.pump()

    def end(self, end: End) -> None:
        """Take an end that was not read: behind all that is held already."""
        self._queue.append((self._due(), end))
        self._is_silent = True
        self.pump()

    def stop(self) -> None:
        """Touch the sockets no more."""
        if self._is_reading:
            self._loop.remove_reader(self._inlet)
        if self._is_blocked and self._outlet is not None:
            self._loop.remove_writer(self._outlet)
        if self._timer is not None:
            self._timer.cancel()
        self._is_reading = self._is_blocked = False
        self._is_silent = self._is_stopped = True
        self._outlet = None
        self._queue.clear()
        self.held_bytes = 0

    def pump(self) -> None:
        """Pass on what is due; to be called whenever the flow changed."""
        while self._queue and self._outlet is not None and self._may_pass():
            item = self._queue[0][1]
            if isinstance(item, End):
                self._queue.popleft()
                self._relaying.on_passed(self, item)
            else:
                self._write(self._outlet, item)
        self._read_or_rest()

    def _may_pass(self) -> bool:
        if self.flow.is_cut or self._is_blocked:
            return False
        due = self._queue[0][0]
        if due <= self._loop.time():
            return True
        if self._timer is None:
            self._timer = self._loop.call_at(due, self._on_due)
        return False

    def _write(self, outlet: socket.socket, chunk: memoryview) -> None:
        try:
            written = outlet.send(chunk)
        except (BlockingIOError, InterruptedError):
            written = 0
        except OSError:
            self.stop()
            self._relaying.on_broken(self)
            return
        self.flow.passed_bytes += written
        self.held_bytes -= written
        if written == len(chunk):
            self._queue.popleft()
        else:
            self._queue[0] = (self._queue[0][0], chunk[written:])
            self._is_blocked = True
            self._loop.add_writer(outlet, self._on_writable)

    def _on_due(self) -> None:
        self._timer = None
        self.pump()

    def _on_writable(self) -> None:
        if self._outlet is not None:
            self._loop.remove_writer(self._outlet)
        self._is_blocked = False
        self.pump()

    def _on_readable(self) -> None:
        try:
            data = self._inlet.recv(CHUNK_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._fall_silent(End.RESET)
            return
        if not data:
            self._fall_silent(End.FIN)
            return
        self._queue.append((self._due(), memoryview(data)))
        self.held_bytes += len(data)
        self.pump()

    def _fall_silent(self, end: End) -> None:
        self.end(end)
        self._relaying.on_silence(self)

    def _due(self) -> float:
        # Never before what was sent earlier: a slow link delays, it does not reorder.
        self._last_due = max(self._last_due, self._loop.time() + self.flow.draw_delay_s())
        return self._last_due

    def _read_or_rest(self) -> None:
        room = DELAYED_BYTES_MAX if self._timer is not None else CHUNK_BYTES
        wants = not self._is_silent and self.held_bytes < room
        if wants and not self._is_reading:
            self._loop.add_reader(self._inlet, self._on_readable)
        elif self._is_reading and not wants:
            self._loop.remove_reader(self._inlet)
        self._is_reading = wants
