"""The driver: the one piece of glue between a broker and an asyncio event loop.

Laws of the file: the event loop is the pluggable transport, asyncio's own or the simulated one, and
nothing here can tell which; effects are carried out in order, all of them, before the next event;
the broker is told of bytes the network has not taken before it is asked to queue more, and before
it looks at the time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, ClassVar, Protocol

from natsim.broker.effects import (
    Abort,
    Close,
    CloseReason,
    Effect,
    Exit,
    Note,
    PauseReading,
    ResumeReading,
    Send,
    StartTls,
    StopListening,
    Verify,
)
from natsim.broker.events import Drained, Event, TimeReached, Verified

from .connection import Connection
from .entrance import Entrance
from .passwords import is_password

if TYPE_CHECKING:
    import asyncio
    import socket

    from natsim.broker.now import Now

SECOND_NS = 1_000_000_000

LINGER_S = 10.0
"""How long a closed connection may take to write what was sent before; then it is cut."""

BACKLOG = 1024

TELL_DRAINED_NS = 1_000_000
"""How old the broker's count of pending bytes may grow, where connections are blocked."""

VERIFIERS = max(1, (os.cpu_count() or 1) - 1)
"""How many passwords are compared at a time: one processor is left to the event loop."""


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
    exit_status: is set by Exit.
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
        self._connections: dict[int, Connection] = {}
        self._unclosed: dict[int, Connection] = {}
        self._blocked: dict[int, Connection] = {}
        self._later: list[Effect] = []
        self._tell_at_ns = 0
        self._next_conn = 1
        self._timer: asyncio.TimerHandle | None = None
        self._timer_ns = 0
        self._servers: list[asyncio.AbstractServer] = []
        self._all_closed: asyncio.Future[None] | None = None
        self._verifiers = ThreadPoolExecutor(VERIFIERS, "bcrypt")
        self.exit_status: asyncio.Future[int] = loop.create_future()

    @property
    def connection_count(self) -> int:
        """How many connections the broker has."""
        return len(self._connections)

    @property
    def linger_s(self) -> float:
        """How long a closed connection may take to write what was sent before."""
        return LINGER_S

    async def listen(
        self, host: str, port: int, entrance: Entrance | None = None
    ) -> tuple[str, int]:
        """Accept clients; give the address, whose port is a real one when 0 was asked.

        entrance: what they are to speak; plain NATS without one.
        Raises OSError when the address cannot be had.
        """
        server = await self._loop.create_server(
            self._factory(entrance), host, port, backlog=BACKLOG, reuse_address=True
        )
        self._servers.append(server)
        address = server.sockets[0].getsockname()
        return str(address[0]), int(address[1])

    async def listen_on(self, bound: socket.socket, entrance: Entrance | None = None) -> None:
        """Accept clients on a socket that has its address; the driver owns it from here."""
        self._servers.append(
            await self._loop.create_server(self._factory(entrance), sock=bound, backlog=BACKLOG)
        )

    def close(self) -> None:
        """Accept no more clients, close all connections once what was sent is written."""
        self._stop_listening()
        for connection in list(self._unclosed.values()):
            if not connection.is_announced:
                connection.transport.abort()
        for connection in list(self._connections.values()):
            self.forget(connection)
            connection.close(CloseReason.SERVER_SHUTDOWN)
        self._verifiers.shutdown(wait=False, cancel_futures=True)
        if self._timer is not None:
            self._timer.cancel()

    async def wait_closed(self) -> None:
        """Wait until nothing is left of any connection; for after `close`."""
        if self._unclosed:
            self._all_closed = self._loop.create_future()
            await self._all_closed

    def _factory(self, entrance: Entrance | None) -> Callable[[], Connection]:
        by = entrance or Entrance()
        return lambda: Connection(self, self._loop, by)

    # What the connections tell.

    def admit(self, connection: Connection) -> int:
        """Take a new connection, of which the broker need not hear yet; give its number."""
        conn = self._next_conn
        self._next_conn += 1
        self._unclosed[conn] = connection
        return conn

    def announce(self, connection: Connection) -> None:
        """Count a connection among those that the broker has."""
        self._connections[connection.conn] = connection

    def wall_ns(self) -> int:
        """Read the clock on the wall."""
        return self._clock().wall_ns

    def note(self, note: Note) -> None:
        """Log what happened to a connection of which the broker has not heard."""
        self._log(note)

    def release(self, connection: Connection) -> None:
        """Note that nothing is left of a connection."""
        self._unclosed.pop(connection.conn, None)
        if self._all_closed is not None and not self._unclosed and not self._all_closed.done():
            self._all_closed.set_result(None)

    def forget(self, connection: Connection) -> None:
        """Drop a connection that ended or is about to."""
        self._connections.pop(connection.conn, None)
        self._blocked.pop(connection.conn, None)
        if connection.verifying is not None:
            connection.verifying.cancel()

    def is_open(self, connection: Connection) -> bool:
        """Tell whether the broker still counts on a connection."""
        return connection.conn in self._connections

    def feed(self, event: Event) -> None:
        """Hand one event to the broker and do what it wants done."""
        now = self._clock()
        if self._blocked and now.mono_ns >= self._tell_at_ns:
            self._tell_drained(now)
        for effect in self._broker.handle(event, now):
            self._DO[type(effect)](self, effect)
        # What the broker wants because it heard, in between, what was written.
        while self._later:
            effects, self._later = self._later, []
            for effect in effects:
                self._DO[type(effect)](self, effect)
        self._arm()

    def _tell_drained(self, now: Now) -> None:
        self._tell_at_ns = now.mono_ns + TELL_DRAINED_NS
        for connection in list(self._blocked.values()):
            pending = connection.pending_bytes()
            self._later += self._broker.handle(Drained(connection.conn, pending), now)
            if not pending:
                del self._blocked[connection.conn]

    def _on_time(self) -> None:
        self._timer = None
        # The broker is about to judge who is too slow.
        self._tell_at_ns = 0
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
        self._later += self._broker.handle(Drained(effect.conn, pending), self._clock())
        if pending:
            self._blocked[effect.conn] = connection

    def _close(self, effect: Close) -> None:
        connection = self._connections.get(effect.conn)
        if connection is not None:
            self.forget(connection)
            connection.close(effect.reason)

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

    def _start_tls(self, effect: StartTls) -> None:
        connection = self._connections.get(effect.conn)
        if connection is not None:
            connection.start_tls(effect.is_optional)

    def _verify(self, effect: Verify) -> None:
        connection = self._connections.get(effect.conn)
        if connection is None:
            return
        # A simulated loop has no threads: it answers in a step of its own.
        connection.verifying = self._loop.run_in_executor(
            self._verifiers, is_password, effect.password, effect.hashed
        )
        connection.verifying.add_done_callback(lambda done: self._verified(connection, done))

    def _verified(self, connection: Connection, done: asyncio.Future[bool]) -> None:
        if not done.cancelled() and self.is_open(connection):
            connection.verifying = None
            self.feed(Verified(connection.conn, done.result()))

    def _stop_listening(self, _: StopListening | None = None) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()

    def _exit(self, effect: Exit) -> None:
        if not self.exit_status.done():
            self.exit_status.set_result(effect.status)

    _DO: ClassVar[dict[type[Effect], Callable[..., None]]] = {
        Send: _send,
        Close: _close,
        Abort: _abort,
        PauseReading: _pause_reading,
        ResumeReading: _resume_reading,
        StartTls: _start_tls,
        Verify: _verify,
        StopListening: _stop_listening,
        Exit: _exit,
        Note: _note,
    }
