"""The core NATS server as one state machine: an event and the time in, effects out.

Laws of the file: `handle` never raises for anything a client sends; one event gives at most one
Send per connection, and all Sends come before the other effects; what is done lies in the parts,
here is only who does it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from natsim.broker.effects import CloseReason, Effect, Level, Note
from natsim.broker.events import (
    Connected,
    Disconnected,
    Drained,
    Event,
    LameDuck,
    Received,
    Reload,
    Secured,
    Stop,
    TimeReached,
    Verified,
)
from natsim.broker.now import Now

from .admission import Admission
from .alarms import Alarm
from .auth import greenwich_only
from .callouts import Callouts
from .commands import (
    Command,
    Complaint,
    Connect,
    Info,
    Okay,
    Ping,
    Pong,
    Publish,
    PublishLine,
    Subscribe,
    Unsubscribe,
)
from .connect import read_info
from .farewell import Farewell
from .flow import Flow
from .heartbeat import Heartbeat
from .interest import Interest
from .monitor import respond
from .parser import ProtocolError
from .publishing import Publishing
from .state import State
from .system_services import SystemServices

if TYPE_CHECKING:
    from natsim.broker.now import Draw

    from .account import Account
    from .auth import ZoneOffset
    from .client import Client
    from .identity import Identity
    from .monitor import MonitorRequest, MonitorResponse, ProcessStatistics
    from .options import Options
    from .system_events import SystemEvents

BEGINNING = Now(0, 0)

_UNREADABLE = (CloseReason.PARSE_ERROR, CloseReason.PROTOCOL_VIOLATION)


class Broker:
    """A NATS server.

    options: how it behaves. identity: the names of this start. draw: its only entropy.
    start: when it was made. zone_offset: what is known of time zones, in which JWTs may speak.
    Raises JwtError for JWTs of an operator or account that a server does not start with.
    """

    def __init__(
        self,
        options: Options,
        identity: Identity,
        draw: Draw,
        start: Now = BEGINNING,
        zone_offset: ZoneOffset = greenwich_only,
    ) -> None:
        self._state = State(options, identity, draw, start, zone_offset)
        self._delivery = self._state.delivery
        self._heartbeat = Heartbeat(self._state)
        self._callouts = Callouts(self._state)
        self._admission = Admission(self._state, self._heartbeat, self._callouts)
        self._system_services = SystemServices(self._state, self._admission.tell_lame_duck)
        self._callouts.open()
        self._interest = Interest(self._state)
        self._publishing = Publishing(self._state)
        self._flow = Flow(self._state)
        self._farewell = Farewell(self._state, self._admission.tell_lame_duck)

    @property
    def identity(self) -> Identity:
        """The names of this start."""
        return self._state.identity

    def handle(self, event: Event, now: Now) -> list[Effect]:
        """Take one event; give what is to be done, in this order."""
        state = self._state
        state.now = now
        state.delivery.is_congested = False
        self._ON[type(event)](self, event)
        while self._callouts.answered:
            client, decided = self._callouts.answered.popleft()
            if client.verification is not None:
                self._go_on(client, partial(self._admission.settle, client, decided))
        return state.take_effects()

    def deadline(self) -> int | None:
        """Tell the mono_ns at which TimeReached is wanted, None for never. O(1), amortised."""
        return self._state.alarms.deadline()

    def monitor(
        self, request: MonitorRequest, process: ProcessStatistics, now: Now
    ) -> MonitorResponse:
        """Answer a request for monitoring."""
        self._state.now = now
        self._state.events.process = process
        return respond(self._state, request, process)

    # What the driver tells.

    def _on_connected(self, event: Connected) -> None:
        self._admission.greet(event)

    def _on_secured(self, event: Secured) -> None:
        client = self._state.clients.get(event.conn)
        if client is not None:
            self._admission.secure(client, event)

    def _on_received(self, event: Received) -> None:
        state = self._state
        client = state.clients.get(event.conn)
        if client is None:
            return
        if client.held is not None:
            # Reading is paused: there is no more of this than was on its way.
            client.held.append(event.data)
            return
        in_msgs, serial = client.in_msgs, state.next_serial
        self._take(client, event.data)
        if client.in_msgs != in_msgs or state.next_serial != serial:
            now = client.last_activity = state.now
            client.last_in_ns = now.mono_ns
            # Who was sent a message was active too; the others touched are not, but for client.
            for receiver in self._delivery.touched:
                receiver.last_activity = now
        if self._delivery.is_congested:
            self._flow.stall(client)

    def _take(self, client: Client, data: bytes) -> None:
        parser = client.parser
        try:
            if client.is_silent:
                self._admission.hear(client, data)
            parser.feed(data)
            while not client.is_closed and client.held is None:
                if client.fanouts and parser.is_between_commands:
                    self._delivery.run(client)
                    if client.is_closed:
                        break
                command = parser.next()
                if command is None:
                    break
                self._DO[type(command)](self, client, command)
        except ProtocolError as error:
            self._refuse(client, error)

    def _refuse(self, client: Client, error: ProtocolError) -> None:
        if client.upgrade is not None and error.reason in _UNREADABLE:
            # What 2.15.1 cannot parse on a WebSocket is an error of reading, ended without a word.
            self._state.error(client, f"read error: {error.detail}")
            self._state.refuse(client, None, CloseReason.READ_ERROR)
            return
        if error.detail:
            self._state.error(client, error.detail)
        self._state.refuse(client, error.reply, error.reason)

    def _on_verified(self, event: Verified) -> None:
        client = self._state.clients.get(event.conn)
        if client is not None:
            self._go_on(client, partial(self._admission.verified, client, event))

    def _go_on(self, client: Client, settle: Callable[[], None]) -> None:
        """Settle a login that waited; then parse what the client said meanwhile."""
        try:
            settle()
        except ProtocolError as error:
            self._refuse(client, error)
        else:
            self._interest.check_again(client)
            self._take(client, b"")

    def _on_drained(self, event: Drained) -> None:
        client = self._state.clients.get(event.conn)
        if client is not None:
            self._flow.take(client, event.pending_bytes)

    def _on_disconnected(self, event: Disconnected) -> None:
        client = self._state.clients.get(event.conn)
        if client is None:
            return
        if event.is_handshake:
            self._state.error(client, f"TLS handshake error: {event.error}")
            reason = CloseReason.TLS_HANDSHAKE_FAILURE
        else:
            reason = CloseReason.READ_ERROR if event.error else CloseReason.CLIENT_CLOSED
        self._state.forget(client, reason)

    def _on_time_reached(self, _: TimeReached) -> None:
        while (due := self._state.alarms.pop(self._state.now.mono_ns)) is not None:
            alarm, sleeper = due
            self._WHEN[alarm](self, sleeper)

    def _resume_is_due(self, client: Client) -> None:
        self._flow.resume_is_due(client)

    def _write_is_due(self, client: Client) -> None:
        self._flow.write_is_due(client)

    def _ping_is_due(self, client: Client) -> None:
        self._heartbeat.ping_is_due(client)

    def _authentication_is_due(self, client: Client) -> None:
        self._admission.authentication_is_due(client)

    def _expiry_is_due(self, client: Client) -> None:
        self._admission.expiry_is_due(client)

    def _answers_are_due(self, account: Account) -> None:
        self._state.exchange.sweep_is_due(account)

    def _statistics_are_due(self, events: SystemEvents) -> None:
        events.statistics_are_due()

    def _connections_are_due(self, account: Account) -> None:
        self._state.events.connections_changed(account)

    def _lame_duck_is_due(self, _: Farewell) -> None:
        self._farewell.step_is_due()

    def _on_lame_duck(self, _: LameDuck) -> None:
        self._farewell.begin()

    def _on_stop(self, _: Stop) -> None:
        self._farewell.stop()

    def _on_reload(self, event: Reload) -> None:
        state = self._state
        state.change_options(event.options)
        self._system_services.open()
        self._callouts.open()
        self._refuse_surplus(event.options.max_connections)
        for client in list(state.clients.values()):
            client.parser.max_control_line = event.options.max_control_line
            try:
                self._admission.decide_again(client)
            except ProtocolError as error:
                self._refuse(client, error)
            if not client.is_closed:
                self._interest.check_again(client)

    def _refuse_surplus(self, limit: int) -> None:
        surplus = list(self._state.clients.values())[max(limit, 0) :]
        for client in surplus:
            self._admission.refuse_surplus(client)
        if surplus:
            text = f"Closed {len(surplus)} connections to fall within max_connections"
            self._state.effects.append(Note(Level.INFO, text))

    # What a client says.

    def _do_connect(self, client: Client, command: Connect) -> None:
        self._admission.connect(client, command)

    def _do_info(self, _: Client, command: Info) -> None:
        read_info(command.json)

    def _do_ping(self, client: Client, _: Ping) -> None:
        self._heartbeat.answer(client)
        self._admission.tell_connect_info(client)

    def _do_pong(self, client: Client, _: Pong) -> None:
        self._heartbeat.take_answer(client)

    def _do_okay(self, _: Client, __: Okay) -> None:
        """+OK from a client changes nothing."""

    def _do_complaint(self, _: Client, command: Complaint) -> None:
        text = command.text.decode("utf-8", "backslashreplace")
        raise ProtocolError(None, CloseReason.PARSE_ERROR, f"Client Error {text}")

    def _do_publish_line(self, client: Client, line: PublishLine) -> None:
        self._publishing.check(client, line)

    def _do_publish(self, client: Client, message: Publish) -> None:
        self._publishing.publish(client, message)

    def _do_subscribe(self, client: Client, command: Subscribe) -> None:
        self._interest.subscribe(client, command)

    def _do_unsubscribe(self, client: Client, command: Unsubscribe) -> None:
        self._interest.unsubscribe(client, command)

    # Tables by type: a match statement costs three times as much by its fourth case.
    _ON: ClassVar[dict[type[Event], Callable[..., None]]] = {
        Connected: _on_connected,
        Secured: _on_secured,
        Received: _on_received,
        Drained: _on_drained,
        Verified: _on_verified,
        Disconnected: _on_disconnected,
        TimeReached: _on_time_reached,
        Reload: _on_reload,
        LameDuck: _on_lame_duck,
        Stop: _on_stop,
    }
    _WHEN: ClassVar[dict[Alarm, Callable[..., None]]] = {
        Alarm.PING: _ping_is_due,
        Alarm.RESUME: _resume_is_due,
        Alarm.AUTHENTICATE: _authentication_is_due,
        Alarm.EXPIRE: _expiry_is_due,
        Alarm.WRITE: _write_is_due,
        Alarm.LAME_DUCK: _lame_duck_is_due,
        Alarm.ANSWERS: _answers_are_due,
        Alarm.STATISTICS: _statistics_are_due,
        Alarm.CONNECTIONS: _connections_are_due,
    }
    _DO: ClassVar[dict[type[Command], Callable[..., None]]] = {
        Connect: _do_connect,
        Info: _do_info,
        Ping: _do_ping,
        Pong: _do_pong,
        Okay: _do_okay,
        Complaint: _do_complaint,
        PublishLine: _do_publish_line,
        Publish: _do_publish,
        Subscribe: _do_subscribe,
        Unsubscribe: _do_unsubscribe,
    }
