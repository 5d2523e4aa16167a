"""What a process does by the clock of its node."""

import asyncio
import datetime
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.harness.sim import interpose
from natsim.harness.sim.clock import Clock, HeapClock, SimpyClock
from natsim.harness.sim.node import Node
from natsim.harness.sim.node_clock import DRIFT_PPM_MAX
from natsim.harness.sim.world import START_WALL_NS, World

SECOND_NS = 1_000_000_000
FAST, SLOW = 100_000, -100_000
CLOCKS = [SimpyClock, HeapClock]


def _world(make: Callable[[], Clock] = SimpyClock) -> World:
    return World(1, clock=make())


async def _sleep(world: World, seconds: float) -> tuple[int, float]:
    await asyncio.sleep(seconds)
    return world.clock.now_ns, asyncio.get_running_loop().time()


@pytest.mark.parametrize(
    ("drift_ppm", "true_ns"),
    [(0, 11_000_000_000), (FAST, 10_000_000_000), (SLOW, 12_222_222_223), (1, 10_999_989_001)],
)
def test_a_timer_fires_by_the_clock_of_its_node(drift_ppm: int, true_ns: int) -> None:
    world = _world()
    node = world.add_node("a", drift_ppm=drift_ppm)

    assert world.run(node, _sleep(world, 11)) == (true_ns, 11.0)


@given(
    drift_ppm=st.integers(-DRIFT_PPM_MAX, DRIFT_PPM_MAX),
    delays_ms=st.lists(st.integers(0, 100_000_000), min_size=1, max_size=5),
)
def test_a_timer_is_never_early_and_at_most_a_nanosecond_late(
    drift_ppm: int, delays_ms: list[int]
) -> None:
    world = _world(HeapClock)
    node = world.add_node("a", drift_ppm=drift_ppm)

    async def main() -> list[int]:
        late: list[int] = []
        for delay_ms in delays_ms:
            asked_ns = node.mono_ns()
            await asyncio.sleep(delay_ms / 1000)
            late.append(node.mono_ns() - asked_ns - delay_ms * 1_000_000)
        return late

    late = world.run(node, main())

    assert all(late_ns in (0, 1) for late_ns in late)


def test_call_at_takes_the_time_that_the_loop_reads() -> None:
    world = _world()
    node = world.add_node("a", drift_ppm=FAST)

    async def main() -> float:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(11)
        fired: asyncio.Future[float] = loop.create_future()
        timer = loop.call_at(loop.time() + 11, lambda: fired.set_result(loop.time()))
        assert timer.when() == 22.0
        return await fired

    assert world.run(node, main()) == 22.0
    assert world.clock.now_ns == 20 * SECOND_NS


@pytest.mark.parametrize("by_ns", [-3600 * SECOND_NS, 3600 * SECOND_NS])
def test_a_jump_of_the_wall_clock_moves_no_timer(by_ns: int) -> None:
    world = _world()
    node = world.add_node("a")
    world.clock.call_at(SECOND_NS, lambda: node.clock.jump(by_ns))

    assert world.run(node, _sleep(world, 10)) == (10 * SECOND_NS, 10.0)
    assert node.wall_ns() == START_WALL_NS + 10 * SECOND_NS + by_ns


@pytest.mark.parametrize("make", CLOCKS)
@pytest.mark.parametrize(("drift_ppm", "true_ns"), [(FAST, 21_000_000_000), (SLOW, 23_444_444_445)])
def test_a_timer_that_waits_comes_due_by_the_rate_its_clock_changed_to(
    make: Callable[[], Clock], drift_ppm: int, true_ns: int
) -> None:
    world = _world(make)
    node = world.add_node("a")
    world.clock.call_at(10 * SECOND_NS, lambda: node.clock.drift(drift_ppm))

    # 10 s go by as they were, 12.1 s by the new rate.
    assert world.run(node, _sleep(world, 22.1)) == (true_ns, 22.1)


@pytest.mark.parametrize("make", CLOCKS)
def test_a_change_of_one_clock_moves_nothing_of_others(make: Callable[[], Clock]) -> None:
    world = _world(make)
    one, other = world.add_node("a"), world.add_node("b")
    seen: list[tuple[str, int]] = []

    async def tick(name: str) -> None:
        for _ in range(2):
            await asyncio.sleep(10)
            seen.append((name, world.clock.now_ns))

    one.loop.create_task(tick("a"))
    other.loop.create_task(tick("b"))
    world.clock.call_at(0, lambda: one.clock.drift(FAST))
    world.run_until(30 * SECOND_NS)

    assert seen == [
        ("a", 9_090_909_091),
        ("b", 10_000_000_000),
        ("a", 18_181_818_182),
        ("b", 20_000_000_000),
    ]


def test_every_name_for_the_time_reads_the_nodes_own_clock() -> None:
    world = _world()
    node = world.add_node("a", offset_ns=-5 * SECOND_NS, drift_ppm=FAST)

    async def main() -> list[object]:
        await asyncio.sleep(11)
        time, day = interpose.NodeTime(), interpose.NodeDatetime
        return [
            asyncio.get_running_loop().time(), time.monotonic(), time.perf_counter(),
            time.monotonic_ns(), time.perf_counter_ns(), time.time(), time.time_ns(),
            day.now(datetime.UTC), day.now(), day.utcnow(), day.today(),
        ]  # fmt: skip

    wall = datetime.datetime(2026, 1, 1, 0, 0, 6, tzinfo=datetime.UTC)
    bare = wall.replace(tzinfo=None)
    assert world.run(node, main()) == [
        11.0, 11.0, 11.0,
        11 * SECOND_NS, 11 * SECOND_NS, wall.timestamp(), START_WALL_NS + 6 * SECOND_NS,
        wall, bare, bare, bare,
    ]  # fmt: skip
    assert world.clock.now_ns == 10 * SECOND_NS


def test_two_nodes_disagree_in_one_instant() -> None:
    world = _world()
    for name, offset_ns, drift_ppm in (("a", 0, 0), ("b", 7, FAST), ("c", -7, SLOW)):
        world.add_node(name, offset_ns=offset_ns, drift_ppm=drift_ppm)
    world.run_until(10)

    assert [(node.mono_ns(), node.wall_ns() - START_WALL_NS) for node in world.nodes.values()] == [
        (10, 10),
        (11, 18),
        (9, 2),
    ]


def test_the_clock_of_a_paused_process_goes_on_and_its_timers_fire_when_it_does() -> None:
    world = _world()
    node = world.add_node("a", drift_ppm=FAST)

    async def main() -> tuple[int, int]:
        await asyncio.sleep(1.1)
        return world.clock.now_ns, node.mono_ns()

    world.clock.call_at(SECOND_NS // 2, node.pause)
    world.clock.call_at(10 * SECOND_NS, node.resume)

    assert world.run(node, main()) == (10 * SECOND_NS, 11 * SECOND_NS)


def _settings(node: Node) -> tuple[int, int, int]:
    return node.clock.drift_ppm, node.mono_ns(), node.wall_ns()


def test_a_new_process_finds_the_clock_as_the_old_one_left_it() -> None:
    world = _world()
    node = world.add_node("a", offset_ns=SECOND_NS, drift_ppm=FAST)
    world.run_until(10 * SECOND_NS)
    node.clock.jump(-3 * SECOND_NS)
    before = _settings(node)
    node.kill()
    node.restart()

    assert _settings(node) == before
    assert world.run(node, _sleep(world, 11)) == (20 * SECOND_NS, 22.0)


def test_a_clock_is_set_while_no_process_runs() -> None:
    world = _world()
    node = world.add_node("a")
    node.kill()
    node.clock.drift(SLOW)
    node.restart()

    assert world.run(node, _sleep(world, 9)) == (10 * SECOND_NS, 9.0)


@pytest.mark.parametrize("settings", [{"drift_ppm": 1_000_000}, {"offset_ns": -START_WALL_NS - 1}])
def test_a_node_whose_clock_cannot_be_is_not_added(settings: dict[str, int]) -> None:
    world = _world()

    with pytest.raises(ValueError, match="must be in"):
        world.add_node("a", **settings)
    assert (list(world.nodes), list(world.topology.nodes)) == ([], [])
    with pytest.raises(OSError, match="not known"):
        world.network.resolve("a")
