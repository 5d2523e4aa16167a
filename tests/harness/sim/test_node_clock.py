"""A node's clock goes as it was set, to the nanosecond, for ever."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.harness.sim.clock import HeapClock
from natsim.harness.sim.node_clock import DRIFT_PPM_MAX, WALL_NS_MAX, NodeClock

SECOND_NS = 1_000_000_000
DAY_NS = 86_400 * SECOND_NS
START_NS = 1_767_225_600 * SECOND_NS
MILLION = 1_000_000

drifts = st.integers(-DRIFT_PPM_MAX, DRIFT_PPM_MAX)
spans = st.integers(0, 10 * DAY_NS) | st.integers(0, 20)
jumps = st.integers(-DAY_NS, DAY_NS)
lives = st.lists(st.tuples(spans, drifts, jumps), max_size=20)
"""What happens to a clock: time passes, then it is given a drift, and jumps."""


def _clock(drift_ppm: int = 0) -> tuple[HeapClock, NodeClock]:
    true = HeapClock()
    clock = NodeClock(true, START_NS)
    clock.drift(drift_ppm)
    return true, clock


def _pass(true: HeapClock, span_ns: int) -> None:
    true.advance(true.now_ns + span_ns)


@given(spans)
def test_a_clock_that_nobody_set_reads_true_time(span_ns: int) -> None:
    true, clock = _clock()
    _pass(true, span_ns)

    assert (clock.now_ns, clock.wall_ns) == (span_ns, START_NS + span_ns)
    assert clock.monotonic is true


@pytest.mark.parametrize(
    ("drift_ppm", "after_a_day_ns"),
    [
        (0, DAY_NS),
        (1, DAY_NS + 86_400_000),
        (-1, DAY_NS - 86_400_000),
        (DRIFT_PPM_MAX, 95_040 * SECOND_NS),
        (-DRIFT_PPM_MAX, 77_760 * SECOND_NS),
    ],
)
def test_drift_is_in_millionths_of_both_clocks(drift_ppm: int, after_a_day_ns: int) -> None:
    true, clock = _clock(drift_ppm)
    _pass(true, DAY_NS)

    assert (clock.now_ns, clock.wall_ns) == (after_a_day_ns, START_NS + after_a_day_ns)


@given(lives)
def test_nothing_accumulates_however_often_the_rate_changes(
    life: list[tuple[int, int, int]],
) -> None:
    true, clock = _clock()
    millionths, rate = 0, MILLION
    for span_ns, drift_ppm, by_ns in life:
        _pass(true, span_ns)
        millionths += span_ns * rate
        rate = MILLION + drift_ppm
        clock.drift(drift_ppm)
        clock.jump(by_ns)

    assert clock.now_ns == millionths // MILLION
    assert clock.wall_ns == START_NS + clock.now_ns + sum(by_ns for _, _, by_ns in life)


def test_ten_thousand_changes_of_rate_lose_nothing() -> None:
    true, clock = _clock()
    for drift_ppm in (1, -1) * 5_000:
        clock.drift(drift_ppm)
        _pass(true, 1)

    assert clock.now_ns == 10_000


@given(lives)
def test_the_monotonic_clock_never_goes_back(life: list[tuple[int, int, int]]) -> None:
    true, clock = _clock()
    read = [clock.now_ns]
    for span_ns, drift_ppm, by_ns in life:
        _pass(true, span_ns)
        read.append(clock.now_ns)
        clock.drift(drift_ppm)
        read.append(clock.now_ns)
        clock.jump(by_ns)
        read.append(clock.now_ns)

    assert all(before <= after for before, after in pairwise(read))


@pytest.mark.parametrize("by_ns", [-DAY_NS, -1, 0, 1, DAY_NS])
def test_a_jump_sets_the_wall_clock_and_no_other(by_ns: int) -> None:
    true, clock = _clock(40)
    _pass(true, DAY_NS)
    mono_ns, wall_ns = clock.now_ns, clock.wall_ns
    clock.jump(by_ns)

    assert (clock.now_ns, clock.wall_ns) == (mono_ns, wall_ns + by_ns)


@given(life=lives, ahead_ns=spans)
def test_a_time_comes_at_the_first_instant_that_reads_it(
    life: list[tuple[int, int, int]], ahead_ns: int
) -> None:
    true, clock = _clock()
    for span_ns, drift_ppm, _ in life:
        _pass(true, span_ns)
        clock.drift(drift_ppm)
    mono_ns = clock.now_ns + 1 + ahead_ns
    at_ns = clock.true_ns(mono_ns)

    true.advance(at_ns - 1)
    before_ns = clock.now_ns
    true.advance(at_ns)
    # A fast clock passes over one nanosecond in eleven.
    assert before_ns < mono_ns <= clock.now_ns <= mono_ns + 1


@given(drift_ppm=drifts, times=st.lists(spans, min_size=2, max_size=10))
def test_later_times_never_come_earlier(drift_ppm: int, times: list[int]) -> None:
    _, clock = _clock(drift_ppm)
    came = [clock.true_ns(mono_ns) for mono_ns in sorted(times)]

    assert came == sorted(came)


def test_a_drift_that_ends_leaves_what_was_gained() -> None:
    true, clock = _clock(100_000)
    _pass(true, 10 * SECOND_NS)
    clock.drift(0)
    _pass(true, 10 * SECOND_NS)

    assert clock.now_ns == 21 * SECOND_NS
    assert clock.monotonic is clock


@pytest.mark.parametrize("drift_ppm", [-100_001, 100_001])
def test_a_drift_beyond_its_bounds_is_refused(drift_ppm: int) -> None:
    _, clock = _clock(7)

    with pytest.raises(ValueError, match=rf"drift is {drift_ppm} ppm; .* -100000\.\.100000"):
        clock.drift(drift_ppm)
    assert clock.drift_ppm == 7


@pytest.mark.parametrize("by_ns", [-START_NS - 1, WALL_NS_MAX - START_NS + 1])
def test_a_jump_out_of_the_years_is_refused(by_ns: int) -> None:
    _, clock = _clock()

    with pytest.raises(ValueError, match=r"would be at .* the years 1970 to 2262"):
        clock.jump(by_ns)
    assert clock.wall_ns == START_NS


@pytest.mark.parametrize("by_ns", [-START_NS, WALL_NS_MAX - START_NS])
def test_a_jump_to_the_edge_of_the_years_is_not(by_ns: int) -> None:
    _, clock = _clock()
    clock.jump(by_ns)

    assert clock.wall_ns == START_NS + by_ns
