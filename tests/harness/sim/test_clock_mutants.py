"""Every bug planted in the clocks is found, by each test that should find it."""

from collections.abc import Callable
from functools import partial

import pytest

from natsim.harness.mutants.mutant import Mutant, planted
from natsim.harness.sim.clock import SimpyClock

from . import test_node_clock as clocks
from . import test_time_on_a_node as times
from .clock_mutants import CLOCK_MUTANTS

WITNESSES: dict[str, Callable[[], None]] = {
    "monotonic": clocks.test_the_monotonic_clock_never_goes_back,
    "exact": clocks.test_nothing_accumulates_however_often_the_rate_changes,
    "nothing-lost": clocks.test_ten_thousand_changes_of_rate_lose_nothing,
    "first-instant": clocks.test_a_time_comes_at_the_first_instant_that_reads_it,
    "rate": partial(clocks.test_drift_is_in_millionths_of_both_clocks, 1, 86_400_086_400_000),
    "jumps": partial(clocks.test_a_jump_sets_the_wall_clock_and_no_other, -1),
    "timers": partial(times.test_a_timer_fires_by_the_clock_of_its_node, 1, 10_999_989_001),
    "timers-through-a-jump": partial(times.test_a_jump_of_the_wall_clock_moves_no_timer, 10**12),
    "timers-that-wait": partial(
        times.test_a_timer_that_waits_comes_due_by_the_rate_its_clock_changed_to,
        SimpyClock, times.FAST, 21_000_000_000,
    ),
    "call-at": times.test_call_at_takes_the_time_that_the_loop_reads,
    "names-for-the-time": times.test_every_name_for_the_time_reads_the_nodes_own_clock,
    "pause": times.test_the_clock_of_a_paused_process_goes_on_and_its_timers_fire_when_it_does,
    "restart": times.test_a_new_process_finds_the_clock_as_the_old_one_left_it,
}  # fmt: skip
"""The tests by short names, and where one has parameters, with some that it has."""

ACCUSATIONS = [(mutant, witness) for mutant in CLOCK_MUTANTS for witness in mutant.caught_by]


@pytest.mark.parametrize(
    ("mutant", "witness"), ACCUSATIONS, ids=[f"{bug.name}-{name}" for bug, name in ACCUSATIONS]
)
def test_the_bug_is_found(mutant: Mutant, witness: str) -> None:
    with planted(mutant), pytest.raises(AssertionError):
        WITNESSES[witness]()


@pytest.mark.parametrize("witness", list(WITNESSES))
def test_nobody_accuses_a_healthy_clock(witness: str) -> None:
    WITNESSES[witness]()
