"""The clock of a world: what happens when, in whole nanoseconds.

Two of them behind one interface. SimPy's Environment is the one that runs; the plain heap exists to
check it: both must give the same digests.
Laws of the file: time never goes back; what is due at one time happens in the order it was asked.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from math import inf
from typing import Protocol

import simpy

Action = Callable[[], None]


class Clock(Protocol):
    """Time, and what is due."""

    @property
    def now_ns(self) -> int:
        """True time since the world began."""
        ...

    def call_at(self, at_ns: int, action: Action) -> None:
        """Let an action happen at a time; a time that is past means now."""
        ...

    def next_ns(self) -> int | None:
        """Tell when the next action is due, None when there is none."""
        ...

    def advance(self, to_ns: int) -> None:
        """Go to a time and do all that is due by then, in order.

        Actions asked for meanwhile that are due by then are done too.
        """
        ...

    def retime(self, time_of: Callable[[Action], int | None]) -> None:
        """Move what is due to other times.

        time_of: tells an action's new time, None to leave it; a time that is past means now.
        Actions that come to one time keep the order in which they were asked.
        """
        ...


class SimpyClock:
    """SimPy's Environment as the clock."""

    __slots__ = ("_environment",)

    def __init__(self) -> None:
        self._environment = _Environment(initial_time=0)

    @property
    def now_ns(self) -> int:
        # SimPy types its time as int or float; all delays here are ints.
        return self._environment.now  # type: ignore[return-value]

    def call_at(self, at_ns: int, action: Action) -> None:
        environment = self._environment
        delay_ns = at_ns - environment.now
        environment.schedule(_Due(environment, action), delay=delay_ns if delay_ns > 0 else 0)

    def next_ns(self) -> int | None:
        at = self._environment.peek()
        return None if at == inf else at  # type: ignore[return-value]

    def advance(self, to_ns: int) -> None:
        environment = self._environment
        while environment.peek() <= to_ns:
            environment.step()
        if environment.now < to_ns:
            environment.run(until=to_ns)

    def retime(self, time_of: Callable[[Action], int | None]) -> None:
        self._environment.retime(time_of)


class HeapClock:
    """The plain twin: a heap of (time, order, action)."""

    __slots__ = ("_count", "_heap", "_now_ns")

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Action]] = []
        self._count = 0
        self._now_ns = 0

    @property
    def now_ns(self) -> int:
        return self._now_ns

    def call_at(self, at_ns: int, action: Action) -> None:
        self._count += 1
        heappush(self._heap, (max(at_ns, self._now_ns), self._count, action))

    def next_ns(self) -> int | None:
        return self._heap[0][0] if self._heap else None

    def advance(self, to_ns: int) -> None:
        heap = self._heap
        while heap and heap[0][0] <= to_ns:
            self._now_ns, _, action = heappop(heap)
            action()
        self._now_ns = max(self._now_ns, to_ns)

    def retime(self, time_of: Callable[[Action], int | None]) -> None:
        for place, (_, number, action) in enumerate(self._heap):
            if (at_ns := time_of(action)) is not None:
                self._heap[place] = (max(at_ns, self._now_ns), number, action)
        heapify(self._heap)


class _Environment(simpy.Environment):
    """SimPy's Environment, which has no way of its own to move an event."""

    def retime(self, time_of: Callable[[Action], int | None]) -> None:
        queue = self._queue
        for place, (_, priority, number, due) in enumerate(queue):
            if isinstance(due, _Due) and (at_ns := time_of(due.action)) is not None:
                queue[place] = (max(at_ns, self.now), priority, number, due)
        heapify(queue)


class _Due(simpy.Event):
    """An event that was decided when it was made: SimPy only has to call it in time."""

    def __init__(self, environment: simpy.Environment, action: Action) -> None:
        # Not Event.__init__: it would make a list and leave the value open, for nothing.
        self.env = environment
        self.callbacks = [self._act]
        self.action = action
        self._ok = True
        self._value = None

    def _act(self, _: simpy.Event) -> None:
        self.action()
