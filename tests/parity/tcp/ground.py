"""Where a probe plays: on loopback sockets, or between the nodes of a simulated world.

A probe is one coroutine that moves all peers. On loopback they share asyncio's loop; in a world
each stands on its own node, and the probe on another. A peer that has to be killed or stopped is a
program: a process of its own, or the process of its node.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from abc import ABC, abstractmethod
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

from natsim.harness.sim.world import World

from . import programs
from .log import Log
from .peer import Peer, Traits

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")

PROBE_S = 60.0
UNTIL_S = 20.0
_POLL_S = 0.005
_ROUNDS = 15
_ROUND_S = 0.002


class Ground(ABC):
    """A place to play."""

    def __init__(self) -> None:
        self.log = Log()
        self._peers: list[Peer] = []
        self._servers: list[asyncio.Server] = []

    @abstractmethod
    def host(self, name: str) -> str:
        """Tell where others reach a peer."""

    @abstractmethod
    def loop(self, name: str) -> asyncio.AbstractEventLoop:
        """Give the loop of a peer."""

    @abstractmethod
    def on(self, name: str, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Let a peer do something."""

    @abstractmethod
    async def start(self, name: str, program: str) -> int:
        """Start a program of `programs`; gives its port."""

    @abstractmethod
    async def kill(self, name: str) -> None:
        """Kill a program."""

    @abstractmethod
    async def pause(self, name: str) -> None:
        """Stop a program."""

    @abstractmethod
    async def resume(self, name: str) -> None:
        """Let a stopped program go on."""

    def peer(self, name: str, **traits: Unpack[Traits]) -> Peer:
        """Make a peer; its name begins with that of its node, a, b or c."""
        peer = Peer(self.log, name, **traits)
        self._peers.append(peer)
        return peer

    async def listen(
        self, name: str, factory: Callable[[], asyncio.BaseProtocol], port: int = 0, **options: Any
    ) -> tuple[asyncio.Server, int]:
        """Listen; gives the server and its port."""
        work = self.loop(name).create_server(factory, self.host(name), port, **options)
        server = await self.on(name, work)
        self._servers.append(server)
        return server, server.sockets[0].getsockname()[1]

    async def connect(self, peer: Peer, to: str, port: int) -> Peer:
        """Connect a peer."""
        node = peer.name[0]
        work = self.loop(node).create_connection(lambda: peer, self.host(to), port)
        await self.on(node, work)
        return peer

    async def pair(self, near: Peer, far: Peer) -> None:
        """Connect two peers."""
        _, port = await self.listen(far.name[0], lambda: far)
        await self.connect(near, far.name[0], port)
        await self.until(lambda: far.is_made)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, and begin the next phase."""
        for _ in range(int(UNTIL_S / _POLL_S)):
            if is_so():
                break
            await asyncio.sleep(_POLL_S)
        else:
            raise AssertionError("what the probe waits for does not come")
        await self.settle()

    async def settle(self) -> None:
        """Let everything under way arrive, and begin the next phase."""
        await _rest()
        self.log.next_phase()

    async def end(self) -> None:
        """Leave nothing open, and note nothing of it."""
        for peer in self._peers:
            peer.is_noting = False
            if peer.is_made and not peer.is_lost:
                peer.transport.abort()
        for server in self._servers:
            server.close()
        await _rest()


class Loopback(Ground):
    """Sockets of this machine, asyncio's own loop, processes for programs."""

    def __init__(self) -> None:
        super().__init__()
        self._processes: dict[str, asyncio.subprocess.Process] = {}

    def host(self, name: str) -> str:
        return "127.0.0.1"

    def loop(self, name: str) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    def on(self, name: str, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        return asyncio.ensure_future(work)

    async def start(self, name: str, program: str) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(Path(programs.__file__)), program, stdout=asyncio.subprocess.PIPE
        )
        self._processes[name] = process
        assert process.stdout is not None
        return int(await process.stdout.readline())

    async def kill(self, name: str) -> None:
        process = self._processes.pop(name)
        process.kill()
        await process.wait()
        await self.settle()

    async def pause(self, name: str) -> None:
        process = self._processes[name]
        process.send_signal(signal.SIGSTOP)
        # A signal takes effect when the process is next scheduled.
        status = Path(f"/proc/{process.pid}/stat")
        await self.until(lambda: status.read_text().rsplit(")", 1)[1].split()[0] == "T")

    async def resume(self, name: str) -> None:
        self._processes[name].send_signal(signal.SIGCONT)

    async def end(self) -> None:
        await super().end()
        for process in self._processes.values():
            process.kill()
            await process.wait()


class Simulated(Ground):
    """The nodes a, b and c of a world; the probe stands on a fourth."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self._conductor = world.add_node("conductor")
        for name in "abc":
            world.add_node(name)

    def run(self, probe: Callable[[Ground], Coroutine[Any, Any, None]]) -> None:
        """Play a probe."""
        self.world.run(self._conductor, probe(self))

    def host(self, name: str) -> str:
        return name

    def loop(self, name: str) -> asyncio.AbstractEventLoop:
        return self.world.nodes[name].loop

    def on(self, name: str, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self._conductor.loop.create_future()
        task = self.world.nodes[name].loop.create_task(work)
        task.add_done_callback(partial(_hand_over, future))
        future.add_done_callback(lambda done: task.cancel() if done.cancelled() else None)
        return future

    async def start(self, name: str, program: str) -> int:
        ports: list[int] = []
        work = programs.PROGRAMS[program](self.host(name), ports.append)
        self.world.nodes[name].loop.create_task(work)
        while not ports:
            await asyncio.sleep(_ROUND_S)
        return ports[0]

    async def kill(self, name: str) -> None:
        self.world.nodes[name].kill()
        await self.settle()

    async def pause(self, name: str) -> None:
        self.world.nodes[name].pause()
        await self.settle()

    async def resume(self, name: str) -> None:
        self.world.nodes[name].resume()


def on_loopback(probe: Callable[[Ground], Coroutine[Any, Any, None]]) -> Log:
    """Play a probe on sockets; gives what its peers saw."""

    async def main() -> Log:
        ground = Loopback()
        try:
            await asyncio.wait_for(probe(ground), PROBE_S)
        finally:
            await ground.end()
        return ground.log

    return asyncio.run(main())


def in_a_world(
    probe: Callable[[Ground], Coroutine[Any, Any, None]], world: World | None = None
) -> Log:
    """Play a probe in a simulated world; gives what its peers saw."""
    world = world or World(seed=1)
    ground = Simulated(world)
    try:
        ground.run(probe)
    finally:
        world.close()
    return ground.log


def _hand_over(future: asyncio.Future[T], task: asyncio.Task[T]) -> None:
    if future.done():
        return
    if task.cancelled():
        future.cancel()
    elif (error := task.exception()) is not None:
        future.set_exception(error)
    else:
        future.set_result(task.result())


async def _rest() -> None:
    # Loopback hands over within the system call; what is left to wait for are turns of loops, and
    # now and then the kernel's own thread on a busy machine.
    for _ in range(_ROUNDS):
        await asyncio.sleep(_ROUND_S)
