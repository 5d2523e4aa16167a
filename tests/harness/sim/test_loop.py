"""SimLoop is an asyncio event loop in virtual time."""

import asyncio
import socket

import pytest

from natsim.harness.sim.errors import Deadlock, Livelock, NotSimulated
from natsim.harness.sim.world import World


def test_callbacks_run_first_in_first_out(world: World) -> None:
    async def main() -> list[int]:
        seen: list[int] = []
        loop = asyncio.get_running_loop()
        for number in range(5):
            loop.call_soon(seen.append, number)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return seen

    assert world.run(world.nodes["a"], main()) == [0, 1, 2, 3, 4]


def test_a_minute_of_sleep_takes_exactly_a_minute_of_virtual_time(world: World) -> None:
    async def main() -> None:
        for _ in range(600):
            await asyncio.sleep(0.1)

    world.run(world.nodes["a"], main())

    assert world.clock.now_ns == 60_000_000_000


def test_a_time_out_ends_what_would_wait_for_ever(world: World) -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 1.5)
        return asyncio.get_running_loop().time()

    assert world.run(world.nodes["a"], main()) == 1.5


def test_a_cancelled_timer_does_not_fire(world: World) -> None:
    seen: list[str] = []

    async def main() -> None:
        loop = asyncio.get_running_loop()
        timer = loop.call_later(1, seen.append, "no")
        loop.call_later(2, seen.append, "yes")
        timer.cancel()
        await asyncio.sleep(3)

    world.run(world.nodes["a"], main())

    assert seen == ["yes"]


def test_each_node_runs_on_its_own_loop_in_one_time(world: World) -> None:
    seen: list[tuple[str, float]] = []

    async def tick(name: str, every: float) -> None:
        for _ in range(3):
            await asyncio.sleep(every)
            seen.append((name, asyncio.get_running_loop().time()))

    world.nodes["b"].loop.create_task(tick("b", 0.5))
    world.run(world.nodes["a"], tick("a", 1))

    assert seen == [("b", 0.5), ("a", 1.0), ("b", 1.0), ("b", 1.5), ("a", 2.0), ("a", 3.0)]


def test_work_for_an_executor_runs_in_a_step_of_its_own(world: World) -> None:
    async def main() -> int:
        return await asyncio.get_running_loop().run_in_executor(None, sum, [1, 2, 3])

    assert world.run(world.nodes["a"], main()) == 6


def test_tasks_are_named_after_their_node(world: World) -> None:
    async def main() -> str:
        task = asyncio.current_task()
        assert task is not None
        return task.get_name()

    assert world.run(world.nodes["a"], main()) == "a/1"


def test_an_exception_in_a_callback_is_kept_and_the_loop_goes_on(world: World) -> None:
    async def main() -> None:
        asyncio.get_running_loop().call_soon(lambda: 1 / 0)
        await asyncio.sleep(1)

    world.run(world.nodes["a"], main())

    assert isinstance(world.nodes["a"].loop.failures[0]["exception"], ZeroDivisionError)


def test_waiting_for_ever_is_a_deadlock_that_names_the_tasks(world: World) -> None:
    with pytest.raises(Deadlock, match="a/1"):
        world.run(world.nodes["a"], asyncio.Event().wait())


def test_spinning_is_a_livelock_that_names_the_tasks(world: World) -> None:
    async def spin() -> None:
        while True:
            await asyncio.sleep(0)

    with pytest.raises(Livelock, match="a/1") as raised:
        world.run(world.nodes["a"], spin())
    assert raised.value.at_ns == 0


def test_names_are_resolved_without_any_real_dns(world: World) -> None:
    async def main() -> tuple[object, object]:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo("b", 80)
        with pytest.raises(socket.gaierror):
            await loop.getaddrinfo("example.com", 80)
        return found[0][4], await loop.getnameinfo(("10.0.0.2", 80))

    assert world.run(world.nodes["a"], main()) == (("10.0.0.2", 80), ("b", "80"))


def test_what_a_world_does_not_have_is_refused_with_its_name(world: World) -> None:
    async def main() -> None:
        await asyncio.create_subprocess_exec("true")

    with pytest.raises(NotSimulated, match="subprocesses"):
        world.run(world.nodes["a"], main())
