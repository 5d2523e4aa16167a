"""Worlds for the tests of the simulated world."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from natsim.broker.nats.broker import Broker
from natsim.broker.nats.identity import make_identity
from natsim.broker.nats.options import AuthorizationOptions, Options
from natsim.broker.now import Now
from natsim.harness.driver import Driver
from natsim.harness.sim import interpose
from natsim.harness.sim.world import World

if TYPE_CHECKING:
    from natsim.harness.sim.node import Node

NO_AUTHORIZATION = AuthorizationOptions()


@pytest.fixture
def world() -> Iterator[World]:
    """A world with the nodes a and b, which no link keeps apart."""
    world = World(seed=1)
    world.add_node("a")
    world.add_node("b")
    yield world
    world.close()


@pytest.fixture
def nats_world() -> Iterator[World]:
    """A world with the server n1 and the clients c1, c2, c3."""
    interpose.install()
    world = World(seed=1)
    for name in ("n1", "c1", "c2", "c3"):
        world.add_node(name)
    serve(world, "n1")
    yield world
    world.close()


def serve(world: World, name: str, authorization: AuthorizationOptions = NO_AUTHORIZATION) -> None:
    """Let a node be a NATS server on port 4222."""
    node = world.nodes[name]
    world.run(node, _listen(node, authorization))


async def _listen(node: Node, authorization: AuthorizationOptions) -> None:
    draw = node.source("broker").below
    options = Options(host=node.name, authorization=authorization)
    broker = Broker(options, make_identity(node.name, "test", draw), draw)
    driver = Driver(
        broker, node.loop, lambda: Now(node.mono_ns(), node.wall_ns()), lambda _note: None
    )
    await driver.listen(node.name, 4222)
