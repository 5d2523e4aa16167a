"""The stage `sim`: our broker and the clients as nodes of one simulated world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, assert_never

import natsim
from natsim.broker.nats.broker import Broker
from natsim.broker.nats.identity import make_identity
from natsim.broker.now import Now
from natsim.harness.driver import Driver
from natsim.harness.plan.plan import Fault, Kill, Partition, Pause, Plan, ServerPlan, SlowLink
from natsim.harness.sim import interpose
from natsim.harness.sim.node import Process
from natsim.harness.sim.topology import Topology
from natsim.harness.sim.world import World

from .base import Achieved, StageName
from .nest import Nest
from .options import broker_options

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine, Mapping

    from natsim.broker.effects import Note
    from natsim.harness.history.entry import Json
    from natsim.harness.sim.clock import Clock
    from natsim.harness.sim.link import Direction
    from natsim.harness.sim.node import Node

T = TypeVar("T")

PORT = 4222
CONDUCTOR = "(natsim)"
"""The node that plays the plan; it has no links, and no scenario can name it."""

NOTES_MAX = 10_000
"""Log lines kept of each server."""

SECOND_NS = 1_000_000_000


class SimStage:
    """One simulated world for one plan.

    clock: SimPy's unless another is given.
    """

    name = StageName.SIM

    def __init__(self, plan: Plan, clock: Clock | None = None) -> None:
        interpose.install()
        self._servers = {server.name: server for server in plan.servers}
        self.world = World(plan.seed, _topology(plan), clock)
        self._conductor = self.world.add_node(CONDUCTOR)
        self._drivers: dict[str, Driver] = {}
        self._down = Nest()
        self._paused = Nest()  # by process, `n1#2`: a pause belongs to one incarnation
        self._held: dict[str, str] = {}
        self.notes: dict[str, list[str]] = {server.name: [] for server in plan.servers}

    def refusals(self, plan: Plan) -> list[str]:
        """Say what of a plan this stage cannot do."""
        return refusals(plan)

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine to its end, in virtual time."""
        return self.world.run(self._conductor, main())

    def now_ns(self) -> int:
        """Tell the true time since the run began."""
        return self.world.clock.now_ns

    async def start(self) -> None:
        """Start all servers."""
        for server in self._servers.values():
            await self._serve(server)

    async def stop(self) -> None:
        """Stop all servers."""
        for driver in self._drivers.values():
            driver.close()
        self._drivers.clear()

    def url(self, client: str, server: str) -> str:
        """Tell a client where it reaches a server."""
        del client  # all clients know the servers by the same names
        return f"nats://{server}:{PORT}"

    def spawn(self, client: str, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Run work on a client's node; the future belongs to the conductor's loop."""
        return self._on_node(self.world.nodes[client], work)

    async def begin(self, fault: Fault) -> Achieved:
        """Let a fault take hold."""
        match fault:
            case Partition():
                return self._cut(fault)
            case Kill():
                return self._kill(fault.target)
            case Pause():
                return self._pause(fault)
            case SlowLink():
                for direction in self._both_ways(*fault.ends):
                    direction.slow(fault.latency_ns)
                return self._latency(fault)
            case _:
                assert_never(fault)

    async def end(self, fault: Fault) -> Achieved:
        """Undo a fault."""
        match fault:
            case Partition():
                return self._heal(fault)
            case Kill():
                if self._down.leave(fault.target):
                    self.world.nodes[fault.target].restart()
                    await self._serve(self._servers[fault.target])
                return {"incarnation": self.world.nodes[fault.target].incarnation}
            case Pause():
                return self._resume(fault)
            case SlowLink():
                for direction in self._both_ways(*fault.ends):
                    direction.unslow(fault.latency_ns)
                return self._latency(fault)
            case _:
                assert_never(fault)

    def digests(self) -> Mapping[str, str]:
        """Give the digests of the run so far."""
        return self.world.digests()

    def versions(self) -> Mapping[str, str]:
        """Name the servers' software."""
        return {"server": f"natsim {natsim.__version__}"}

    def close(self) -> None:
        """End the world; what its programs left is dropped without a word."""
        self.world.close()

    # Servers.

    async def _serve(self, server: ServerPlan) -> None:
        node = self.world.nodes[server.name]
        await self._on_node(node, self._listen(node, server))

    async def _listen(self, node: Node, server: ServerPlan) -> None:
        draw = node.source("broker").below
        # The name of the runtime is ours, not Python's: INFO must be equal on all versions.
        identity = make_identity(server.name, f"natsim{natsim.__version__}", draw)

        def now() -> Now:
            return Now(node.mono_ns(), node.wall_ns())

        driver = Driver(
            Broker(broker_options(server, node.name, PORT), identity, draw, now()),
            node.loop,
            now,
            self._log_of(server.name),
        )
        await driver.listen(node.name, PORT)
        self._drivers[server.name] = driver

    def _log_of(self, server: str) -> Callable[[Note], None]:
        notes = self.notes[server]

        def log(note: Note) -> None:
            if len(notes) < NOTES_MAX:
                notes.append(f"{self.now_ns() / SECOND_NS:.9f} [{note.level}] {note.text}")

        return log

    def _kill(self, server: str) -> Achieved:
        node = self.world.nodes[server]
        self._drivers.pop(server, None)
        sockets = node.kill() if self._down.enter(server) else 0
        return {"sockets_closed": sockets, "incarnation": node.incarnation}

    def _pause(self, fault: Pause) -> Achieved:
        node = self.world.nodes[fault.target]
        if node.process is not Process.DEAD:
            held = self._held[fault.id] = f"{fault.target}#{node.incarnation}"
            if self._paused.enter(held):
                node.pause()
        return {"process": node.process.value, "incarnation": node.incarnation}

    def _resume(self, fault: Pause) -> Achieved:
        node = self.world.nodes[fault.target]
        held = self._held.pop(fault.id, None)
        # A process that was killed meanwhile took its pauses with it.
        is_alive = held == f"{fault.target}#{node.incarnation}"
        if held is not None and self._paused.leave(held) and is_alive:
            node.resume()
        return {"process": node.process.value, "incarnation": node.incarnation}

    def _on_node(self, node: Node, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self._conductor.loop.create_future()
        task = node.loop.create_task(work)
        task.add_done_callback(lambda done: _hand_over(done, future))
        future.add_done_callback(lambda done: task.cancel() if done.cancelled() else None)
        return future

    # Links.

    def _both_ways(self, one: str, other: str) -> tuple[Direction, Direction]:
        network = self.world.network
        return network.direction(one, other), network.direction(other, one)

    def _cut(self, fault: Partition) -> Achieved:
        for sender, receiver in self._lost_ways(fault):
            self.world.network.direction(sender, receiver).cut()
            self.world.topology.cut(sender, receiver)
        return self._islands()

    def _heal(self, fault: Partition) -> Achieved:
        for sender, receiver in self._lost_ways(fault):
            self.world.network.direction(sender, receiver).heal()
            self.world.topology.heal(sender, receiver)
        return self._islands()

    def _lost_ways(self, fault: Partition) -> list[tuple[str, str]]:
        pairs = self.world.topology.between(fault.sides)
        if fault.is_one_way:
            first = set(fault.sides[0])
            return [(one, other) for one, other in pairs if one in first]
        return [way for one, other in pairs for way in ((one, other), (other, one))]

    def _islands(self) -> Achieved:
        islands = [
            " ".join(node for node in island if node != CONDUCTOR)
            for island in self.world.topology.islands()
        ]
        named: list[Json] = [island for island in islands if island]
        return {"islands": named}

    def _latency(self, fault: SlowLink) -> Achieved:
        low, high = self.world.network.direction(*fault.ends).latency_ns
        return {"latency_ns": f"{low}..{high}"}


def refusals(plan: Plan) -> list[str]:
    """Say what of a plan the simulated world cannot do, a sentence each."""
    servers = {server.name for server in plan.servers}
    return [
        f"fault {fault.id}: kill names a server, and {fault.target} is a client; "
        "write pause, or a partition that cuts it off"
        for fault in plan.faults
        if isinstance(fault, Kill) and fault.target not in servers
    ]


def _topology(plan: Plan) -> Topology:
    topology = Topology()
    for server in plan.servers:
        topology.add_node(server.name)
    for client in plan.clients:
        topology.add_node(client.name)
    for client in plan.clients:
        for server in plan.servers:
            topology.add_link(client.name, server.name)
    for link in plan.links:
        topology.add_link(*link.ends, latency_ns=link.latency_ns)
    return topology


def _hand_over(done: asyncio.Task[T], future: asyncio.Future[T]) -> None:
    if future.done():
        return
    if done.cancelled():
        future.cancel()
    elif (error := done.exception()) is not None:
        future.set_exception(error)
    else:
        future.set_result(done.result())
