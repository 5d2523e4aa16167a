"""The state machine accuses no healthy broker, finds planted bugs, prints what can be played."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from natsim.harness.checkers.verdict import Verdict
from natsim.harness.mutants.bank import MUTANTS
from natsim.harness.mutants.mutant import planted
from natsim.harness.plan.load import load_plan
from natsim.harness.runner import simulate
from natsim.harness.stateful.core_nats import CoreNats

TestCoreNats = CoreNats.TestCase
TestCoreNats.settings = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

# A found bug is not shrunk here: that it is found, and what is printed, is what counts.
HUNT = settings(
    max_examples=300,
    stateful_step_count=30,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.parametrize(
    "name", ["reach-siblings", "tail-matches-parent", "two-members-of-a-group",
             "deliver-everything-twice"]
)  # fmt: skip
def test_it_finds_a_planted_bug_and_its_plan_shows_it_again(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with planted(MUTANTS[name]), pytest.raises(AssertionError) as raised:
        run_state_machine_as_test(CoreNats, settings=HUNT)
    printed = capsys.readouterr().out + "\n".join(getattr(raised.value, "__notes__", []))

    path = tmp_path / "plan.yaml"
    path.write_text(_plan_in(printed))
    plan = load_plan(path)
    with planted(MUTANTS[name]):
        broken = simulate(plan)
    healthy = simulate(plan)

    assert broken.report.verdict is Verdict.INVALID
    assert healthy.report.verdict is not Verdict.INVALID


def _plan_in(printed: str) -> str:
    found = re.search(r"natsim run plan.yaml`:\n(schema: (?:.*\n)+?)(?=\n|state\.|$)", printed)
    assert found is not None, printed
    return found.group(1)
