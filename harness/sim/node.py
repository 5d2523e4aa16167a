"""A node: one machine of the world, with one process on it at a time.

Laws of the file: a kill ends the process at once, and its kernel closes the sockets; the process is
parked, never unwound. A pause stops the process and nothing else.
"""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import TYPE_CHECKING

from natsim.harness.entropy import Source

from .loop import SimLoop
from .tcp import Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .node_clock import NodeClock
    from .tcp import SimTransport
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
        self.process = Process.DEAD
        self.loop.park()
        for listener in self._listeners.values():
            listener.is_open = False
        self._listeners.clear()
        sockets = self._world.network.sockets(self.name)
        for endpoint in sockets:
            endpoint.abandon()
        return len(sockets)

    def restart(self) -> None:
        """Begin a new process, with nothing in it yet. Raises ValueError if one runs."""
        if self.process is not Process.DEAD:
            raise ValueError(f"the process of {self.name} is {self.process.value}, not dead")
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
        listener = Listener(self.loop, port, factory, backlog)
        self._listeners[port] = listener
        return SimServer(self, listener)

    def listener(self, port: int) -> Listener | None:
        """Give the listening socket of a port."""
        return self._listeners.get(port)

    def unlisten(self, listener: Listener) -> None:
        """Close a listening socket."""
        if listener.is_open:
            listener.is_open = False
            del self._listeners[listener.port]

    def take_port(self) -> int:
        """Take a port that nobody had."""
        port = self._next_port
        self._next_port += 1
        return port


class SimServer(asyncio.AbstractServer):
    """What create_server gives."""

    def __init__(self, node: Node, listener: Listener) -> None:
        self._node = node
        self._listener = listener

    @property
    def sockets(self) -> Sequence[ListeningSocket]:
        """The listening socket, for its address."""
        if not self._listener.is_open:
            return ()
        return (ListeningSocket(self._node.address, self._listener.port),)

    def close(self) -> None:
        """Accept no more."""
        self._node.unlisten(self._listener)

    async def wait_closed(self) -> None:
        """Return at once."""

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """Give the loop that accepts."""
        return self._listener.loop

    def is_serving(self) -> bool:
        """Tell whether connections are accepted."""
        return self._listener.is_open

    async def start_serving(self) -> None:
        """Do nothing: a listener accepts from the start."""

    async def serve_forever(self) -> None:
        """Wait for ever."""
        await self._listener.loop.create_future()


class ListeningSocket:
    """A socket of which only the address can be asked."""

    __slots__ = ("_address",)

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)

    def getsockname(self) -> tuple[str, int]:
        """Give host and port."""
        return self._address
