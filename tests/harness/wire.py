"""A client that speaks raw bytes, for tests over real TCP.

On sockets, not on asyncio's streams: those read ahead, so they cannot stop reading.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from typing import Any

HOST = "127.0.0.1"

CONNECT = b'CONNECT {"verbose":false}\r\n'

_open: set[Wire] = set()


class Wire:
    """One connection to a server on loopback."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self.info: dict[str, Any] = {}
        _open.add(self)

    @classmethod
    async def dial_silently(cls, port: int, receive_buffer: int = 0) -> Wire:
        """Connect and read nothing.

        receive_buffer: bytes the kernel may take for us, 0 for its own idea.
        """
        wire = cls(socket.socket())
        wire._sock.setblocking(False)
        if receive_buffer:
            wire._sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        await wire._loop.sock_connect(wire._sock, (HOST, port))
        return wire

    @classmethod
    async def dial(cls, port: int, receive_buffer: int = 0) -> Wire:
        """Connect, and read the server's INFO."""
        wire = await cls.dial_silently(port, receive_buffer)
        line = await wire.until(b"\r\n")
        assert line.startswith(b"INFO "), line
        wire.info = json.loads(line[5:])
        return wire

    @property
    def peer_port(self) -> int:
        """The port at the other end."""
        return int(self._sock.getpeername()[1])

    async def send(self, *parts: bytes) -> None:
        """Write; returns when the kernel has taken all."""
        await self._loop.sock_sendall(self._sock, b"".join(parts))

    async def until(self, end: bytes) -> bytes:
        """Read up to and with some bytes."""
        start = 0
        while (at := self._buffer.find(end, start)) < 0:
            start = max(0, len(self._buffer) - len(end))
            self._buffer += await self._some()
        return self._take(at + len(end))

    async def exactly(self, n: int) -> bytes:
        """Read so many bytes."""
        parts, missing = [self._buffer], n - len(self._buffer)
        while missing > 0:
            parts.append(await self._some())
            missing -= len(parts[-1])
        self._buffer = b"".join(parts)
        return self._take(n)

    async def sync(self) -> bytes:
        """Send PING; give all that comes before its PONG."""
        await self.send(b"PING\r\n")
        return (await self.until(b"PONG\r\n")).removesuffix(b"PONG\r\n")

    async def rest(self) -> bytes:
        """Give all that comes until the end of the stream; raises ConnectionResetError for RST."""
        said = self._take(len(self._buffer))
        while data := await self._loop.sock_recv(self._sock, 1 << 20):
            said += data
        return said

    def end_writing(self) -> None:
        """Send FIN, and go on reading."""
        self._sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Break the connection as a crashing machine's kernel does."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.hang_up()

    def hang_up(self) -> None:
        """Close."""
        self._sock.close()
        _open.discard(self)

    async def _some(self) -> bytes:
        data = await self._loop.sock_recv(self._sock, 1 << 20)
        if not data:
            raise EOFError(self._buffer)
        return data

    def _take(self, n: int) -> bytes:
        taken, self._buffer = self._buffer[:n], self._buffer[n:]
        return taken


def hang_up_all() -> None:
    """Close what a test left open."""
    for wire in list(_open):
        wire.hang_up()


def publication(subject: str, payload: bytes) -> bytes:
    """Write a PUB."""
    return b"PUB %b %d\r\n%b\r\n" % (subject.encode(), len(payload), payload)
