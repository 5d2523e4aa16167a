"""Every planted bug is found, by the checker that should find it, and the healthy broker is not."""

from functools import cache
from pathlib import Path

import pytest

from natsim.harness.checkers.verdict import Verdict
from natsim.harness.mutants.bank import CANARY, MUTANTS
from natsim.harness.mutants.mutant import Mutant, MutantError, planted
from natsim.harness.plan.expand import expand
from natsim.harness.runner import Run, simulate
from natsim.scenarios.load import load_scenario
from natsim.scenarios.scenario import Scenario
from natsim.scenarios.shelf import library


@cache
def _scenario(name: str) -> Scenario:
    path = Path(__file__).parent / "prey.yaml" if name == "prey" else library()[name]
    return load_scenario(path)


def _accusers(run: Run) -> list[str]:
    return [finding.checker for finding in run.report.findings if finding.anomaly_count]


@pytest.mark.parametrize("name", list(MUTANTS))
def test_the_right_checker_finds_the_bug(name: str) -> None:
    mutant = MUTANTS[name]

    with planted(mutant):
        run = simulate(expand(_scenario("prey"), seed=1))

    assert set(_accusers(run)) & set(mutant.caught_by)


@pytest.mark.parametrize(
    "name", ["drop-one-in-fifty", "deliver-one-in-fifty-twice", "reach-siblings",
             "two-members-of-a-group", CANARY]
)  # fmt: skip
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_it_is_found_in_the_middle_of_faults_too(name: str, seed: int) -> None:
    mutant = MUTANTS[name]

    with planted(mutant):
        run = simulate(expand(_scenario("demo"), seed))

    assert set(_accusers(run)) & set(mutant.caught_by)


def test_nobody_accuses_the_healthy_broker() -> None:
    run = simulate(expand(_scenario("prey"), seed=1))

    assert run.report.verdict is Verdict.VALID
    assert all(finding.checked for finding in run.report.findings)


def test_a_bug_is_gone_after_the_planting() -> None:
    with planted(MUTANTS[CANARY]):
        pass

    assert simulate(expand(_scenario("prey"), seed=1)).report.verdict is Verdict.VALID


@pytest.mark.parametrize(
    "target",
    ["natsim.broker.nats.nowhere:f", "natsim.broker.nats.deliver:Delivery.nothing",
     "natsim.broker.nats.limits:PING_MAX"],
)  # fmt: skip
def test_a_mutant_without_its_target_fails_the_bank(target: str) -> None:
    mutant = Mutant(name="x", sentence="", target=target, make=lambda f: f, caught_by=())

    with pytest.raises(MutantError, match="the mutant x replaces"), planted(mutant):
        pass
