"""A server that says what a test tells it to: for answers that no real one gives."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

INFO = b'INFO {"server_id":"X","version":"2.15.1","headers":true,"max_payload":1048576}\r\n'


@asynccontextmanager
async def scripted_server(
    answer: Callable[[bytes], bytes | None], greeting: bytes = INFO
) -> AsyncGenerator[int]:
    """Serve on loopback; gives the port.

    answer: what to say to each line; None ends the connection.
    """

    serving: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "the server made one"
        serving.append(task)
        writer.write(greeting)
        with suppress(OSError):
            while line := await reader.readline():
                said = answer(line)
                if said is None:
                    break
                writer.write(said)
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await asyncio.gather(*serving)


def pong(line: bytes) -> bytes:
    """Answer PING, and nothing else."""
    return b"PONG\r\n" if line.strip().upper() == b"PING" else b""
