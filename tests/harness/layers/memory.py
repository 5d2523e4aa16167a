"""A transport that keeps what is written, and a protocol that keeps what it hears."""

from __future__ import annotations

import asyncio


class MemoryTransport(asyncio.Transport):
    """Takes `room` bytes; what is written beyond waits, as for a peer that does not read."""

    def __init__(self, room: int = 1 << 40) -> None:
        super().__init__()
        self.written = bytearray()
        self.room = room
        self.is_reading_wanted = True
        self.has_closed = self.has_aborted = False
        self._protocol: asyncio.BaseProtocol | None = None
        self._high = 65_536

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += data

    def take(self) -> bytes:
        """Give what was written since the last call."""
        data, self.written = bytes(self.written), bytearray()
        return data

    def get_write_buffer_size(self) -> int:
        return max(0, len(self.written) - self.room)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._high // 4, self._high

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._high = 65_536 if high is None else high

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def pause_reading(self) -> None:
        self.is_reading_wanted = False

    def resume_reading(self) -> None:
        self.is_reading_wanted = True

    def close(self) -> None:
        self.has_closed = True

    def abort(self) -> None:
        self.has_aborted = True


class Heard(asyncio.Protocol):
    """Notes every call, in order."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.data = bytearray()
        self.sizes: list[int] = []
        self.on_data = lambda: None

    def data_received(self, data: bytes) -> None:
        self.data += data
        self.sizes.append(len(data))
        self.on_data()

    def eof_received(self) -> bool:
        self.calls.append("eof")
        return False

    def pause_writing(self) -> None:
        self.calls.append("pause")

    def resume_writing(self) -> None:
        self.calls.append("resume")

    def connection_lost(self, exc: Exception | None) -> None:
        self.calls.append(f"lost: {exc}")
