"""However a run ends, what is known of it is checked and kept."""

import json
from pathlib import Path

import pytest

from natsim.harness.checkers.verdict import Verdict
from natsim.harness.history.read import read_history
from natsim.harness.plan.expand import expand
from natsim.harness.plan.load import load_plan
from natsim.harness.plan.plan import Plan
from natsim.harness.runner import Exit, Keeper, Run, State, run_plan, simulate
from natsim.harness.sim.clock import HeapClock
from natsim.harness.stage.base import StageError, StageName
from natsim.harness.stage.sim import SimStage
from natsim.scenarios.load import load_scenario
from natsim.scenarios.shelf import library


def _plan(name: str = "crash/kill-restart") -> Plan:
    return expand(load_scenario(library()[name]), seed=3)


def _keep(plan: Plan, parent: Path, stop: str = "", error: BaseException | None = None) -> Run:
    keeper = Keeper(parent, "natsim run x", "text: of the scenario\n")
    keeper.open(plan, StageName.SIM)
    stage = SimStage(plan)

    def progress(what: str) -> None:
        if what == stop and error is not None:
            raise error

    try:
        return run_plan(plan, stage, keeper, progress)
    finally:
        stage.close()


def test_a_run_leaves_all_that_is_known_of_it(tmp_path: Path) -> None:
    plan = _plan()

    run = _keep(plan, tmp_path)

    directory = tmp_path / "kill-restart-3-sim"
    assert run.directory == directory
    assert sorted(path.name for path in directory.iterdir()) == [
        "digests.json", "history.jsonl", "logs", "plan.yaml", "run.json", "scenario.yaml",
        "trace.jsonl", "verdict.json",
    ]  # fmt: skip
    assert (tmp_path / "latest").resolve() == directory
    assert load_plan(directory / "plan.yaml") == plan
    assert len(read_history(directory / "history.jsonl").entries) == len(run.entries)
    facts = json.loads((directory / "run.json").read_text())
    assert (facts["state"], facts["stage"], facts["seed"]) == ("complete", "sim", 3)
    assert facts["versions"]["nats-py"]
    assert "Client connection created" in (directory / "logs" / "n1.log").read_text()


def test_files_are_for_their_owner_only(tmp_path: Path) -> None:
    run = _keep(_plan(), tmp_path)
    assert run.directory is not None

    assert run.directory.stat().st_mode & 0o077 == 0
    modes = {path.stat().st_mode & 0o777 for path in run.directory.rglob("*") if path.is_file()}
    assert modes == {0o600}


def test_a_second_run_of_the_name_gets_a_number(tmp_path: Path) -> None:
    runs = [_keep(_plan("smoke/one-to-one"), tmp_path) for _ in range(2)]

    names = [run.directory.name for run in runs if run.directory is not None]
    assert names == ["one-to-one-3-sim", "one-to-one-3-sim-2"]


@pytest.mark.parametrize(
    ("error", "state", "ended_by"),
    [
        (KeyboardInterrupt(), State.INTERRUPTED, Exit.INTERRUPTED),
        (StageError("the server died"), State.FAILED, Exit.UNAVAILABLE),
        (ZeroDivisionError("ours"), State.FAILED, Exit.FAULT),
    ],
)
def test_a_run_that_breaks_off_is_checked_and_kept(
    tmp_path: Path, error: BaseException, state: State, ended_by: Exit
) -> None:
    run = _keep(_plan(), tmp_path, "settling", error)

    assert (run.state, run.ended_by) == (state, ended_by)
    assert run.report.verdict is not Verdict.INVALID
    assert run.directory is not None
    assert json.loads((run.directory / "run.json").read_text())["state"] == state.value
    assert len(read_history(run.directory / "history.jsonl").entries) == len(run.entries) > 500


def test_a_fault_of_natsim_leaves_its_traceback(tmp_path: Path) -> None:
    run = _keep(_plan(), tmp_path, "settling", ZeroDivisionError("ours"))
    assert run.directory is not None

    assert "ZeroDivisionError: ours" in (run.directory / "logs" / "natsim.log").read_text()


def test_nothing_is_named_complete_before_it_is(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path, "natsim run x", None)
    keeper.open(_plan(), StageName.SIM)

    assert [path.name for path in tmp_path.iterdir()] == [".kill-restart-3-sim.partial"]


def test_both_clocks_give_the_same_digests() -> None:
    plan = _plan("demo")

    assert simulate(plan).digests == simulate(plan, HeapClock()).digests


def test_another_seed_gives_other_bytes() -> None:
    scenario = load_scenario(library()["demo"])
    digests = [simulate(expand(scenario, seed)).digests for seed in (1, 2)]

    assert digests[0]["wire"] != digests[1]["wire"]


@pytest.mark.parametrize("name", list(library()))
def test_every_scenario_of_the_library_is_valid_and_no_checker_of_it_is_idle(name: str) -> None:
    run = simulate(_plan(name))

    assert run.report.verdict is Verdict.VALID, [f for f in run.report.findings if f.anomalies]
    assert run.state is State.COMPLETE
