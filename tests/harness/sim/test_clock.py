"""Both clocks keep time alike."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.harness.sim.clock import Clock, HeapClock, SimpyClock

MAKERS = [SimpyClock, HeapClock]


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_due_at_one_time_happens_in_the_order_asked(make: type[Clock]) -> None:
    clock = make()
    seen: list[int] = []
    for number in range(5):
        clock.call_at(10, lambda number=number: seen.append(number))
    clock.advance(10)

    assert seen == [0, 1, 2, 3, 4]
    assert clock.now_ns == 10


@pytest.mark.parametrize("make", MAKERS)
def test_a_time_that_is_past_means_now(make: type[Clock]) -> None:
    clock = make()
    clock.advance(100)
    seen: list[int] = []
    clock.call_at(5, lambda: seen.append(clock.now_ns))
    clock.advance(100)

    assert seen == [100]


@pytest.mark.parametrize("make", MAKERS)
def test_nothing_due_is_none(make: type[Clock]) -> None:
    clock = make()
    clock.call_at(7, lambda: None)
    before = clock.next_ns()
    clock.advance(7)

    assert (before, clock.next_ns()) == (7, None)


@pytest.mark.parametrize("make", MAKERS)
def test_what_is_due_is_moved_to_other_times_and_keeps_its_order(make: type[Clock]) -> None:
    clock = make()
    seen: list[tuple[int, int]] = []
    actions = [lambda number=number: seen.append((clock.now_ns, number)) for number in range(4)]
    moved: list[tuple[Callable[[], None], int]] = list(zip(actions, (30, 5, 20), strict=False))
    for at_ns, action in zip((10, 20, 30, 20), actions, strict=True):
        clock.call_at(at_ns, action)
    clock.advance(8)
    clock.retime(lambda action: dict(moved).get(action))
    clock.advance(100)

    assert seen == [(8, 1), (20, 2), (20, 3), (30, 0)]


@given(
    asked=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), max_size=20),
    stops=st.lists(st.integers(0, 80), max_size=5),
)
def test_the_twins_give_the_same_history(asked: list[tuple[int, int]], stops: list[int]) -> None:
    histories = [_history(make(), asked, stops) for make in MAKERS]

    assert histories[0] == histories[1]


def _history(clock: Clock, asked: list[tuple[int, int]], stops: list[int]) -> list[tuple[int, int]]:
    seen: list[tuple[int, int]] = []

    def act(number: int, again_ns: int) -> None:
        seen.append((clock.now_ns, number))
        if again_ns:
            clock.call_at(clock.now_ns + again_ns, lambda: act(number, again_ns // 2))

    for number, (at_ns, again_ns) in enumerate(asked):
        clock.call_at(at_ns, lambda number=number, again_ns=again_ns: act(number, again_ns))
    for stop in sorted(stops):
        clock.advance(stop)
    return seen
