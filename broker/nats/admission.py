"""Admission: from a connection's first byte to a client that may do things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.effects import CloseReason, StartTls
from natsim.broker.events import ConnectionKind

from . import limits
from .alarms import Alarm, cancel
from .client import Client
from .connect import read_connect
from .deliver import forget_fanouts
from .encode import OK
from .info import connect_info_line, greeting_line, lame_duck_line
from .parser import ProtocolError

if TYPE_CHECKING:
    from natsim.broker.events import Connected, Secured

    from .commands import Connect
    from .connect import ConnectOptions
    from .heartbeat import Heartbeat
    from .options import TlsOptions
    from .state import State


class Admission:
    """Greets connections, and decides what CONNECT makes of them."""

    __slots__ = ("_heartbeat", "_state")

    def __init__(self, state: State, heartbeat: Heartbeat) -> None:
        self._state = state
        self._heartbeat = heartbeat

    @property
    def is_auth_required(self) -> bool:
        """Whether a client must say who it is."""
        return False

    def greet(self, event: Connected) -> None:
        """Take a new connection."""
        state = self._state
        client = Client(
            event.conn,
            state.next_cid,
            event.kind,
            (event.peer_host, event.peer_port),
            state.accounts.global_account,
            state.options.max_control_line,
            state.now,
        )
        state.next_cid += 1
        state.statistics.total_connections += 1
        client.max_payload = state.options.max_payload
        client.max_subscriptions = state.options.max_subscriptions or -1
        client.tls, client.upgrade = event.tls, event.upgrade
        state.clients[event.conn] = client
        state.debug(client, "Client connection created")
        state.delivery.put(
            client, greeting_line(state, client, is_auth_required=self.is_auth_required)
        )
        if len(state.clients) > state.options.max_connections:
            text = "maximum connections exceeded"
            state.error(client, text)
            state.refuse(client, text, CloseReason.MAX_CONNECTIONS_EXCEEDED)
            return
        self._heartbeat.start(client)
        tls = self._tls_to_start(client)
        if tls is None:
            self._await_connect(client)
        else:
            state.effects.append(StartTls(client.conn, tls.allow_non_tls))
            state.alarms.set(client, Alarm.AUTHENTICATE, state.now.mono_ns + tls.timeout_ns)

    def secure(self, client: Client, event: Secured) -> None:
        """Go on after the handshake."""
        client.tls = event.tls
        self._await_connect(client)

    def authentication_is_due(self, client: Client) -> None:
        """End a connection whose time to shake hands, or to say CONNECT, is over."""
        state = self._state
        tls = self._tls_to_start(client)
        if tls is not None and not tls.allow_non_tls:
            state.error(client, "TLS handshake timeout")
            state.cut(client, CloseReason.TLS_HANDSHAKE_FAILURE)
            return
        state.debug(client, "Authorization Timeout")
        state.refuse(client, "Authentication Timeout", CloseReason.AUTHENTICATION_TIMEOUT)

    def connect(self, client: Client, command: Connect) -> None:
        """Take a CONNECT, the first or a later one."""
        state = self._state
        cancel(client, Alarm.AUTHENTICATE)
        client.last_activity = state.now
        self._heartbeat.start_over(client)
        options = read_connect(command.json, client.options)
        if client.is_connected:
            # nats-server 2.15.1 starts over; 2.9.10 kept the subscriptions.
            state.remove_all(client)
        client.options = options
        client.is_connected = True
        forget_fanouts(client)
        self._finish(client)

    def _finish(self, client: Client) -> None:
        options: ConnectOptions = client.options
        client.is_expected_to_connect = False
        if options.account or options.new_account:
            raise _refusal("Authorization Violation", CloseReason.AUTHENTICATION_FAILURE)
        if options.protocol not in (0, 1):
            raise _refusal("invalid client protocol", CloseReason.BAD_CLIENT_PROTOCOL_VERSION)
        if options.no_responders and not self.has_headers(client):
            raise _refusal(
                "no responders requires headers support", CloseReason.NO_RESPONDERS_REQUIRES_HEADERS
            )
        if options.verbose:
            self._state.delivery.put(client, OK)

    def has_headers(self, client: Client) -> bool:
        """Tell whether a client and this server both take headers."""
        return client.options.headers and self._state.options.has_headers

    def tell_connect_info(self, client: Client) -> None:
        """After the first PONG, tell a client that takes INFO at any time where it has come to."""
        is_first = client.is_connected and not client.is_told_connect_info
        if not is_first or client.is_closed:
            return
        client.is_told_connect_info = True
        if client.options.protocol >= 1:
            line = connect_info_line(self._state, client, is_auth_required=self.is_auth_required)
            self._state.delivery.put(client, line)

    def tell_lame_duck(self, client: Client) -> None:
        """Ask a client to go elsewhere."""
        line = lame_duck_line(self._state, client, is_auth_required=self.is_auth_required)
        self._state.delivery.put(client, line)

    def _tls_to_start(self, client: Client) -> TlsOptions | None:
        # A WebSocket has its TLS before the upgrade.
        if client.kind is not ConnectionKind.CLIENT or client.tls is not None:
            return None
        return self._state.options.tls

    def _await_connect(self, client: Client) -> None:
        cancel(client, Alarm.AUTHENTICATE)
        if self.is_auth_required:
            client.is_expected_to_connect = True
            due_ns = self._state.now.mono_ns + self._timeout_ns()
            self._state.alarms.set(client, Alarm.AUTHENTICATE, due_ns)

    def _timeout_ns(self) -> int:
        options = self._state.options
        if options.authorization.timeout_ns is not None:
            return options.authorization.timeout_ns
        if options.tls is not None:
            return options.tls.timeout_ns + limits.AUTH_TIMEOUT_AFTER_TLS_NS
        return limits.AUTH_TIMEOUT_NS


def _refusal(reply: str, reason: CloseReason) -> ProtocolError:
    return ProtocolError(reply, reason, reply)
