"""A layer: a protocol to the transport below, a transport to the protocol above.

Laws of the file: back-pressure is passed on both ways, so that all bytes wait in the lowest
transport; the protocol above hears `connection_lost` last and once; a peer that makes the layer
itself talk, and does not listen, is cut.
"""

from __future__ import annotations

import asyncio
from typing import Any

from .errors import UnheardError

UNHEARD_BYTES_MAX = 64 * 1024
"""How much a layer may answer by itself (alerts, pongs) to a peer that reads none of it."""


class Layer(asyncio.Transport, asyncio.Protocol):
    """Passes everything on; a layer says what it does otherwise.

    Takes the place of the protocol that was above `lower`.
    """

    def __init__(self, lower: asyncio.Transport, upper: asyncio.Protocol) -> None:
        super().__init__()
        self._lower = lower
        self._upper = upper
        self._error: Exception | None = None
        self._is_closing = False
        self._is_reading = True
        self._unheard_bytes = 0
        lower.set_protocol(self)

    # asyncio.Protocol: what the transport below tells.

    def data_received(self, data: bytes) -> None:
        self._upper.data_received(data)

    def eof_received(self) -> bool | None:
        return self._upper.eof_received()

    def pause_writing(self) -> None:
        self._upper.pause_writing()

    def resume_writing(self) -> None:
        self._upper.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_closing = True
        self._upper.connection_lost(self._error or exc)

    # asyncio.Transport: what the protocol above wants.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self._lower.write(data)

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        return False

    def write_eof(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        self._is_closing = True
        self._lower.close()

    def abort(self) -> None:
        self._is_closing = True
        self._lower.abort()

    def is_closing(self) -> bool:
        return self._is_closing

    def is_reading(self) -> bool:
        return self._is_reading and not self._is_closing

    def pause_reading(self) -> None:
        self._is_reading = False
        self._lower.pause_reading()

    def resume_reading(self) -> None:
        self._is_reading = True
        self._lower.resume_reading()

    def get_write_buffer_size(self) -> int:
        return self._lower.get_write_buffer_size()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._lower.get_write_buffer_limits()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._lower.set_write_buffer_limits(high, low)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._upper

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        assert isinstance(protocol, asyncio.Protocol)
        self._upper = protocol

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._lower.get_extra_info(name, default)

    # For the layers themselves.

    def _give_up(self, error: Exception) -> None:
        """End the connection by an error; what the peer does not take now is lost."""
        self._error = error
        self._is_closing = True
        if self._lower.get_write_buffer_size():
            self._lower.abort()
        else:
            self._lower.close()

    def _answer(self, data: bytes) -> None:
        """Write what the layer has to say by itself, as long as the peer listens."""
        self._lower.write(data)
        if not self._lower.get_write_buffer_size():
            self._unheard_bytes = 0
            return
        self._unheard_bytes += len(data)
        if self._unheard_bytes > UNHEARD_BYTES_MAX:
            self._error = UnheardError("peer reads none of what it makes us answer")
            self.abort()
