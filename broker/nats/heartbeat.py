"""PING and PONG: whether clients are still there, and how far away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.effects import CloseReason, Level
from natsim.broker.events import ConnectionKind

from . import limits
from .alarms import Alarm
from .encode import PING, PONG

if TYPE_CHECKING:
    from .client import Client
    from .state import State


class Heartbeat:
    """Sends PING to clients that are quiet, and cuts those that do not answer."""

    __slots__ = ("_state",)

    def __init__(self, state: State) -> None:
        self._state = state

    def start(self, client: Client) -> None:
        """Watch a client that has just come."""
        self._state.alarms.set(client, Alarm.PING, self._now_ns + self._interval_ns(client))

    def start_over(self, client: Client) -> None:
        """Measure the round trip soon: the client has said CONNECT.

        Until then what passed since it came is the estimate.
        """
        client.rtt_ns = self._now_ns - client.start.mono_ns
        first_ns = min(self._interval_ns(client), limits.FIRST_PING_NS)
        spread_ns = self._state.draw(max(first_ns // 5, 1))
        self._state.alarms.set(client, Alarm.PING, self._now_ns + first_ns + spread_ns)

    def answer(self, client: Client) -> None:
        """Answer a PING."""
        client.last_in_ns = self._now_ns
        self._state.delivery.put(client, PONG)

    def take_answer(self, client: Client) -> None:
        """Take a PONG."""
        client.pings_out = 0
        if client.ping_sent_ns >= 0:
            client.rtt_ns = self._now_ns - client.ping_sent_ns

    def ping_is_due(self, client: Client) -> None:
        """Send a PING unless the client was heard of, or give it up."""
        state = self._state
        interval_ns = self._interval_ns(client)
        is_old = self._now_ns - client.ping_sent_ns > limits.RTT_MEASURE_NS
        needs_rtt = client.ping_sent_ns < 0 or client.rtt_ns < 0 or is_old
        is_quiet = client.last_in_ns < 0 or self._now_ns - client.last_in_ns >= interval_ns
        if needs_rtt or is_quiet:
            # As in nats-server, 0 is the default.
            if client.pings_out + 1 > (state.options.ping_max or limits.PING_MAX):
                state.note(Level.DEBUG, client, "Stale Client Connection - Closing")
                state.statistics.stale_connections += 1
                state.refuse(client, "Stale Connection", CloseReason.STALE_CONNECTION)
                return
            client.pings_out += 1
            client.ping_sent_ns = self._now_ns
            state.delivery.put(client, PING)
        state.alarms.set(client, Alarm.PING, self._now_ns + interval_ns)

    @property
    def _now_ns(self) -> int:
        return self._state.now.mono_ns

    def _interval_ns(self, client: Client) -> int:
        options = self._state.options
        if client.kind is ConnectionKind.WEBSOCKET and options.websocket is not None:
            return options.websocket.ping_interval_ns or options.ping_interval_ns
        return options.ping_interval_ns
