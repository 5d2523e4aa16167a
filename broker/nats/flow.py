"""Flow control: publishers that are too fast, receivers that are too slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.effects import CloseReason, Level, PauseReading, ResumeReading

from . import limits
from .alarms import NEVER, Alarm, cancel
from .duration import go_duration

if TYPE_CHECKING:
    from .client import Client
    from .state import State


class Flow:
    """Stalls publishers whose receivers are full, and cuts receivers that take nothing.

    Receivers that hold more than max_pending are cut where it is counted, by Delivery.
    """

    __slots__ = ("_state",)

    def __init__(self, state: State) -> None:
        self._state = state

    def stall(self, publisher: Client) -> None:
        """Read no more from a client for a while: it published to a full receiver."""
        state = self._state
        if publisher.is_closed:
            return
        if publisher.due_ns[Alarm.RESUME] != NEVER or not state.options.stalls_fast_producers:
            return
        publisher.stalls += 1
        state.statistics.stalled_clients += 1
        state.effects.append(PauseReading(publisher.conn))
        state.alarms.set(publisher, Alarm.RESUME, state.now.mono_ns + limits.STALL_NS)

    def resume_is_due(self, publisher: Client) -> None:
        """Read from a stalled publisher again, unless a password is being verified."""
        if publisher.held is None:
            self._state.effects.append(ResumeReading(publisher.conn))

    def take(self, client: Client, pending_bytes: int) -> None:
        """Note what the network has taken.

        What waits when a flush begins has to be taken within the write deadline; then what waits by
        then begins the next.
        """
        taken_bytes = client.pending_bytes - pending_bytes
        client.pending_bytes = pending_bytes
        if client.flush_bytes:
            client.flush_bytes -= taken_bytes
            if client.flush_bytes > 0:
                return
            client.flush_bytes = 0
            cancel(client, Alarm.WRITE)
        if pending_bytes:
            client.flush_bytes = pending_bytes
            deadline_ns = self._state.options.write_deadline_ns
            self._state.alarms.set(client, Alarm.WRITE, self._state.now.mono_ns + deadline_ns)

    def write_is_due(self, client: Client) -> None:
        """Cut a client that did not take in time what it was sent."""
        state = self._state
        deadline = go_duration(state.options.write_deadline_ns)
        total = client.pending_bytes
        state.note(
            Level.INFO,
            client,
            f"Slow Consumer Detected: WriteDeadline of {deadline} exceeded with "
            f"1 chunks of {total} total bytes.",
        )
        state.count_slow(client)
        state.cut(client, CloseReason.SLOW_CONSUMER_WRITE_DEADLINE)
