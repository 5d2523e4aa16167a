"""A healthy server is never accused, whatever breaks around it and wherever the history ends."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from natsim.harness.checkers.check import check
from natsim.harness.checkers.registry import CHECKERS
from natsim.harness.checkers.verdict import Anomaly, Verdict
from natsim.harness.history.entry import Delivered, Entry
from natsim.harness.history.weave import weave

from .weights import BUSY, CALM, HAUNTED, LATE, STORMY, Weights
from .world import World

WORLDS = {"calm": CALM, "busy": BUSY, "stormy": STORMY, "haunted": HAUNTED, "late": LATE}
SEEDS = range(100)
# A step draws little, a world takes many steps.
TOLERATED = [HealthCheck.too_slow, HealthCheck.data_too_large]


def accusations(history: Sequence[Entry]) -> list[Anomaly]:
    report = check(history, list(CHECKERS))
    return [anomaly for finding in report.findings for anomaly in finding.anomalies]


def played(weights: Weights, seed: int) -> list[Entry]:
    return World(Random(seed).randrange, weights, servers=1 + seed % 2).play(100 + 3 * seed)


@pytest.mark.parametrize("name", WORLDS)
def test_no_seed_is_accused(name: str) -> None:
    found = [accusations(played(WORLDS[name], seed)) for seed in SEEDS]

    assert found == [[] for _ in SEEDS]


@pytest.mark.parametrize("name", WORLDS)
def test_no_history_is_accused_where_it_is_cut_off(name: str) -> None:
    history = played(WORLDS[name], seed=50)
    ends = range(0, len(history), 7)

    found = [accusations(history[:end]) for end in ends]

    assert found == [[] for _ in ends]


@pytest.mark.parametrize("name", WORLDS)
def test_an_unproved_message_may_vanish_everywhere(name: str) -> None:
    history = played(WORLDS[name], seed=51)
    unproved = {
        message.id
        for message in weave(history).messages.values()
        if message.barrier is None and message.kind == "publish"
    }
    # An answer that a requester got cannot vanish.
    rest = [
        entry
        for entry in history
        if not (isinstance(entry, Delivered) and entry.msg in unproved and "<" not in entry.msg)
    ]

    assert accusations(rest) == []


@settings(max_examples=40, deadline=None, suppress_health_check=TOLERATED)
@given(
    random=st.randoms(use_true_random=False),
    name=st.sampled_from(sorted(WORLDS)),
    servers=st.integers(1, 3),
    steps=st.integers(1, 150),
)
def test_no_world_that_hypothesis_can_think_of_is_accused(
    random: Random, name: str, servers: int, steps: int
) -> None:
    history = World(random.randrange, WORLDS[name], servers).play(steps)

    assert accusations(history) == []


def test_every_checker_finds_something_to_check_in_a_calm_world() -> None:
    history = World(Random(1).randrange, CALM).play(600)

    report = check(history, list(CHECKERS))

    assert report.verdict is Verdict.VALID
    assert [finding.verdict for finding in report.findings] == [Verdict.VALID] * len(CHECKERS)
