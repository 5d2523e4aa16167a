"""A listening socket, what waits in it to be accepted, and the asyncio server in front of it."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from typing import TYPE_CHECKING

from .transport import SimTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .loop import SimLoop
    from .node import Node
    from .tcp import Endpoint


class Listener:
    """A socket of a node that is bound to a port, and listens there once it is serving."""

    __slots__ = ("_loop", "_queue", "backlog", "is_open", "is_serving", "port", "server")

    def __init__(self, loop: SimLoop, port: int, backlog: int) -> None:
        self._loop = loop
        self.port = port
        self.backlog = backlog
        self.is_open = True
        self.is_serving = False
        self._queue: deque[Endpoint] = deque()
        self.server: SimServer

    @property
    def is_full(self) -> bool:
        """Whether connections wait that the process was too slow to accept."""
        return len(self._queue) > self.backlog

    def accept_soon(self, endpoint: Endpoint) -> None:
        """Let the process accept a connection that its kernel has completed."""
        endpoint.listener = self
        self._queue.append(endpoint)
        self._loop.call_soon(self._accept)

    def close(self) -> None:
        """Accept no more; what waits to be accepted is reset."""
        self.is_open = False
        while self._queue:
            self._queue.popleft().refuse()

    def cease(self) -> None:
        """End with the process or the machine, which see to what waits here."""
        self.is_open = False
        self._queue.clear()

    def _accept(self) -> None:
        if not self._queue:
            return
        endpoint = self._queue.popleft()
        endpoint.listener = None
        # A connection that was reset meanwhile is accepted all the same: its error is read from it.
        SimTransport(endpoint, self._loop, self.server).open(self.server.factory())


class SimServer(asyncio.AbstractServer):
    """What create_server gives.

    factory: makes the protocol of a connection.
    """

    def __init__(
        self,
        node: Node,
        loop: SimLoop,
        listener: Listener,
        factory: Callable[[], asyncio.BaseProtocol],
    ) -> None:
        self.factory = factory
        self._node = node
        self._loop = loop
        self._listener = listener
        self._transports: dict[SimTransport, None] = {}
        self._waiters: list[asyncio.Future[None]] = []
        self._serving: asyncio.Future[None] | None = None
        listener.server = self

    @property
    def sockets(self) -> Sequence[ListeningSocket]:
        """The listening socket, for its address."""
        if not self._listener.is_open:
            return ()
        return (ListeningSocket(self._node.address, self._listener.port),)

    def attach(self, transport: SimTransport) -> None:
        """Note a connection that was accepted."""
        self._transports[transport] = None

    def detach(self, transport: SimTransport) -> None:
        """Note that it ended."""
        self._transports.pop(transport, None)
        self._wake_if_done()

    def close(self) -> None:
        """Accept no more; connections stay."""
        self._node.unlisten(self._listener)
        if self._serving is not None:
            self._serving.cancel()
            self._serving = None
        self._wake_if_done()

    def close_clients(self) -> None:
        """Close all connections."""
        for transport in list(self._transports):
            transport.close()

    def abort_clients(self) -> None:
        """Abort all connections."""
        for transport in list(self._transports):
            transport.abort()

    async def wait_closed(self) -> None:
        """Return once closed and without connections; before Python 3.12, once closed."""
        is_over = not self._listener.is_open
        if is_over and (not self._transports or sys.version_info < (3, 12)):
            return
        waiter: asyncio.Future[None] = self._loop.create_future()
        self._waiters.append(waiter)
        await waiter

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Give the loop that accepts."""
        return self._loop

    def is_serving(self) -> bool:
        """Tell whether connections are accepted."""
        return self._listener.is_open and self._listener.is_serving

    async def start_serving(self) -> None:
        """Accept connections, if the server was made to wait with that."""
        self._listener.is_serving = True

    async def serve_forever(self) -> None:
        """Serve until the server is closed or the caller cancelled."""
        await self.start_serving()
        self._serving = self._loop.create_future()
        try:
            await self._serving
        finally:
            self._serving = None
            self.close()

    def _wake_if_done(self) -> None:
        if self._listener.is_open or self._transports:
            return
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


class ListeningSocket:
    """A socket of which only the address can be asked."""

    __slots__ = ("_address",)

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)

    def getsockname(self) -> tuple[str, int]:
        """Give host and port."""
        return self._address
