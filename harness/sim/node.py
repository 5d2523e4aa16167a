"""A node: one machine of the world, with one process on it at a time.

Laws of the file: a kill ends the process at once, and its kernel closes the sockets; the process is
parked, never unwound. A pause stops the process and nothing else.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import TYPE_CHECKING

from natsim.harness.entropy import Source

from .listener import Listener, SimServer
from .loop import SimLoop

if TYPE_CHECKING:
    from collections.abc import Callable

    from .node_clock import NodeClock
    from .transport import SimTransport
    from .world import World

_FIRST_PORT = 49_152  # of those that a kernel gives out itself


class Process(Enum):
    """What the process of a node does."""

    RUNNING = "running"
    PAUSED = "paused"
    DEAD = "dead"


class Node:
    """One machine.

    name: also its host name. index: counts nodes from 0. incarnation: counts its processes from 1.
    is_off: the machine has no power, or has not booted since.
    loop: of the process that runs, or ran last. clock: the machine's; a new process finds it as the
    old one left it.
    """

    def __init__(self, world: World, name: str, index: int, clock: NodeClock) -> None:
        self._world = world
        self.clock = clock
        clock.when_rate_changes = self._retime
        self.name = name
        self.index = index
        self.incarnation = 1
        self.process = Process.RUNNING
        self.is_off = False
        self.loop = self._new_loop()
        self._listeners: dict[int, Listener] = {}
        self._next_port = _FIRST_PORT
        self._sources: dict[str, Source] = {}
        self.address = world.network.add(self)

    def _new_loop(self) -> SimLoop:
        # typeshed's abstract methods that a world lacks are there, made in a table.
        return SimLoop(self._world, self)  # type: ignore[abstract]

    # Time and entropy of this node.

    def mono_ns(self) -> int:
        """Read the clock that never goes back."""
        return self.clock.monotonic.now_ns

    def wall_ns(self) -> int:
        """Read the clock on the wall, in nanoseconds since 1970."""
        return self.clock.wall_ns

    def _retime(self) -> None:
        self.loop.retime()

    def source(self, purpose: str) -> Source:
        """Give the node's own source of draws for a purpose; it goes on where it stopped."""
        source = self._sources.get(purpose)
        if source is None:
            source = self._sources[purpose] = Source(self._world.seed, f"{self.name}/{purpose}")
        return source

    # The process.

    def kill(self) -> int:
        """End the process at once; the kernel closes its sockets. Gives how many it closed."""
        if self.process is Process.DEAD:
            return 0
        self._end_process()
        sockets = self._world.network.sockets(self.name)
        for endpoint in sockets:
            endpoint.abandon()
        return len(sockets)

    def cut_power(self) -> int:
        """End the machine at once, and tell nobody. Gives how many sockets were lost.

        Until it boots nothing answers; then its kernel answers what belongs to old connections by
        RST.
        """
        self.is_off = True
        if self.process is not Process.DEAD:
            self._end_process()
        # A kernel holds sockets for a while whose process is dead already.
        sockets = self._world.network.sockets(self.name)
        for endpoint in sockets:
            endpoint.cease()
        return len(sockets)

    def boot(self) -> None:
        """Let the kernel of a machine without power answer again; it has no process yet."""
        self.is_off = False

    def exit(self) -> None:
        """Let the process end itself: its tasks are cancelled and unwound, then it is gone."""
        if self.process is Process.RUNNING:
            tasks = sorted(asyncio.all_tasks(self.loop), key=_order)
            self.loop.create_task(self._leave(tasks))

    async def _leave(self, tasks: list[asyncio.Task[object]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # What the tasks wrote to transports goes to the kernel first.
        await asyncio.sleep(0)
        self.kill()

    def _end_process(self) -> None:
        self.process = Process.DEAD
        self.loop.park()
        for listener in self._listeners.values():
            listener.cease()
        self._listeners.clear()

    def restart(self) -> None:
        """Begin a new process, with nothing in it yet, on a machine that boots if it was off.

        Raises ValueError if one runs.
        """
        if self.process is not Process.DEAD:
            raise ValueError(f"the process of {self.name} is {self.process.value}, not dead")
        self.is_off = False
        self.process = Process.RUNNING
        self.incarnation += 1
        self.loop = self._new_loop()

    def pause(self) -> None:
        """Stop the process; sockets stay, their buffers fill."""
        if self.process is Process.RUNNING:
            self.process = Process.PAUSED
            self.loop.pause()

    def resume(self) -> None:
        """Let a stopped process go on."""
        if self.process is Process.PAUSED:
            self.process = Process.RUNNING
            self.loop.resume()

    # The network, as the process sees it.

    async def connect(self, host: str, port: int) -> SimTransport:
        """Open a connection; raises what a socket would."""
        return await self._world.network.connect(self, host, port)

    def listen(
        self, factory: Callable[[], asyncio.BaseProtocol], port: int, backlog: int
    ) -> SimServer:
        """Listen on a port, 0 for any. Raises OSError when it is taken."""
        port = port or self.take_port()
        if port in self._listeners:
            raise OSError(
                98, f"error while attempting to bind on address ('{self.address}', {port}): "
                "address already in use"
            )  # fmt: skip
        listener = self._listeners[port] = Listener(self.loop, port, backlog)
        return SimServer(self, self.loop, listener, factory)

    def listener(self, port: int) -> Listener | None:
        """Give the socket that listens on a port."""
        listener = self._listeners.get(port)
        return listener if listener is not None and listener.is_serving else None

    def unlisten(self, listener: Listener) -> None:
        """Close a listening socket."""
        if listener.is_open:
            listener.close()
            del self._listeners[listener.port]

    def take_port(self) -> int:
        """Take a port that nobody had."""
        port = self._next_port
        self._next_port += 1
        return port


def _order(task: asyncio.Task[object]) -> tuple[int, str]:
    # A loop's own names end in a count; asyncio lists tasks in no order.
    return len(task.get_name()), task.get_name()
