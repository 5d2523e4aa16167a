"""A kept run, played again, is the same, or the first difference is shown."""

import json
from pathlib import Path

import pytest

from natsim.harness.mutants.bank import CANARY, MUTANTS
from natsim.harness.mutants.mutant import planted
from natsim.harness.plan.expand import expand
from natsim.harness.replay import ReplayError, Sameness, read_kept, replay
from natsim.harness.runner import Keeper, run_plan
from natsim.harness.stage.base import StageName
from natsim.harness.stage.sim import SimStage
from natsim.scenarios.load import load_scenario
from natsim.scenarios.shelf import library


def _kept(parent: Path) -> Path:
    plan = expand(load_scenario(library()["crash/pause"]), seed=3)
    keeper = Keeper(parent, "natsim run x", None)
    keeper.open(plan, StageName.SIM)
    stage = SimStage(plan)
    run = run_plan(plan, stage, keeper)
    stage.close()
    assert run.directory is not None
    return run.directory


def test_the_same_plan_is_the_same_run(tmp_path: Path) -> None:
    again = replay(read_kept(_kept(tmp_path)), server=None)

    assert (again.sameness, again.remarks) == (Sameness.SAME, [])


def test_a_plan_that_was_edited_shows_where_it_parts(tmp_path: Path) -> None:
    directory = _kept(tmp_path)
    plan = directory / "plan.yaml"
    plan.write_text(plan.read_text().replace("size: 64", "size: 65", 1))

    again = replay(read_kept(directory), server=None)

    assert again.sameness is Sameness.DIFFERENT
    assert again.remarks[0] == "the digests differ: history, wire"
    assert "history.jsonl:" in again.remarks[1]
    assert '"size":64' in again.remarks[1]
    assert '"size":65' in again.remarks[1]
    assert "trace.jsonl:" in again.remarks[2]


def test_a_bug_that_is_gone_is_fixed(tmp_path: Path) -> None:
    with planted(MUTANTS[CANARY]):
        directory = _kept(tmp_path)

    assert replay(read_kept(directory), server=None).sameness is Sameness.FIXED


def test_another_version_is_told_and_only_verdicts_are_compared(tmp_path: Path) -> None:
    directory = _kept(tmp_path)
    facts = json.loads((directory / "run.json").read_text())
    facts["versions"]["natsim"] = "0.0.1"
    (directory / "run.json").write_text(json.dumps(facts))
    digests = json.loads((directory / "digests.json").read_text())
    (directory / "digests.json").write_text(json.dumps({**digests, "wire": "other"}))

    again = replay(read_kept(directory), server=None)

    assert again.sameness is Sameness.SAME
    assert again.remarks[0].startswith("natsim was 0.0.1 and is ")
    assert again.remarks[1] == "the digests differ (wire), as they may between versions"


def test_another_python_minor_version_may_have_another_schedule(tmp_path: Path) -> None:
    directory = _kept(tmp_path)
    digests = json.loads((directory / "digests.json").read_text())
    changed = {**digests, "schedule": "other", "python": "3.10.1"}
    (directory / "digests.json").write_text(json.dumps(changed))

    assert replay(read_kept(directory), server=None).sameness is Sameness.SAME


@pytest.mark.parametrize("missing", ["run.json", "digests.json", "verdict.json"])
def test_a_directory_that_is_not_whole_is_refused(tmp_path: Path, missing: str) -> None:
    directory = _kept(tmp_path)
    (directory / missing).unlink()

    with pytest.raises(ReplayError, match=missing):
        read_kept(directory)


def test_an_interrupted_run_is_no_measure(tmp_path: Path) -> None:
    directory = _kept(tmp_path)
    facts = json.loads((directory / "run.json").read_text())
    (directory / "run.json").write_text(json.dumps({**facts, "state": "interrupted"}))

    with pytest.raises(ReplayError, match=r"was interrupted: .* write natsim run .*plan\.yaml"):
        read_kept(directory)


def test_a_run_without_digests_is_no_measure(tmp_path: Path) -> None:
    directory = _kept(tmp_path)
    (directory / "digests.json").write_text("{}")

    with pytest.raises(ReplayError, match="has no digest"):
        read_kept(directory)
