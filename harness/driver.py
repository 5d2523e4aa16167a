"""The driver: the one piece of glue between a broker and an asyncio event loop.

Laws of the file: the event loop is the pluggable transport, asyncio's own or the simulated one, and
nothing here can tell which; effects are carried out in order, all of them, before the next event;
the broker is told of bytes the network has not taken before it is asked to queue more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from natsim.broker.effects import Abort, Close, Effect, Note, PauseReading, ResumeReading, Send
from natsim.broker.events import (
    RECEIVED_BYTES_MAX,
    Connected,
    Disconnected,
    Drained,
    Event,
    Received,
    TimeReached,
)

if TYPE_CHECKING:
    import socket

    from natsim.broker.now import Now

SECOND_NS = 1_000_000_000

LINGER_S = 10.0
"""How long a closed connection may take to write what was sent before; then it is cut."""

BACKLOG = 1024

TELL_DRAINED_NS = 1_000_000
"""How old the broker's count of pending bytes may grow, where connections are blocked."""


class StateMachine(Protocol):
    """What the driver drives: a broker."""

    def handle(self, event: Event, now: Now) -> list[Effect]:
        """Take one event; give what is to be done, in order."""
        ...

    def deadline(self) -> int | None:
        """Tell the mono_ns at which TimeReached is wanted, None for never."""
        ...


class Driver:
    """Runs a broker on an event loop.

    clock: gives the time; its mono_ns is the loop's own time.
    log: gets every Note of the broker.
    """

    def __init__(
        self,
        broker: StateMachine,
        loop: asyncio.AbstractEventLoop,
        clock: Callable[[], Now],
        log: Callable[[Note], None],
    ) -> None:
        self._broker = broker
        self._loop = loop
        self._clock = clock
        self._log = log
        self._connections: dict[int, _Connection] = {}
        self._unclosed: dict[int, _Connection] = {}
        self._blocked: dict[int, _Connection] = {}
        self._tell_at_ns = 0
        self._next_conn = 1
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ns = 0
        self._servers: list[asyncio.AbstractServer] = []
        self._all_closed: asyncio.Future[None] | None = None

    @property
    def connection_count(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    async def listen(self, host: str, port: int) -> tuple[str, int]:
        """Accept clients; give the address, whose port is a real one when 0 was asked.

        Raises OSError when the address cannot be had.
        """
        server = await self._loop.create_server(
            lambda: _Connection(self), host, port, backlog=BACKLOG, reuse_address=True
        )
        self._servers.append(server)
        address = server.sockets[0].getsockname()
        return str(address[0]), int(address[1])

    async def listen_on(self, bound: socket.socket) -> None:
        """Accept clients on a socket that has its address; the driver owns it from here."""
        self._servers.append(
            await self._loop.create_server(lambda: _Connection(self), sock=bound, backlog=BACKLOG)
        )

    def close(self) -> None:
        """Accept no more clients, close all connections once what was sent is written."""
        for server in self._servers:
            server.close()
        for connection in list(self._connections.values()):
            self.forget(connection)
            self._let_go(connection)
        if self._timer is not None:
            self._timer.cancel()

    async def wait_closed(self) -> None:
        """Wait until nothing is left of any connection; for after `close`."""
        if self._unclosed:
            self._all_closed = self._loop.create_future()
            await self._all_closed

    # What the connections tell.

    def admit(self, connection: _Connection) -> int:
        """Take a new connection; give its number."""
        conn = self._next_conn
        self._next_conn += 1
        self._connections[conn] = self._unclosed[conn] = connection
        return conn

    def release(self, connection: _Connection) -> None:
        """Note that nothing is left of a connection."""
        self._unclosed.pop(connection.conn, None)
        if self._all_closed is not None and not self._unclosed and not self._all_closed.done():
            self._all_closed.set_result(None)

    def forget(self, connection: _Connection) -> None:
        """Drop a connection that ended or is about to."""
        self._connections.pop(connection.conn, None)
        self._blocked.pop(connection.conn, None)

    def limit_linger(self, connection: _Connection) -> None:
        """Cut a closing connection when its peer does not read what is left in time."""
        if connection.pending_bytes():
            connection.linger = self._loop.call_later(LINGER_S, connection.transport.abort)

    def is_open(self, connection: _Connection) -> bool:
        """Tell whether the broker still counts on a connection."""
        return connection.conn in self._connections

    def feed(self, event: Event) -> None:
        """Hand one event to the broker and do what it wants done."""
        now = self._clock()
        if self._blocked and now.mono_ns >= self._tell_at_ns:
            self._tell_drained(now)
        for effect in self._broker.handle(event, now):
            self._DO[type(effect)](self, effect)
        self._arm()

    def _tell_drained(self, now: Now) -> None:
        self._tell_at_ns = now.mono_ns + TELL_DRAINED_NS
        for connection in list(self._blocked.values()):
            pending = connection.pending_bytes()
            self._broker.handle(Drained(connection.conn, pending), now)
            if not pending:
                del self._blocked[connection.conn]

    def _on_time(self) -> None:
        self._timer = None
        self.feed(TimeReached())

    def _arm(self) -> None:
        deadline_ns = self._broker.deadline()
        if deadline_ns is None:
            return
        if self._timer is not None:
            # A timer that fires early is harmless: the broker then has nothing to do.
            if self._timer_ns <= deadline_ns:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(deadline_ns / SECOND_NS, self._on_time)
        self._timer_ns = deadline_ns

    # What the broker wants done.

    def _send(self, effect: Send) -> None:
        connection = self._connections.get(effect.conn)
        if connection is None:
            return
        # One write: writelines of thousands of small chunks is slower on Python 3.12 and later.
        connection.transport.write(b"".join(effect.chunks))
        pending = connection.pending_bytes()
        self._broker.handle(Drained(effect.conn, pending), self._clock())
        if pending:
            self._blocked[effect.conn] = connection

    def _close(self, effect: Close) -> None:
        connection = self._connections.get(effect.conn)
        if connection is not None:
            self.forget(connection)
            self._let_go(connection)

    def _abort(self, effect: Abort) -> None:
        connection = self._connections.get(effect.conn)
        if connection is not None:
            self.forget(connection)
            connection.transport.abort()

    def _pause_reading(self, effect: PauseReading) -> None:
        connection = self._connections.get(effect.conn)
        if connection is not None:
            connection.transport.pause_reading()

    def _resume_reading(self, effect: ResumeReading) -> None:
        connection = self._connections.get(effect.conn)
        if connection is not None:
            connection.transport.resume_reading()

    def _note(self, effect: Note) -> None:
        self._log(effect)

    def _let_go(self, connection: _Connection) -> None:
        connection.transport.close()
        self.limit_linger(connection)

    _DO: ClassVar[dict[type[Effect], Callable[..., None]]] = {
        Send: _send,
        Close: _close,
        Abort: _abort,
        PauseReading: _pause_reading,
        ResumeReading: _resume_reading,
        Note: _note,
    }


class _Connection(asyncio.Protocol):
    """One client's connection: turns asyncio's callbacks into events."""

    transport: asyncio.Transport
    conn: int

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.linger: asyncio.TimerHandle | None = None

    def pending_bytes(self) -> int:
        """Tell how many bytes the network has not taken yet."""
        return self.transport.get_write_buffer_size()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.conn = self._driver.admit(self)
        peer: Any = transport.get_extra_info("peername")
        self._driver.feed(Connected(self.conn, str(peer[0]), int(peer[1])))

    def data_received(self, data: bytes) -> None:
        if len(data) <= RECEIVED_BYTES_MAX:
            self._feed(data)
            return
        for start in range(0, len(data), RECEIVED_BYTES_MAX):
            self._feed(data[start : start + RECEIVED_BYTES_MAX])

    def resume_writing(self) -> None:
        if self._driver.is_open(self):
            self._driver.feed(Drained(self.conn, self.pending_bytes()))

    def eof_received(self) -> bool:
        self._end("")
        # Who sends no more may never read either.
        self._driver.limit_linger(self)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        if self.linger is not None:
            self.linger.cancel()
        self._end(str(exc) if exc is not None else "")
        self._driver.release(self)

    def _feed(self, data: bytes) -> None:
        # A broker that closed the connection wants nothing more from it.
        if self._driver.is_open(self):
            self._driver.feed(Received(self.conn, data))

    def _end(self, error: str) -> None:
        if self._driver.is_open(self):
            self._driver.forget(self)
            self._driver.feed(Disconnected(self.conn, error))
