"""One way of a wire: its cuts, its latencies, and the count that shows a leak."""

from __future__ import annotations

import pytest

from natsim.harness.entropy import Source
from natsim.harness.stage.flow import Flow

MS = 1_000_000


def flow(latency_ns: tuple[int, int] = (0, 0), seed: int = 7) -> Flow:
    return Flow("p1>n1", latency_ns, Source(seed, "p1-n1/up"))


def test_cuts_nest_and_the_last_to_let_go_heals() -> None:
    wire = flow()
    seen: list[bool] = []

    for step in (wire.cut, wire.cut, wire.heal, wire.heal):
        step()
        seen.append(wire.is_cut)

    assert seen == [True, True, True, False]


def test_healing_what_is_whole_is_an_error() -> None:
    with pytest.raises(ValueError, match="p1>n1 is not cut"):
        flow().heal()


def test_bytes_that_pass_a_cut_are_a_leak_and_others_are_not() -> None:
    wire = flow()
    wire.passed_bytes += 100
    wire.cut()
    before = wire.leaked_bytes

    wire.passed_bytes += 7

    assert (before, wire.leaked_bytes) == (0, 7)


def test_a_second_cut_does_not_hide_what_leaked_through_the_first() -> None:
    wire = flow()
    wire.cut()
    wire.passed_bytes += 7

    wire.cut()

    assert wire.leaked_bytes == 7


def test_the_latency_that_began_last_is_in_force() -> None:
    wire = flow((MS, MS))
    wire.slow((2 * MS, 3 * MS))
    wire.slow((4 * MS, 5 * MS))

    wire.unslow((2 * MS, 3 * MS))

    assert wire.latency_ns == (4 * MS, 5 * MS)
    wire.unslow((4 * MS, 5 * MS))
    assert wire.latency_ns == (MS, MS)


def test_a_links_own_latency_cannot_be_undone() -> None:
    with pytest.raises(ValueError, match="was not slowed"):
        flow((MS, MS)).unslow((MS, MS))


def test_delays_lie_in_the_interval_and_follow_the_seed() -> None:
    drawn = [flow((MS, 5 * MS)).draw_delay_s() for _ in range(3)]
    wire, twin, other = flow((MS, 5 * MS)), flow((MS, 5 * MS)), flow((MS, 5 * MS), seed=8)
    delays = [wire.draw_delay_s() for _ in range(100)]

    assert len(set(drawn)) == 1
    assert 0.001 <= min(delays) < 0.002
    assert 0.004 < max(delays) <= 0.005
    assert [twin.draw_delay_s() for _ in range(100)] == delays
    assert [other.draw_delay_s() for _ in range(100)] != delays
