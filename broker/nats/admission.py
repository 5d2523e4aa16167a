"""Admission: from a connection's first byte to a client that may do things."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from natsim.broker.effects import (
    CloseReason,
    Level,
    Note,
    PauseReading,
    ResumeReading,
    StartTls,
    Verify,
)
from natsim.broker.events import ConnectionKind

from .alarms import NEVER, Alarm, cancel
from .auth import Admitted, Gone, Login, NeedsCallout, NeedsPassword, Refused
from .client import Client
from .connect import read_connect
from .encode import OK
from .info import connect_info_line, greeting_line, lame_duck_line
from .label import client_label
from .nkey import make_nonce
from .parser import ProtocolError
from .rate_limit import RateLimit

if TYPE_CHECKING:
    from collections.abc import Callable

    from natsim.broker.events import Connected, Secured, Verified

    from .auth import Expiry, Standing
    from .callouts import Callouts
    from .commands import Connect
    from .heartbeat import Heartbeat
    from .options import TlsOptions
    from .state import State

_Then: TypeAlias = "Callable[[State, Client], None]"

Verification: TypeAlias = "tuple[NeedsPassword | NeedsCallout, _Then]"
"""A login that waits for a password to be compared or a service to answer, and what follows it."""


class Admission:
    """Greets connections, and decides what CONNECT makes of them."""

    __slots__ = ("_callouts", "_heartbeat", "_rate", "_state")

    def __init__(self, state: State, heartbeat: Heartbeat, callouts: Callouts) -> None:
        self._state = state
        self._heartbeat = heartbeat
        self._callouts = callouts
        self._rate = RateLimit()

    # Before CONNECT.

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
        client.tls, client.upgrade = event.tls, event.upgrade
        state.accounts.bind(client, client.account, state.options)
        client.is_expected_to_connect = state.authenticator.is_required(client.kind)
        if state.authenticator.needs_nonce:
            client.nonce = make_nonce(state.draw).encode()
        state.clients[event.conn] = client
        state.debug(client, "Client connection created")
        announced = state.authenticator.is_announced(client.kind)
        state.delivery.put(client, greeting_line(state, client, is_auth_required=announced))
        if len(state.clients) > state.options.max_connections:
            self.refuse_surplus(client)
            return
        self._heartbeat.start(client)
        tls = self._tls_to_start(client)
        if tls is None:
            self._await_connect(client)
        elif self._is_throttled(tls):
            text = "Connection throttling is active. Please try again later."
            state.refuse(client, text, CloseReason.MAX_CONNECTIONS_EXCEEDED)
        else:
            state.effects.append(StartTls(client.conn, tls.allow_non_tls))
            state.alarms.set(client, Alarm.AUTHENTICATE, state.now.mono_ns + tls.timeout_ns)

    def _is_throttled(self, tls: TlsOptions) -> bool:
        state, limit = self._state, tls.connection_rate_limit
        if limit <= 0 or self._rate.allows(limit, state.now.mono_ns):
            return False
        if self._rate.is_first_refusal:
            state.effects.append(
                Note(Level.WARNING, "Rejecting connections due to TLS rate limiting")
            )
        return True

    def secure(self, client: Client, event: Secured) -> None:
        """Go on after the handshake."""
        client.tls = event.tls
        self._await_connect(client)

    def hear(self, client: Client, data: bytes) -> None:
        """Look at the first bytes of a client that must say CONNECT. Raises ProtocolError."""
        client.is_silent = False
        if client.tls is None and self._tls_to_start(client) is not None:
            # TLS was optional, and the client does without it.
            self._await_connect(client)
        if not client.is_expected_to_connect or data[:1] in (b"C", b"c"):
            return
        authenticator = self._state.authenticator
        is_tried = authenticator.admits_silent(client.kind)
        standing = authenticator.decide(_login(client), self._wall_ns) if is_tried else Refused("")
        self._take(client, standing, _nothing)

    def authentication_is_due(self, client: Client) -> None:
        """End a connection whose time to shake hands, or to say CONNECT, is over."""
        state = self._state
        if client.verification is not None and isinstance(client.verification[0], NeedsCallout):
            self._callouts.answered.append((client, client.verification[0].refused))
            return
        tls = self._tls_to_start(client)
        if tls is not None and client.is_silent:
            if tls.allow_non_tls:
                self._await_connect(client)
                return
            state.debug(client, "TLS handshake timeout")
            state.cut(client, CloseReason.TLS_HANDSHAKE_FAILURE)
            return
        state.debug(client, "Authentication Timeout")
        state.refuse(client, "Authentication Timeout", CloseReason.AUTHENTICATION_TIMEOUT)

    # CONNECT.

    def connect(self, client: Client, command: Connect) -> None:
        """Take a CONNECT, the first or a later one. Raises ProtocolError."""
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
        state.delivery.forget_fanouts(client)
        self._take(client, state.authenticator.decide(_login(client), self._wall_ns), _agree)

    def verified(self, client: Client, event: Verified) -> None:
        """Go on when a password was compared. Raises ProtocolError."""
        assert client.verification is not None, "the driver answers what it was asked"
        outcome, _ = client.verification
        assert isinstance(outcome, NeedsPassword), "a service does not answer for the driver"
        self.settle(client, outcome.then if event.is_right else outcome.otherwise)

    def settle(self, client: Client, standing: Standing) -> None:
        """Go on with a client whose login waited. Raises ProtocolError."""
        assert client.verification is not None, "nobody is decided on twice"
        _, then = client.verification
        client.verification = None
        held, client.held = client.held or [], None
        client.parser.feed(b"".join(held))
        if client.due_ns[Alarm.RESUME] == NEVER:
            self._state.effects.append(ResumeReading(client.conn))
        self._take(client, standing, then)

    def expiry_is_due(self, client: Client) -> None:
        """End a connection whose JWT is valid no longer."""
        identity = client.identity
        if identity is None or identity.expiry is None:
            return
        if self._wall_ns < identity.expiry.wall_ns:
            # The wall clock was set back.
            self._watch_expiry(client, identity.expiry)
            return
        error = identity.expiry.error
        self._state.debug(client, error)
        self._state.refuse(client, error, CloseReason.AUTHENTICATION_EXPIRED)

    def decide_again(self, client: Client) -> None:
        """Decide by new options whether a client may stay. Raises ProtocolError."""
        authenticator, identity = self._state.authenticator, client.identity
        if identity is not None:
            standing = authenticator.decide_again(_login(client), identity, self._wall_ns)
            self._take(client, standing, _nothing)
        elif client.is_connected and authenticator.is_required(client.kind):
            self._take(client, Refused(""), _nothing)

    def refuse_surplus(self, client: Client) -> None:
        """Send away a client that is one too many."""
        text = "maximum connections exceeded"
        self._state.error(client, text)
        self._state.refuse(client, text, CloseReason.MAX_CONNECTIONS_EXCEEDED)

    # What comes of it.

    def tell_connect_info(self, client: Client) -> None:
        """After the first PONG, tell a client that takes INFO at any time where it has come to."""
        is_first = client.is_connected and not client.is_told_connect_info
        if not is_first or client.is_closed:
            return
        client.is_told_connect_info = True
        if client.options.protocol >= 1:
            required = self._state.authenticator.is_required(client.kind)
            line = connect_info_line(self._state, client, is_auth_required=required)
            self._state.delivery.put(client, line)

    def tell_lame_duck(self, client: Client) -> None:
        """Ask a client to go elsewhere."""
        required = self._state.authenticator.is_required(client.kind)
        line = lame_duck_line(self._state, client, is_auth_required=required)
        self._state.delivery.put(client, line)

    def _take(self, client: Client, standing: Standing, then: _Then) -> None:
        match standing:
            case Admitted():
                self._admit(client, standing)
                then(self._state, client)
            case NeedsPassword():
                client.verification = standing, then
                client.held = []
                self._state.effects += [
                    PauseReading(client.conn),
                    Verify(client.conn, standing.password, standing.hashed),
                ]
            case NeedsCallout():
                client.verification = standing, then
                client.held = []
                self._state.effects.append(PauseReading(client.conn))
                self._callouts.ask(client, standing)
            case Refused():
                self._log_refusal(client, standing)
                raise ProtocolError(
                    "Authorization Violation", CloseReason.AUTHENTICATION_FAILURE, ""
                )
            case Gone():
                raise ProtocolError(standing.error or None, standing.reason, standing.error)

    def _log_refusal(self, client: Client, refused: Refused) -> None:
        text = "authentication error"
        line = Level.ERROR, f"{text} - {refused.identity}" if refused.identity else text
        complaint = refused.level, refused.complaint
        # What a service says against a client stands behind the error, all else before it.
        lines = (line, complaint) if refused.level is Level.WARNING else (complaint, line)
        for level, said in lines:
            if said:
                self._state.note(level, client, said)

    def _admit(self, client: Client, admitted: Admitted) -> None:
        state = self._state
        client.is_expected_to_connect = False
        client.identity = admitted
        client.options = admitted.options
        account = state.accounts.get(admitted.account)
        if account is None:
            raise ProtocolError(
                "Failed Account Registration", CloseReason.MISSING_ACCOUNT, "account missing"
            )
        state.bind(client, account)
        state.delivery.forget_fanouts(client)
        if admitted.expiry is not None:
            self._watch_expiry(client, admitted.expiry)
        client.label = client_label(client)

    def _watch_expiry(self, client: Client, expiry: Expiry) -> None:
        left_ns = max(expiry.wall_ns - self._wall_ns, 0)
        self._state.alarms.set(client, Alarm.EXPIRE, self._state.now.mono_ns + left_ns)

    def _await_connect(self, client: Client) -> None:
        cancel(client, Alarm.AUTHENTICATE)
        if client.is_expected_to_connect:
            due_ns = self._state.now.mono_ns + self._state.authenticator.timeout_of(client.kind)
            self._state.alarms.set(client, Alarm.AUTHENTICATE, due_ns)

    def _tls_to_start(self, client: Client) -> TlsOptions | None:
        # A WebSocket has its TLS before the upgrade.
        if client.kind is not ConnectionKind.CLIENT or client.tls is not None:
            return None
        return self._state.options.tls

    @property
    def _wall_ns(self) -> int:
        return self._state.now.wall_ns


def _agree(state: State, client: Client) -> None:
    options = client.options
    if options.protocol not in (0, 1):
        raise _refusal("invalid client protocol", CloseReason.BAD_CLIENT_PROTOCOL_VERSION)
    if options.no_responders and not (options.headers and state.options.has_headers):
        raise _refusal(
            "no responders requires headers support", CloseReason.NO_RESPONDERS_REQUIRES_HEADERS
        )
    if options.verbose:
        state.delivery.put(client, OK)


def _nothing(_: State, __: Client) -> None:
    """Nothing follows: the client said no CONNECT."""


def _login(client: Client) -> Login:
    return Login(
        options=client.options,
        nonce=client.nonce.decode(),
        host=client.peer_host,
        kind=client.kind,
        peer=client.tls.peer if client.tls is not None else None,
        upgrade=client.upgrade,
    )


def _refusal(reply: str, reason: CloseReason) -> ProtocolError:
    return ProtocolError(reply, reason, reply)
