"""The bytes of one TCP connection, read and written when a case wants to.

Laws of the file: what came before a reset is heard before the reset, which asyncio's streams do not
grant; reading stops while READ_AHEAD_BYTES wait to be read.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import ssl

READ_AHEAD_BYTES = 128 * 2**10


class Wire(asyncio.Protocol):
    """A connection as asyncio sees it.

    has_been_reset: the other side ended it by RST.
    """

    def __init__(self) -> None:
        self.has_been_reset = False
        self._transport: asyncio.Transport | None = None
        self._came = bytearray()
        self._has_ended = False
        self._is_gone = False
        self._has_said_all = False
        self._news = asyncio.Event()
        self._can_write = asyncio.Event()
        self._can_write.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport; after TLS has started it is another one."""
        self._transport = cast("asyncio.Transport", transport)  # of a stream it is one

    def data_received(self, data: bytes) -> None:
        """Keep what came."""
        self._came += data
        self._news.set()
        if len(self._came) > READ_AHEAD_BYTES:
            self._live().pause_reading()

    def eof_received(self) -> bool:
        """Note the end of the other side; ours stays open, which TLS does not have."""
        self._has_ended = True
        self._news.set()
        return self._live().get_extra_info("ssl_object") is None

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end of both sides."""
        self.has_been_reset = isinstance(exc, ConnectionResetError)
        self._has_ended = self._is_gone = True
        self._news.set()
        self._can_write.set()

    def pause_writing(self) -> None:
        """Make writers wait."""
        self._can_write.clear()

    def resume_writing(self) -> None:
        """Let writers go on."""
        self._can_write.set()

    async def read(self) -> bytes:
        """Give what came, as soon as there is something; b"" at the end."""
        while not self._came and not self._has_ended:
            self._news.clear()
            await self._news.wait()
        data = bytes(self._came)
        self._came.clear()
        if len(data) > READ_AHEAD_BYTES and not self._is_gone:
            self._live().resume_reading()
        return data

    async def write(self, data: bytes) -> None:
        """Write, and wait while the other side takes no more.

        Into nothing once it is gone, or our side has ended: a server may still ask for a PONG.
        """
        if not self._is_gone and not self._has_said_all:
            self._live().write(data)
        await self._can_write.wait()

    def write_eof(self) -> bool:
        """End our side alone; tells whether that can be done, which under TLS it cannot."""
        if self._is_gone or not self._live().can_write_eof():
            return False
        with suppress(OSError):
            self._live().write_eof()
        self._has_said_all = True
        return True

    async def start_tls(self, context: ssl.SSLContext, server_name: str | None) -> None:
        """Start TLS. Raises OSError where the handshake fails."""
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(self._live(), self, context, server_hostname=server_name)
        if transport is None:
            raise ConnectionResetError("the connection was closed during the TLS handshake")
        self._transport = transport

    def abort(self) -> None:
        """Let go of the socket at once."""
        self._live().abort()

    async def close(self) -> None:
        """Close as a client does that goes, and wait for the end."""
        self._live().close()
        while not self._is_gone:
            self._news.clear()
            await self._news.wait()

    def _live(self) -> asyncio.Transport:
        assert self._transport is not None, "a wire is given when it is connected"
        return self._transport


async def open_wire(
    host: str, port: int, context: ssl.SSLContext | None = None, server_name: str | None = None
) -> Wire:
    """Connect, by TLS from the first byte if there is a context. Raises OSError."""
    loop = asyncio.get_running_loop()
    name = (server_name or host) if context is not None else None
    _, wire = await loop.create_connection(Wire, host, port, ssl=context, server_hostname=name)
    return wire
