"""When the broker must act without being spoken to."""

from __future__ import annotations

from enum import IntEnum
from heapq import heappop, heappush
from typing import Protocol

NEVER = -1


class Alarm(IntEnum):
    """What is due."""

    PING = 0
    RESUME = 1
    AUTHENTICATE = 2
    EXPIRE = 3
    WRITE = 4
    LAME_DUCK = 5
    STATISTICS = 6
    ANSWERS = 7
    CONNECTIONS = 8


class Sleeper(Protocol):
    """Who has alarms. due_ns: when each is due, by its number, NEVER for not at all."""

    due_ns: list[int]


class Alarms:
    """One heap for all, with lazy deletion.

    A sleeper's alarm of one kind is due at one time; setting it again moves it.
    """

    __slots__ = ("_count", "_heap")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Alarm, Sleeper]] = []
        self._count = 0

    def set(self, sleeper: Sleeper, alarm: Alarm, at_ns: int) -> None:
        """Let an alarm be due at a time."""
        sleeper.due_ns[alarm] = at_ns
        self._count += 1
        heappush(self._heap, (at_ns, self._count, alarm, sleeper))

    def deadline(self) -> int | None:
        """Tell when the next alarm is due, None for never. Amortised O(1)."""
        heap = self._heap
        while heap:
            at_ns, _, alarm, sleeper = heap[0]
            if sleeper.due_ns[alarm] == at_ns:
                return at_ns
            heappop(heap)
        return None

    def pop(self, now_ns: int) -> tuple[Alarm, Sleeper] | None:
        """Take the next alarm that is due by now, None when there is none."""
        at_ns = self.deadline()
        if at_ns is None or at_ns > now_ns:
            return None
        _, _, alarm, sleeper = heappop(self._heap)
        sleeper.due_ns[alarm] = NEVER
        return alarm, sleeper


def no_alarms() -> list[int]:
    """Make the due times of a sleeper that has none yet."""
    return [NEVER] * len(Alarm)


def cancel(sleeper: Sleeper, alarm: Alarm) -> None:
    """Let an alarm not be due."""
    sleeper.due_ns[alarm] = NEVER


def cancel_all(sleeper: Sleeper) -> None:
    """Let nothing be due any more."""
    sleeper.due_ns = no_alarms()
