"""When the broker must act without being spoken to."""

from __future__ import annotations

from enum import IntEnum
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import Client


class Alarm(IntEnum):
    """What is due."""

    PING = 0
    RESUME = 1


class Alarms:
    """One heap for all clients, with lazy deletion.

    A client's alarm of one kind is due at one time; setting it again moves it, -1 turns it off.
    """

    __slots__ = ("_count", "_heap")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Alarm, Client]] = []
        self._count = 0

    def set(self, client: Client, alarm: Alarm, at_ns: int) -> None:
        """Let an alarm of a client be due at a time, or never for -1."""
        if alarm is Alarm.PING:
            client.ping_at_ns = at_ns
        else:
            client.resume_at_ns = at_ns
        if at_ns >= 0:
            self._count += 1
            heappush(self._heap, (at_ns, self._count, alarm, client))

    def deadline(self) -> int | None:
        """Tell when the next alarm is due, None for never. Amortised O(1)."""
        heap = self._heap
        while heap:
            at_ns, _, alarm, client = heap[0]
            if _due_at(client, alarm) == at_ns:
                return at_ns
            heappop(heap)
        return None

    def pop(self, now_ns: int) -> tuple[Alarm, Client] | None:
        """Take the next alarm that is due by now, None when there is none."""
        at_ns = self.deadline()
        if at_ns is None or at_ns > now_ns:
            return None
        _, _, alarm, client = heappop(self._heap)
        if alarm is Alarm.PING:
            client.ping_at_ns = -1
        else:
            client.resume_at_ns = -1
        return alarm, client


def _due_at(client: Client, alarm: Alarm) -> int:
    if client.is_closed:
        return -1
    return client.ping_at_ns if alarm is Alarm.PING else client.resume_at_ns
