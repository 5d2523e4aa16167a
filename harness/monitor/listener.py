"""The listener for monitoring, on any event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

from . import limits
from .connection import HttpConnection

if TYPE_CHECKING:
    import asyncio
    import socket

    from natsim.broker.nats.monitor import MonitorRequest, MonitorResponse, ProcessStatistics
    from natsim.broker.now import Now

SECOND_NS = 1_000_000_000

Wrap: TypeAlias = "Callable[[asyncio.Transport, asyncio.Protocol], asyncio.Transport]"
"""wrap(lower, upper) puts a layer between a connection's transport and its protocol: TLS."""


class Monitored(Protocol):
    """What can be asked how it is: a broker."""

    def monitor(
        self, request: MonitorRequest, process: ProcessStatistics, now: Now
    ) -> MonitorResponse:
        """Answer a request."""
        ...


class MonitorListener:
    """Takes connections and has the broker answer them.

    clock: gives the time. process: tells of the process at this moment.
    wrap: None for HTTP; with a layer of TLS it is HTTPS. Another one counts for the connections
    that follow.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        broker: Monitored,
        clock: Callable[[], Now],
        process: Callable[[], ProcessStatistics],
        wrap: Wrap | None = None,
    ) -> None:
        self._loop = loop
        self._broker = broker
        self._clock = clock
        self._process = process
        self.wrap: Wrap | None = wrap
        self._connections: dict[HttpConnection, None] = {}
        self._servers: list[asyncio.AbstractServer] = []

    @property
    def connection_count(self) -> int:
        """How many connections there are."""
        return len(self._connections)

    async def listen(self, host: str, port: int) -> tuple[str, int]:
        """Take connections; give the address, whose port is a real one when 0 was asked.

        Raises OSError when the address cannot be had.
        """
        server = await self._loop.create_server(
            self._connection, host, port, backlog=limits.BACKLOG, reuse_address=True
        )
        self._servers.append(server)
        address = server.sockets[0].getsockname()
        return str(address[0]), int(address[1])

    async def listen_on(self, bound: socket.socket) -> None:
        """Take connections on a socket that has its address; it is ours from here."""
        self._servers.append(
            await self._loop.create_server(self._connection, sock=bound, backlog=limits.BACKLOG)
        )

    def close(self) -> None:
        """Take no more connections, and end those there are."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        for connection in list(self._connections):
            connection.abort()

    # What the connections want.

    def admit(self, connection: HttpConnection) -> bool:
        """Count a new connection, or tell that it is one too many."""
        if len(self._connections) >= limits.CONNECTIONS_MAX:
            return False
        self._connections[connection] = None
        return True

    def release(self, connection: HttpConnection) -> None:
        """Forget a connection that is gone."""
        self._connections.pop(connection, None)

    def respond(self, request: MonitorRequest) -> MonitorResponse:
        """Have the broker answer."""
        return self._broker.monitor(request, self._process(), self._clock())

    def wall_s(self) -> int:
        """Tell the time, in seconds since 1970."""
        return self._clock().wall_ns // SECOND_NS

    def _connection(self) -> HttpConnection:
        return HttpConnection(self, self._loop, self.wrap)
