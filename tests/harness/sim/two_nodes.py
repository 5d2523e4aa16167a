"""Two nodes, a wire between them, and what goes over it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from natsim.harness.sim.topology import Topology
from natsim.harness.sim.world import World

if TYPE_CHECKING:
    from natsim.harness.sim.clock import Clock
    from natsim.harness.sim.link import Wire

MS = 1_000_000
SECOND = 1_000_000_000
PORT = 80


def joined(wire: Wire, seed: int = 1, clock: Clock | None = None) -> World:
    """Make a world with the nodes a and b and a wire between them."""
    topology = Topology()
    topology.add_node("a")
    topology.add_node("b")
    topology.add_link("a", "b", wire=wire)
    return World(seed, topology, clock)


class Ear(asyncio.Protocol):
    """Hears: every piece with its time, how it ended and when."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.pieces: list[tuple[int, bytes]] = []
        self.ends: list[tuple[int, str]] = []
        self.transport: asyncio.Transport

    @property
    def heard(self) -> bytes:
        """All bytes."""
        return b"".join(piece for _, piece in self.pieces)

    @property
    def last_ns(self) -> int:
        """When the last bytes came."""
        assert self.pieces, "nothing was heard"
        return self.pieces[-1][0]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.pieces.append((self._world.clock.now_ns, data))

    def eof_received(self) -> bool:
        self.ends.append((self._world.clock.now_ns, "eof"))
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self.ends.append((self._world.clock.now_ns, type(exc).__name__ if exc else "closed"))


def connect(world: World) -> tuple[Ear, Ear]:
    """Connect a to b; gives both ends, at the time when both know."""
    ends = connect_many(world, 1)
    return ends[0]


def connect_many(world: World, count: int) -> list[tuple[Ear, Ear]]:
    """Connect a to b several times."""
    far: list[Ear] = []

    def accept() -> Ear:
        far.append(Ear(world))
        return far[-1]

    async def listen() -> None:
        await world.nodes["b"].loop.create_server(accept, "b", PORT)

    async def dial() -> list[Ear]:
        loop = asyncio.get_running_loop()
        near = [Ear(world) for _ in range(count)]
        for end in near:
            await loop.create_connection(lambda end=end: end, "b", PORT)  # type: ignore[misc]
        return near

    world.run(world.nodes["b"], listen())
    near = world.run(world.nodes["a"], dial())
    while len(far) < count:
        world.run_until(world.clock.now_ns + MS)
    return list(zip(near, far, strict=True))


def later(world: World, wait_ns: int) -> int:
    """Let time pass; gives the time."""
    world.run_until(world.clock.now_ns + wait_ns)
    return world.clock.now_ns


def numbered(count: int) -> bytes:
    """Make bytes that would show a gap, a repetition or a wrong order."""
    return b"".join(b"%07d " % n for n in range((count + 7) // 8))[:count]
