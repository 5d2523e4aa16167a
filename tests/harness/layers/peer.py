"""A client of raw bytes that can turn to TLS, by Python's own `ssl` and nothing of ours."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from typing import ClassVar


class Peer(asyncio.Protocol):
    """One connection to a server.

    is_lost: nothing is left of it. has_goodbye: the server said close_notify.
    """

    _open: ClassVar[list[Peer]] = []

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._buffer = b""
        self._news = asyncio.Event()
        self._tls: ssl.SSLObject | None = None
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._has_eof = self._is_secured = False
        self.has_goodbye = False
        self.is_lost = False
        self._alert: ssl.SSLError | None = None

    @classmethod
    async def dial(cls, host: str, port: int) -> Peer:
        _, peer = await asyncio.get_running_loop().create_connection(cls, host, port)
        return peer

    @classmethod
    def abort_all(cls) -> None:
        """Break what a test left open."""
        for peer in cls._open:
            with contextlib.suppress(RuntimeError):  # its loop has ended
                peer.transport.abort()
        cls._open.clear()

    # asyncio.Protocol.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._open.append(self)

    def data_received(self, data: bytes) -> None:
        if self._tls is None:
            self._buffer += data
        else:
            self._incoming.write(data)
            if self._is_secured:
                self._decrypt()
        self._news.set()

    def eof_received(self) -> bool:
        self._has_eof = True
        self._news.set()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = self._has_eof = True
        self._news.set()

    # What tests do.

    @property
    def has_ended(self) -> bool:
        """The server sends no more."""
        return self._has_eof

    async def start_tls(self, context: ssl.SSLContext) -> ssl.SSLObject:
        """Shake hands; raises what goes wrong, EOFError when the server closed."""
        tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname="localhost")
        self._tls = tls
        self._incoming.write(self._buffer)
        self._buffer = b""
        while True:
            try:
                tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                await self._more()
            else:
                self._flush()
                self._is_secured = True
                self._decrypt()
                return tls

    def send(self, data: bytes) -> None:
        if self._tls is None:
            self.transport.write(data)
            return
        sent = 0
        while sent < len(data):
            sent += self._tls.write(data[sent:])
        self._flush()

    def say_goodbye(self) -> None:
        """Send close_notify."""
        assert self._tls is not None
        with contextlib.suppress(ssl.SSLWantReadError):
            self._tls.unwrap()
        self._flush()

    async def until(self, end: bytes) -> bytes:
        """Read up to and with some bytes."""
        while (at := self._buffer.find(end)) < 0:
            await self._more()
        return self._take(at + len(end))

    async def exactly(self, n: int) -> bytes:
        while len(self._buffer) < n:
            await self._more()
        return self._take(n)

    async def rest(self) -> bytes:
        """Read to the end of the stream."""
        while not self._has_eof:
            await self._more()
        return self._take(len(self._buffer))

    async def rest_or_reset(self) -> bytes:
        """Read until nothing is left of the connection."""
        while not self.is_lost:
            if self._has_eof:
                self.transport.close()
            self._news.clear()
            await self._news.wait()
        return self._take(len(self._buffer))

    async def alert(self) -> None:
        """Read until the server's alert, which is raised."""
        while True:
            await self._more()
            if self._alert is not None:
                raise self._alert

    def _take(self, n: int) -> bytes:
        taken, self._buffer = self._buffer[:n], self._buffer[n:]
        return taken

    async def _more(self) -> None:
        if self._has_eof:
            raise EOFError(self._buffer)
        self._news.clear()
        await self._news.wait()

    def _decrypt(self) -> None:
        assert self._tls is not None
        try:
            while not self.has_goodbye:
                data = self._tls.read(65_536)
                self._buffer += data
                self.has_goodbye = not data
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self._alert = error

    def _flush(self) -> None:
        if self._outgoing.pending:
            self.transport.write(self._outgoing.read())
