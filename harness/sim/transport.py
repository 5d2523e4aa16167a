"""The process's side of a connection: an asyncio transport that behaves as those over sockets do.

Laws of the file: a protocol hears of a socket only by reading or writing it, so a reset stays
unheard while reading is paused; what was written before `close` goes out, what `abort` finds here
does not.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .listener import SimServer
    from .loop import SimLoop
    from .tcp import Endpoint

_HIGH_WATER = 64 * 1024


class SimTransport(asyncio.Transport):
    """The process's side of an endpoint, as asyncio's protocols know it.

    server: that accepted the connection. is_waiting: bytes are here that the kernel did not take.
    """

    def __init__(self, endpoint: Endpoint, loop: SimLoop, server: SimServer | None = None) -> None:
        super().__init__(
            {"peername": endpoint.peer.address, "sockname": endpoint.address, "socket": None}
        )
        self.loop = loop
        self._endpoint = endpoint
        self._server = server
        self._protocol: Any = None
        self._buffer: list[bytes] = []
        self._buffer_bytes = 0
        self._is_closing = self._is_ended = False
        self._is_paused = self._is_watching = False
        self._is_read_due = self._is_write_due = False
        self._is_eof_written = False
        self._is_writing_paused = False
        self._high_water, self._low_water = _HIGH_WATER, _HIGH_WATER // 4
        endpoint.transport = self
        if server is not None:
            server.attach(self)

    def open(self, protocol: asyncio.BaseProtocol) -> asyncio.BaseProtocol:
        """Connect a protocol and begin to read; gives the protocol."""
        self._protocol = protocol
        protocol.connection_made(self)
        self._watch()
        return protocol

    # What the kernel tells.

    @property
    def is_waiting(self) -> bool:
        """Whether a write waits for the kernel."""
        return bool(self._buffer)

    def readable(self) -> None:
        """Read soon, if the process reads."""
        if self._is_watching and not self._is_read_due:
            self._is_read_due = True
            self.loop.call_soon(self._read)

    def writable(self) -> None:
        """Write soon what waits here."""
        if self._buffer and not self._is_write_due:
            self._is_write_due = True
            self.loop.call_soon(self._write)

    def broken(self) -> None:
        """Let whoever reads or waits to write find the error."""
        self.readable()
        self.writable()

    def orphan(self) -> None:
        """Lose the process: what it had not written yet is gone."""
        self._is_closing = self._is_ended = True
        self._is_watching = False
        self._drop_buffer()

    # Reading.

    def _watch(self) -> None:
        if self.is_reading():
            self._is_watching = True
            if self._endpoint.is_readable:
                self.readable()

    def _read(self) -> None:
        self._is_read_due = False
        if not self._is_watching:
            return
        try:
            data = self._endpoint.read()
        except OSError as error:
            self._break("Fatal read error on socket transport", error)
            return
        if data is None:
            return
        try:
            if data:
                self._protocol.data_received(data)
            else:
                self._end_reading()
        except Exception as error:
            told = "data_received" if data else "eof_received"
            self._break(f"Fatal error: protocol.{told}() call failed.", error)
            return
        if self._endpoint.is_readable:
            self.readable()

    def _end_reading(self) -> None:
        if self._protocol.eof_received():
            self._is_watching = False
        else:
            self.close()

    def is_reading(self) -> bool:
        return not self._is_paused and not self._is_closing

    def pause_reading(self) -> None:
        if self.is_reading():
            self._is_paused = True
            self._is_watching = False

    def resume_reading(self) -> None:
        if self._is_paused and not self._is_closing:
            self._is_paused = False
            self._watch()

    # Writing.

    def write(self, data: Any) -> None:
        if type(data) is bytes:
            chunk = data
        else:
            try:
                chunk = bytes(memoryview(data))
            except TypeError as error:
                kind = type(data).__name__
                raise TypeError(f"{kind} is written; it must be a bytes-like object") from error
        if self._is_eof_written:
            raise RuntimeError("Cannot call write() after write_eof()")
        if not chunk or self._is_ended:
            return
        if not self._buffer:
            if len(chunk) <= self._endpoint.out.room:
                self._endpoint.out.write(chunk)
                return
            try:
                self._endpoint.check_writable()
            except OSError as error:
                self._break("Fatal write error on socket transport", error)
                return
        self._buffer.append(chunk)
        self._buffer_bytes += len(chunk)
        self._fill()
        self._pause_if_high()

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def _write(self) -> None:
        self._is_write_due = False
        if not self._buffer:
            return
        try:
            self._endpoint.check_writable()
        except OSError as error:
            self._break("Fatal write error on socket transport", error)
            return
        self._fill()
        if self._is_writing_paused and self._buffer_bytes <= self._low_water:
            self._is_writing_paused = False
            self._protocol.resume_writing()
        if not self._buffer:
            if self._is_closing:
                self._end(None)
            elif self._is_eof_written:
                self._endpoint.shut_down()

    def _fill(self) -> None:
        out = self._endpoint.out
        while self._buffer and (room := out.room) > 0:
            chunk = self._buffer[0]
            part = chunk[:room]
            out.write(part)
            self._buffer_bytes -= len(part)
            if len(part) == len(chunk):
                del self._buffer[0]
            else:
                self._buffer[0] = chunk[len(part) :]
        if self._buffer:
            out.wait()

    def _pause_if_high(self) -> None:
        if self._buffer_bytes > self._high_water and not self._is_writing_paused:
            self._is_writing_paused = True
            self._protocol.pause_writing()

    def write_eof(self) -> None:
        if self._is_closing or self._is_eof_written:
            return
        self._is_eof_written = True
        if not self._buffer:
            self._endpoint.shut_down()

    def can_write_eof(self) -> bool:
        return True

    def get_write_buffer_size(self) -> int:
        return self._buffer_bytes

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._low_water, self._high_water

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        if high is None:
            high = _HIGH_WATER if low is None else 4 * low
        if low is None:
            low = high // 4
        if not high >= low >= 0:
            raise ValueError(f"high ({high}) must be >= low ({low}) must be >= 0")
        self._high_water, self._low_water = high, low
        self._pause_if_high()

    # The end.

    def close(self) -> None:
        if self._is_closing:
            return
        self._is_closing = True
        self._is_watching = False
        if not self._buffer:
            self._end_soon(None)

    def abort(self) -> None:
        self._force_close(None)

    def is_closing(self) -> bool:
        return self._is_closing

    def get_protocol(self) -> asyncio.BaseProtocol:
        protocol: asyncio.BaseProtocol = self._protocol
        return protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def _break(self, message: str, error: Exception) -> None:
        if not isinstance(error, OSError):
            self.loop.call_exception_handler(
                {
                    "message": message,
                    "exception": error,
                    "transport": self,
                    "protocol": self._protocol,
                }
            )
        self._force_close(error)

    def _force_close(self, error: Exception | None) -> None:
        if self._is_ended:
            return
        self._is_closing = True
        self._is_watching = False
        self._drop_buffer()
        self._end_soon(error)

    def _end_soon(self, error: Exception | None) -> None:
        self._is_ended = True
        self.loop.call_soon(self._end, error)

    def _end(self, error: Exception | None) -> None:
        self._is_ended = True
        if self._endpoint.transport is None:
            return
        self._endpoint.transport = None
        self._endpoint.close()
        if self._server is not None:
            self._server.detach(self)
        self._protocol.connection_lost(error)

    def _drop_buffer(self) -> None:
        self._buffer = []
        self._buffer_bytes = 0
