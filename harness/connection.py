"""One connection of a broker: turns asyncio's callbacks into events.

It grows from the event loop's transport upwards, a layer at a time: TLS, WebSocket. The broker
hears of it when it has what its entrance wants before the first INFO.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from natsim.broker.effects import CloseReason, Level, Note
from natsim.broker.events import (
    RECEIVED_BYTES_MAX,
    Connected,
    Disconnected,
    Drained,
    Received,
    Secured,
)

from .layers.errors import HandshakeError
from .layers.first_byte import TLS_HANDSHAKE, FirstByte
from .layers.tls import TlsLayer

if TYPE_CHECKING:
    from collections.abc import Callable

    from natsim.broker.events import TlsSession, Upgrade
    from natsim.broker.nats.options.websocket import WebsocketOptions

    from .driver import Driver
    from .entrance import Entrance
    from .layers.tls_context import ServerTls

SECOND_NS = 1_000_000_000


class Connection(asyncio.Protocol):
    """What the driver knows of one connection.

    conn: its number. transport: the topmost layer. is_announced: the broker knows of it.
    verifying: the answer to Verify that is worked at.
    """

    transport: asyncio.Transport
    conn: int

    def __init__(self, driver: Driver, loop: asyncio.AbstractEventLoop, entrance: Entrance) -> None:
        self._driver = driver
        self._loop = loop
        self._kind = entrance.kind
        self._tls = entrance.tls
        self._websocket = entrance.websocket
        self._farewell: Callable[[CloseReason], None] | None = None
        self._peer = ("", 0)
        self._patience: asyncio.TimerHandle | None = None
        self._linger: asyncio.TimerHandle | None = None
        self._is_upgrading = False
        self.is_announced = False
        self.verifying: asyncio.Future[bool] | None = None

    # What the driver wants.

    def pending_bytes(self) -> int:
        """Tell how many bytes the network has not taken yet."""
        return self.transport.get_write_buffer_size()

    def start_tls(self, is_optional: bool) -> None:
        """Expect a handshake behind what was sent.

        is_optional: only if the client's first byte is that of one.
        """
        tls = self._tls
        if tls is None:
            raise ValueError("StartTls on a listener that has no TLS")
        if is_optional:
            self._await_first_byte(
                tls.options.timeout_ns, lambda first: self._secure_or_go_on(tls, first)
            )
        else:
            self._secure(tls, self._tell_secured)

    def close(self, reason: CloseReason) -> None:
        """Close once what was sent is written, or after a while."""
        if self._farewell is not None:
            self._farewell(reason)
        self.transport.close()
        self.limit_linger()

    def limit_linger(self) -> None:
        """Cut a closing connection when its peer does not read what is left in time."""
        if self.pending_bytes() and self._linger is None:
            self._linger = self._loop.call_later(self._driver.linger_s, self.transport.abort)

    # asyncio.Protocol.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        # The broker is to hear when the last byte is taken, not when only few are left.
        transport.set_write_buffer_limits(0)
        self.conn = self._driver.admit(self)
        peer: Any = transport.get_extra_info("peername")
        self._peer = (str(peer[0]), int(peer[1]))
        if self._websocket is not None:
            self._begin_websocket(self._websocket)
        else:
            self._begin(self._tls)

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
        self._end(None)
        # Who sends no more may never read either.
        self.limit_linger()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._patience, self._linger):
            if timer is not None:
                timer.cancel()
        if isinstance(exc, HandshakeError) and not self.is_announced:
            self._note_handshake(exc)
        self._end(exc)
        self._driver.release(self)

    def _feed(self, data: bytes) -> None:
        # A broker that closed the connection wants nothing more from it.
        if self._driver.is_open(self):
            self._driver.feed(Received(self.conn, data))

    def _end(self, error: Exception | None) -> None:
        if self._driver.is_open(self):
            self._driver.forget(self)
            is_handshake = isinstance(error, HandshakeError)
            self._driver.feed(Disconnected(self.conn, str(error or ""), is_handshake))

    # How it grows.

    def _begin(self, tls: ServerTls | None) -> None:
        first = tls.options.handshake_first if tls is not None else None
        if tls is None or first is None:
            self._announce()
        elif first.delay_ns is None:
            self._secure_first(tls)
        else:
            self._await_first_byte(
                first.delay_ns, lambda early: self._secure_or_announce(tls, early)
            )

    def _begin_websocket(self, options: WebsocketOptions) -> None:
        self._limit(options.handshake_timeout_ns)
        if self._tls is None:
            self._open_websocket(options, None)
        else:
            self._secure(self._tls, lambda session: self._open_websocket(options, session))

    def _open_websocket(self, options: WebsocketOptions, tls: TlsSession | None) -> None:
        # Late, as all that a server may do without: it is started more often than one thinks.
        from .layers.upgrade import UpgradeHandshake
        from .layers.websocket import WebsocketLayer

        def on_open(upgrade: Upgrade) -> None:
            self._farewell = layer.finish
            self._announce(tls, upgrade)

        def on_refused(why: str) -> None:
            # The next request has its own time.
            self._limit(options.handshake_timeout_ns)
            self._note(Level.ERROR, why)

        handshake = UpgradeHandshake(options, tls is not None, self._driver.wall_ns)
        layer = WebsocketLayer(self.transport, self, self._loop, handshake, on_open, on_refused)
        self._is_upgrading = True
        self.transport = layer

    def _announce(self, tls: TlsSession | None = None, upgrade: Upgrade | None = None) -> None:
        self.is_announced = True
        self._limit(0)
        self._driver.announce(self)
        self._driver.feed(Connected(self.conn, *self._peer, self._kind, tls, upgrade))

    def _limit(self, time_ns: int) -> None:
        """Give what comes before the connection so much time from now on, 0 for all of it."""
        if self._patience is not None:
            self._patience.cancel()
        self._patience = (
            self._loop.call_later(time_ns / SECOND_NS, self._give_up) if time_ns else None
        )

    def _await_first_byte(self, wait_ns: int, decide: Callable[[bytes], None]) -> None:
        FirstByte(
            self.transport,
            self,
            decide,
            lambda then: self._loop.call_later(wait_ns / SECOND_NS, then),
        )

    def _secure_or_go_on(self, tls: ServerTls, first: bytes) -> None:
        if first and first[0] == TLS_HANDSHAKE:
            self._secure(tls, self._tell_secured, first)
        elif first:
            self.data_received(first)

    def _secure_or_announce(self, tls: ServerTls, first: bytes) -> None:
        if first:
            self._secure_first(tls, first)
        else:
            self._announce()

    def _secure_first(self, tls: ServerTls, first: bytes = b"") -> None:
        self._limit(tls.options.timeout_ns)
        self._secure(tls, self._announce, first)

    def _secure(
        self, tls: ServerTls, then: Callable[[TlsSession], None], first: bytes = b""
    ) -> None:
        """Put TLS on top. first: what came of it already."""
        from .layers.tls_context import session_of

        is_first = not self.is_announced and self._websocket is None

        def on_secured(layer: TlsLayer) -> None:
            session = session_of(layer.tls, is_first)
            if tls.is_pinned(session):
                then(session)
            else:
                layer.refuse("certificate not pinned")

        layer = TlsLayer(self.transport, self, self._loop, tls.context, on_secured)
        self.transport = layer
        if first:
            layer.data_received(first)

    def _tell_secured(self, session: TlsSession) -> None:
        if self._driver.is_open(self):
            self._driver.feed(Secured(self.conn, session))

    def _give_up(self) -> None:
        """End what has not become a connection in time."""
        if not self._is_upgrading:
            self._note_handshake(TimeoutError("i/o timeout"))
        self.transport.abort()

    def _note_handshake(self, error: Exception) -> None:
        level = Level.DEBUG if isinstance(error, TimeoutError) else Level.ERROR
        self._note(level, f"TLS handshake error: {error}")

    def _note(self, level: Level, text: str) -> None:
        """Log what the broker does not hear of."""
        host, port = self._peer
        self._driver.note(Note(level, f"{host}:{port} - {text}"))
