"""A server of bytes that does what the test tells it: where a proxy leads."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING

from tests.harness.wire import HOST, Wire

if TYPE_CHECKING:
    from types import TracebackType


class Origin:
    """Listens on loopback; each accepted connection is a Wire."""

    def __init__(self) -> None:
        self._listener = socket.create_server((HOST, 0))
        self._listener.setblocking(False)
        self.port = int(self._listener.getsockname()[1])

    async def accept(self) -> Wire:
        """Wait for the next connection."""
        accepted, _ = await asyncio.get_running_loop().sock_accept(self._listener)
        accepted.setblocking(False)
        return Wire(accepted)

    def has_caller(self) -> bool:
        """Tell whether a connection waits to be accepted."""
        try:
            accepted, _ = self._listener.accept()
        except BlockingIOError:
            return False
        accepted.close()
        return True

    def close(self) -> None:
        """Listen no more."""
        self._listener.close()

    def __enter__(self) -> Origin:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
