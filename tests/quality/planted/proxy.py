"""The proxy: sessions of a mode over TCP."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, TypeAlias

from .session import House

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from .mode import Mode
    from .session import Session

Address: TypeAlias = tuple[str, int]

_READ_SIZE = 65_536
_LINGER_S = 0.2  # so long a client may go on speaking and still hear why it is closed


@asynccontextmanager
async def proxied(mode: Mode, upstream: Address, listen: Address) -> AsyncGenerator[Address]:
    """Serve a mode until the block ends; gives where, port 0 made a real one."""
    house = House()
    running: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        running.add(task)
        try:
            with suppress(OSError):  # either end is gone: then so is the other
                await _Connection(reader, writer).serve(mode, house, upstream)
        except asyncio.CancelledError:
            pass  # by us, below
        finally:
            running.discard(task)
            writer.close()

    server = await asyncio.start_server(accept, *listen)
    try:
        host, port = server.sockets[0].getsockname()[:2]
        yield host, port
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*list(running), return_exceptions=True)


class _Connection:
    """A client of the proxy, and its connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._from_client = reader
        self._to_client = writer

    async def serve(self, mode: Mode, house: House, upstream: Address) -> None:
        """Serve the client until it or the server has left."""
        from_server, to_server = await asyncio.open_connection(*upstream)
        session = mode.session(house, _ear(self._to_client), _ear(to_server))
        upwards = asyncio.create_task(self._upwards(session, to_server))
        try:
            while not session.is_closing and (data := await _read(from_server)):
                session.from_server(data)
                await self._to_client.drain()
            session.server_left()
            if session.is_closing:
                session.leave()
                self._to_client.write_eof()
            await asyncio.wait([upwards], timeout=_LINGER_S if session.is_closing else None)
        finally:
            upwards.cancel()
            session.leave()
            to_server.close()

    async def _upwards(self, session: Session, to_server: asyncio.StreamWriter) -> None:
        while data := await _read(self._from_client):
            if session.is_closing:
                continue
            session.from_client(data)
            if session.is_closing:
                to_server.close()
            with suppress(ConnectionError):  # the client may go on without the server
                await to_server.drain()
        session.has_client_left = True
        with suppress(OSError):
            to_server.write_eof()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read(_READ_SIZE)
    except ConnectionError:
        return b""


def _ear(writer: asyncio.StreamWriter) -> Callable[[bytes], None]:
    """Give what takes bytes for a peer, and forgets them when it is gone."""

    def hear(data: bytes) -> None:
        if not writer.is_closing():
            writer.write(data)

    return hear
