"""Tests that run on asyncio's loop and on the simulated one: a client on one side, a driver on
the other."""

from __future__ import annotations

import asyncio
import functools
import inspect
import time
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from natsim.broker.now import Now
from natsim.harness.driver import Driver
from natsim.harness.sim.world import World

from .peer import Peer

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from natsim.broker.effects import Note
    from natsim.harness.driver import StateMachine
    from natsim.harness.entrance import Entrance

TEST_S = 20.0


class Net(Protocol):
    """Where a test plays."""

    notes: list[Note]

    async def serve(self, machine: StateMachine, entrance: Entrance | None = None) -> Driver:
        """Listen, at the one address there is."""
        ...

    async def dial(self) -> Peer:
        """Connect a client."""
        ...

    async def wait_closed(self, driver: Driver) -> None:
        """Wait until nothing is left of any connection of a driver's."""
        ...


class RealNet:
    """Loopback and asyncio's own loop."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self._port = 0
        self._drivers: list[Driver] = []

    async def serve(self, machine: StateMachine, entrance: Entrance | None = None) -> Driver:
        loop = asyncio.get_running_loop()
        driver = Driver(
            machine, loop, lambda: Now(time.monotonic_ns(), time.time_ns()), self.notes.append
        )
        self._port = (await driver.listen("127.0.0.1", 0, entrance))[1]
        self._drivers.append(driver)
        return driver

    async def dial(self) -> Peer:
        return await Peer.dial("127.0.0.1", self._port)

    async def wait_closed(self, driver: Driver) -> None:
        await driver.wait_closed()

    async def end(self) -> None:
        """Let nothing be open when the loop ends."""
        for driver in self._drivers:
            driver.close()
            await driver.wait_closed()


class SimulatedNet:
    """Two nodes without a link between them to slow them down."""

    def __init__(self) -> None:
        self.notes: list[Note] = []
        self.world = World(seed=1)
        self.client = self.world.add_node("client")
        self.server = self.world.add_node("server")

    async def serve(self, machine: StateMachine, entrance: Entrance | None = None) -> Driver:
        node = self.server
        driver = Driver(
            machine, node.loop, lambda: Now(node.mono_ns(), node.wall_ns()), self.notes.append
        )
        await driver.listen("server", 4222, entrance)
        return driver

    async def dial(self) -> Peer:
        return await Peer.dial("server", 4222)

    async def wait_closed(self, driver: Driver) -> None:
        waiting = self.server.loop.create_task(driver.wait_closed())
        await until(waiting.done)


def on_both_loops(
    test: Callable[..., Coroutine[Any, Any, None]],
) -> Callable[..., None]:
    """Make two tests of a coroutine function whose first argument is a Net."""

    async def really(*args: Any, **kwargs: Any) -> None:
        async with asyncio.timeout(TEST_S):
            net = RealNet()
            try:
                await test(net, *args, **kwargs)
            finally:
                Peer.abort_all()
                await net.end()

    async def simulated(net: SimulatedNet, *args: Any, **kwargs: Any) -> None:
        async with asyncio.timeout(TEST_S):
            await test(net, *args, **kwargs)

    @pytest.mark.parametrize("is_simulated", [False, True], ids=["asyncio", "simulated"])
    def run(*args: Any, is_simulated: bool, **kwargs: Any) -> None:
        if not is_simulated:
            asyncio.run(really(*args, **kwargs))
            return
        net = SimulatedNet()
        try:
            net.world.run(net.client, simulated(net, *args, **kwargs))
            assert net.server.loop.failures == []
        finally:
            net.world.close()
            Peer.abort_all()

    functools.update_wrapper(run, test)
    # pytest asks for the arguments of what it calls: all but the net.
    run.__signature__ = _signature(test)  # type: ignore[attr-defined]
    return run


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; the test's own time limit is the only one."""
    while not is_so():
        await asyncio.sleep(0.002)


def _signature(test: Callable[..., object]) -> object:
    signature = inspect.signature(test)
    first, *rest = signature.parameters.values()
    del first
    chosen = inspect.Parameter("is_simulated", inspect.Parameter.KEYWORD_ONLY)
    return signature.replace(parameters=[*rest, chosen])
