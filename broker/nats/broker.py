"""The core NATS server as one state machine: an event and the time in, effects out.

Laws of the file: `handle` never raises for anything a client sends; one event gives at most one
Send per connection, and all Sends come before the other effects; a client that is closed is
forgotten in the same event, and nothing follows its Close.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, assert_never

from natsim.broker.effects import (
    Abort,
    Close,
    CloseReason,
    Effect,
    Level,
    Note,
    PauseReading,
    ResumeReading,
    Send,
)
from natsim.broker.events import (
    Connected,
    Disconnected,
    Drained,
    Event,
    Received,
    TimeReached,
)

from . import limits
from .alarms import Alarm, Alarms
from .client import Client
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
from .connect import read_connect, read_info
from .deliver import Delivery, forget_fanouts
from .encode import OK, PING, PONG, error_line
from .info import connect_info_line, info_line
from .parser import ProtocolError
from .reserved import publish_refusal, subscribe_refusal
from .subject import is_literal, is_valid_pattern
from .sublist import Sublist
from .subscription import Subscription

if TYPE_CHECKING:
    from natsim.broker.now import Draw, Now

    from .identity import Identity
    from .options import Options

_FIRST_CID = 5  # as nats-server 2.15.1, whose own internal clients take the numbers before


class Broker:
    """A NATS server.

    options: how it behaves. identity: the names of this start. draw: its only entropy.
    """

    def __init__(self, options: Options, identity: Identity, draw: Draw) -> None:
        self._options = options
        self._identity = identity
        self._draw = draw
        self._clients: dict[int, Client] = {}
        self._next_cid = _FIRST_CID
        self._next_serial = 0
        self._sublist = Sublist(limits.MATCH_CACHE_BYTES)
        self._alarms = Alarms()
        self._effects: list[Effect] = []
        self._now_ns = 0
        self._delivery = Delivery(
            self._sublist,
            max_pending=options.max_pending,
            stall_pending=options.max_pending * limits.STALL_NUMERATOR // limits.STALL_DENOMINATOR,
            draw=draw,
            cut_slow=self._cut_slow,
            expire=self._remove,
        )

    @property
    def identity(self) -> Identity:
        """The names of this start."""
        return self._identity

    def handle(self, event: Event, now: Now) -> list[Effect]:
        """Take one event; give what is to be done, in this order."""
        self._now_ns = now.mono_ns
        self._delivery.is_congested = False
        self._ON[type(event)](self, event)
        return self._take_effects()

    def deadline(self) -> int | None:
        """Tell the mono_ns at which TimeReached is wanted, None for never. O(1), amortised."""
        return self._alarms.deadline()

    def _take_effects(self) -> list[Effect]:
        effects: list[Effect] = []
        for client in self._delivery.touched:
            if client.out:
                effects.append(Send(client.conn, client.out))
                client.out = []
        self._delivery.touched.clear()
        if self._effects:
            effects += self._effects
            self._effects = []
        return effects

    # What the driver tells.

    def _on_connected(self, event: Connected) -> None:
        client = Client(
            event.conn,
            self._next_cid,
            event.peer_host,
            event.peer_port,
            self._options.max_control_line,
        )
        self._next_cid += 1
        self._clients[event.conn] = client
        self._note(Level.DEBUG, client, "Client connection created")
        self._delivery.put(
            client, info_line(self._identity, self._options, client.cid, client.peer_host)
        )
        if len(self._clients) > self._options.max_connections:
            self._refuse(
                client, "maximum connections exceeded", CloseReason.MAX_CONNECTIONS_EXCEEDED
            )
            return
        self._alarms.set(client, Alarm.PING, self._now_ns + self._options.ping_interval_ns)

    def _on_received(self, event: Received) -> None:
        client = self._clients.get(event.conn)
        if client is None:
            return
        parser = client.parser
        parser.feed(event.data)
        client.last_in_ns = self._now_ns
        try:
            while not client.is_closed:
                if client.fanouts and parser.is_between_commands:
                    self._delivery.run(client)
                    if client.is_closed:
                        break
                command = parser.next()
                if command is None:
                    break
                self._DO[type(command)](self, client, command)
        except ProtocolError as error:
            self._note(Level.ERROR, client, error.detail)
            self._refuse(client, error.reply, error.reason)
        self._stall_if_congested(client)

    def _on_drained(self, event: Drained) -> None:
        client = self._clients.get(event.conn)
        if client is not None:
            client.pending_bytes = event.pending_bytes

    def _on_disconnected(self, event: Disconnected) -> None:
        client = self._clients.get(event.conn)
        if client is not None:
            reason = CloseReason.READ_ERROR if event.error else CloseReason.CLIENT_CLOSED
            self._forget(client, reason)

    def _on_time_reached(self, _: TimeReached) -> None:
        while (due := self._alarms.pop(self._now_ns)) is not None:
            alarm, client = due
            match alarm:
                case Alarm.PING:
                    self._ping_is_due(client)
                case Alarm.RESUME:
                    self._effects.append(ResumeReading(client.conn))
                case _:
                    assert_never(alarm)

    # What a client says.

    def _do_connect(self, client: Client, command: Connect) -> None:
        options = read_connect(command.json, client.options)
        if client.is_connected:
            # nats-server 2.15.1 starts over; 2.9.10 kept the subscriptions.
            self._remove_all(client)
        client.options = options
        client.is_connected = True
        forget_fanouts(client)
        if options.protocol not in (0, 1):
            raise _refusal("invalid client protocol", CloseReason.BAD_CLIENT_PROTOCOL_VERSION)
        if options.account or options.new_account:
            raise _refusal("Authorization Violation", CloseReason.AUTHENTICATION_FAILURE)
        if options.no_responders and not options.headers:
            raise _refusal(
                "no responders requires headers support", CloseReason.NO_RESPONDERS_REQUIRES_HEADERS
            )
        first_ping_ns = min(self._options.ping_interval_ns, limits.FIRST_PING_NS)
        spread_ns = self._draw(max(first_ping_ns // 5, 1))
        self._alarms.set(client, Alarm.PING, self._now_ns + first_ping_ns + spread_ns)
        self._confirm(client)

    def _do_info(self, _: Client, command: Info) -> None:
        read_info(command.json)

    def _do_ping(self, client: Client, _: Ping) -> None:
        client.last_ping_in_ns = self._now_ns
        self._delivery.put(client, PONG)
        is_first = client.is_connected and not client.is_told_connect_info
        if is_first and client.options.protocol >= 1 and not client.is_closed:
            client.is_told_connect_info = True
            self._delivery.put(
                client,
                connect_info_line(self._identity, self._options, client.cid, client.peer_host),
            )

    def _do_pong(self, client: Client, _: Pong) -> None:
        client.pings_out = 0
        if client.ping_sent_ns >= 0:
            client.rtt_ns = self._now_ns - client.ping_sent_ns

    def _do_okay(self, _: Client, __: Okay) -> None:
        """+OK from a client changes nothing."""

    def _do_complaint(self, _: Client, command: Complaint) -> None:
        text = command.text.decode("utf-8", "backslashreplace")
        raise ProtocolError(None, CloseReason.PARSE_ERROR, f"Client Error {text}")

    def _do_publish_line(self, client: Client, line: PublishLine) -> None:
        if line.header_text is not None and not client.options.headers:
            raise ProtocolError(
                None, CloseReason.PROTOCOL_VIOLATION, "message headers not supported"
            )
        if line.size > self._options.max_payload:
            raise ProtocolError(
                "Maximum Payload Violation",
                CloseReason.MAX_PAYLOAD_EXCEEDED,
                f"maximum payload exceeded: {line.size} vs {self._options.max_payload}",
            )
        if client.options.pedantic and line.subject and not is_literal(line.subject):
            self._delivery.put(client, error_line("Invalid Publish Subject"))

    def _do_publish(self, client: Client, message: Publish) -> None:
        line = message.line
        refusal = publish_refusal(line.subject, line.reply)
        if refusal is not None:
            self._note(Level.ERROR, client, refusal.log)
            self._delivery.put(client, error_line(refusal.text))
            return
        self._confirm(client)
        self._delivery.publish(client, message)
        if line.header_text is None and not line.reply and not client.options.verbose:
            is_compilable = not client.options.pedantic or is_literal(line.subject)
            if is_compilable and line.subject:
                self._delivery.compile(client, line)

    def _do_subscribe(self, client: Client, command: Subscribe) -> None:
        refusal = self._subscribe_refusal(client, command)
        if refusal is not None:
            self._delivery.put(client, error_line(refusal))
            return
        # A sid in use is confirmed and changes nothing, even with a subject that is not valid.
        if command.sid not in client.subscriptions:
            if not is_valid_pattern(command.subject):
                self._delivery.put(client, error_line("Invalid Subject"))
                return
            self._subscribe(client, command)
        self._confirm(client)

    def _subscribe(self, client: Client, command: Subscribe) -> None:
        subscription = Subscription(
            client, command.sid, command.subject, command.queue, self._next_serial
        )
        self._next_serial += 1
        client.subscriptions[command.sid] = subscription
        self._sublist.insert(subscription)

    def _subscribe_refusal(self, client: Client, command: Subscribe) -> str | bytes | None:
        refusal = subscribe_refusal(command.subject, command.queue)
        if refusal is not None:
            sid = command.sid.decode(errors="replace")
            self._note(Level.ERROR, client, f"{refusal.log}, SID {sid}")
            return refusal.text
        limit = self._options.max_subscriptions
        if limit and len(client.subscriptions) >= limit:
            return "maximum subscriptions exceeded"
        return None

    def _do_unsubscribe(self, client: Client, command: Unsubscribe) -> None:
        subscription = client.subscriptions.get(command.sid)
        if subscription is not None:
            if command.limit > subscription.delivered:
                subscription.limit = command.limit
                # What was compiled does not count towards a limit.
                self._sublist.generation += 1
            else:
                self._remove(subscription)
        self._confirm(client)

    # What follows from it.

    def _confirm(self, client: Client) -> None:
        if client.options.verbose:
            self._delivery.put(client, OK)

    def _refuse(self, client: Client, reply: str | None, reason: CloseReason) -> None:
        if client.is_closed:
            return
        if reply is not None:
            self._delivery.put(client, error_line(reply))
        if not client.is_closed:
            self._effects.append(Close(client.conn, reason))
            self._forget(client, reason)

    def _cut_slow(self, client: Client) -> None:
        if client.is_closed:
            return
        limit = self._options.max_pending
        self._note(Level.INFO, client, f"Slow Consumer Detected: MaxPending of {limit} Exceeded")
        client.out = []
        self._effects.append(Abort(client.conn, CloseReason.SLOW_CONSUMER_PENDING_BYTES))
        self._forget(client, CloseReason.SLOW_CONSUMER_PENDING_BYTES)

    def _forget(self, client: Client, reason: CloseReason) -> None:
        client.is_closed = True
        del self._clients[client.conn]
        self._remove_all(client)
        forget_fanouts(client)
        self._note(Level.DEBUG, client, f"Client connection closed: {reason}")

    def _remove_all(self, client: Client) -> None:
        for subscription in list(client.subscriptions.values()):
            self._remove(subscription)

    def _remove(self, subscription: Subscription) -> None:
        if subscription.is_active:
            subscription.is_active = False
            del subscription.client.subscriptions[subscription.sid]
            self._sublist.remove(subscription)

    def _stall_if_congested(self, publisher: Client) -> None:
        is_free = not publisher.is_closed and publisher.resume_at_ns < 0
        if self._delivery.is_congested and is_free:
            self._effects.append(PauseReading(publisher.conn))
            self._alarms.set(publisher, Alarm.RESUME, self._now_ns + limits.STALL_NS)

    def _ping_is_due(self, client: Client) -> None:
        interval_ns = self._options.ping_interval_ns
        needs_rtt = client.rtt_ns < 0 or self._now_ns - client.ping_sent_ns > limits.RTT_MEASURE_NS
        last_in_ns = max(client.last_in_ns, client.last_ping_in_ns)
        is_quiet = last_in_ns < 0 or self._now_ns - last_in_ns >= interval_ns
        if needs_rtt or is_quiet:
            # As in nats-server, 0 is the default.
            if client.pings_out + 1 > (self._options.ping_max or limits.PING_MAX):
                self._note(Level.DEBUG, client, "Stale Client Connection - Closing")
                self._refuse(client, "Stale Connection", CloseReason.STALE_CONNECTION)
                return
            client.pings_out += 1
            client.ping_sent_ns = self._now_ns
            self._delivery.put(client, PING)
        self._alarms.set(client, Alarm.PING, self._now_ns + interval_ns)

    def _note(self, level: Level, client: Client, text: str) -> None:
        self._effects.append(Note(level, f"{client.label} - {text}"))

    # Tables by type: a match statement costs three times as much by its fourth case.
    _ON: ClassVar[dict[type[Event], Callable[..., None]]] = {
        Connected: _on_connected,
        Received: _on_received,
        Drained: _on_drained,
        Disconnected: _on_disconnected,
        TimeReached: _on_time_reached,
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


def _refusal(reply: str, reason: CloseReason) -> ProtocolError:
    return ProtocolError(reply, reason, reply)
