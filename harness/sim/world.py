"""The world: all nodes, the clock, the network and the entropy of one simulation.

Laws of the file: one seed and one program give one history; nodes take turns in the order they woke
up, each running what was ready when its turn came; time moves only when no node has anything to do
and everything written in the instant has left.
"""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections import deque
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from .clock import Clock, SimpyClock
from .errors import Deadlock, Livelock
from .network import Network
from .node import Node
from .node_clock import NodeClock
from .topology import Topology
from .trace import Trace, wire_digest

if TYPE_CHECKING:
    from .link import Wire
    from .loop import SimLoop

T = TypeVar("T")

START_WALL_NS = 1_767_225_600 * 1_000_000_000
"""The first instant of every world on the wall clock: 2026-01-01T00:00:00Z."""

LIVELOCK_STEPS = 1_000_000
"""Callbacks at one instant after which the world says that time does not move."""

_COLLECT_STEPS = 500_000  # between two runs of the garbage collector, at fixed steps


class World:
    """One simulated world.

    seed: keys every draw. clock: SimPy's unless another is given. unnamed: the wire of links that
    nobody named, when no topology says so.
    """

    def __init__(
        self,
        seed: int,
        topology: Topology | None = None,
        clock: Clock | None = None,
        *,
        unnamed: Wire | None = None,
    ) -> None:
        self.seed = seed
        self.start_wall_ns = START_WALL_NS
        self.clock: Clock = clock or SimpyClock()
        self.topology = topology or Topology(unnamed)
        self.trace = Trace()
        self.network = Network(seed, self.clock, self.topology, self.trace)
        self.nodes: dict[str, Node] = {}
        self._awake: deque[SimLoop] = deque()
        self._parked: list[SimLoop] = []
        self._steps_at_once = 0
        self._steps_to_collect = _COLLECT_STEPS
        for name in self.topology.nodes:
            self.nodes[name] = Node(self, name, len(self.nodes), self._new_clock())

    def add_node(self, name: str, *, offset_ns: int = 0, drift_ppm: int = 0) -> Node:
        """Add a node.

        offset_ns: by how much its wall clock is ahead. drift_ppm: by how many millionths both its
        clocks are too fast. `Node.clock` changes them later, and those of nodes of a topology.
        Raises ValueError when there is a node of that name, or a clock cannot be so.
        """
        if name in self.nodes:
            raise ValueError(f"there is a node {name} already")
        clock = self._new_clock()
        clock.jump(offset_ns)
        clock.drift(drift_ppm)
        self.topology.add_node(name)
        node = self.nodes[name] = Node(self, name, len(self.nodes), clock)
        return node

    def _new_clock(self) -> NodeClock:
        return NodeClock(self.clock, self.start_wall_ns + self.clock.now_ns)

    # Running.

    def run(self, node: Node, main: Coroutine[Any, Any, T]) -> T:
        """Run the world until a coroutine on a node is done; give its result.

        Raises Deadlock when nothing is left to happen before, Livelock when time does not move.
        """
        task = node.loop.create_task(main)
        with _Undisturbed():
            while not task.done():
                if not self._do_instant():
                    if task.done():
                        break
                    raise Deadlock(self._waiting())
                if not task.done():
                    self._move_on()
        return task.result()

    def run_until(self, at_ns: int) -> None:
        """Run the world up to a time, and everything that happens at it."""
        with _Undisturbed():
            self._do_instant()
            while (next_ns := self.clock.next_ns()) is not None and next_ns <= at_ns:
                self._move_on()
                self._do_instant()
            self.clock.advance(at_ns)

    def wake(self, loop: SimLoop) -> None:
        """Queue a loop that has something to run."""
        self._awake.append(loop)

    def keep(self, loop: SimLoop) -> None:
        """Hold what a dead process left, so that nothing of it is collected and runs again."""
        self._parked.append(loop)

    def close(self) -> None:
        """End the world: no loop runs again, and what is left goes without a word."""
        for node in self.nodes.values():
            if not node.loop.is_parked:
                node.loop.park()
            for endpoint in self.network.sockets(node.name):
                endpoint.abandon()
        for loop in self._parked:
            for task in loop.tasks_kept:
                _hush(task)

    def digests(self) -> dict[str, str]:
        """Give the digests of what happened so far: schedule and wire."""
        return {
            "schedule": self.trace.schedule_digest(),
            "wire": wire_digest(self.network.digests()),
        }

    def _do_instant(self) -> bool:
        """Run all nodes until nothing is ready now; tell whether anything is due later."""
        awake = self._awake
        while True:
            while awake:
                loop = awake.popleft()
                if not (loop.is_parked or loop.is_paused):
                    count = loop.run_ready()
                    self._count_steps(loop, count)
                if not loop.rest():
                    awake.append(loop)
            if not self.network.flush():
                break
            # A burst without latency arrives in this same instant.
            self.clock.advance(self.clock.now_ns)
        return self.clock.next_ns() is not None

    def _move_on(self) -> None:
        next_ns = self.clock.next_ns()
        if next_ns is None:
            return
        if next_ns > self.clock.now_ns:
            self._steps_at_once = 0
        # All that is due at this instant comes before any node runs: a reader then wakes once.
        self.clock.advance(next_ns)

    def _count_steps(self, loop: SimLoop, count: int) -> None:
        self.trace.step(self.clock.now_ns, loop.node.index, count)
        self._steps_at_once += count
        if self._steps_at_once > LIVELOCK_STEPS:
            raise Livelock(self.clock.now_ns, self._steps_at_once, _task_names(loop))
        self._steps_to_collect -= count
        if self._steps_to_collect < 0:
            self._steps_to_collect = _COLLECT_STEPS
            gc.collect()

    def _waiting(self) -> tuple[str, ...]:
        return tuple(
            name
            for node in self.nodes.values()
            if not node.loop.is_parked
            for name in _task_names(node.loop)
        )


class _Undisturbed:
    """While a world runs, nothing of this process disturbs it, nor it this process.

    No garbage collection but at its own step counts: what a collection finalises can write to the
    network, and when it happens would change the history. And no warning of ours about a stream
    that a simulated program dropped: nats-py does so with a connection that did not get its INFO.
    """

    def __enter__(self) -> None:
        self._was_on = gc.isenabled()
        gc.disable()
        self._warnings = warnings.catch_warnings()
        self._warnings.__enter__()
        warnings.filterwarnings("ignore", "unclosed <StreamWriter", ResourceWarning)

    def __exit__(self, *_: object) -> None:
        self._warnings.__exit__(None, None, None)
        if self._was_on:
            gc.enable()


def _task_names(loop: SimLoop) -> tuple[str, ...]:
    return tuple(sorted(task.get_name() for task in asyncio.all_tasks(loop)))


def _hush(task: asyncio.Task[Any]) -> None:
    # The task will be collected while it waits; that is what was meant.
    setattr(task, "_log_destroy_pending", False)  # noqa: B010
