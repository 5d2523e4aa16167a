"""What a peer does that gets killed or stopped: in a process of its own, or on a node.

Run as a script it prints the port on which it listens. It imports nothing of the project.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from typing import Any

Announce = Callable[[int], None]
Program = Callable[[str, Announce], Coroutine[Any, Any, None]]

BIG = 8 * 1024 * 1024
"""More than any kernel keeps of one connection here."""


class _Quiet(asyncio.Protocol):
    """Reads, and says nothing."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def eof_received(self) -> bool:
        return True


class _Deaf(_Quiet):
    """Reads nothing."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.pause_reading()


class _Greeting(_Quiet):
    """Greets, and reads nothing."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.pause_reading()
        self.transport.write(b"hello")


class _Echo(_Quiet):
    """Gives back what it gets; closes after eof."""

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)

    def eof_received(self) -> bool:
        return False


class _Flood(_Quiet):
    """Writes more than its kernel takes."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.transport.write(bytes(BIG))


class _Count(_Quiet):
    """Says how many bytes came, once eof did, and closes."""

    count = 0

    def data_received(self, data: bytes) -> None:
        self.count += len(data)

    def eof_received(self) -> bool:
        self.transport.write(b"%d" % self.count)
        return False


def _listening(factory: Callable[[], asyncio.Protocol], backlog: int = 100) -> Program:
    async def program(host: str, announce: Announce) -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(factory, host, 0, backlog=backlog)
        announce(server.sockets[0].getsockname()[1])
        await loop.create_future()

    return program


PROGRAMS: dict[str, Program] = {
    "quiet": _listening(_Quiet),
    "deaf": _listening(_Deaf),
    "greeting": _listening(_Greeting),
    "echo": _listening(_Echo),
    "flood": _listening(_Flood),
    "count": _listening(_Count),
    "one at a time": _listening(_Echo, backlog=1),
}


if __name__ == "__main__":
    asyncio.run(PROGRAMS[sys.argv[1]]("127.0.0.1", lambda port: print(port, flush=True)))  # noqa: T201
