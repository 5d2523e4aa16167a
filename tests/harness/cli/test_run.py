"""`natsim run` plays, says what it found, and ends with the right code."""

import json
import re
from pathlib import Path

import pytest

from natsim.harness.stage.base import StageError, StageUnavailable
from natsim.harness.stage.sim import SimStage

from .conftest import Command

README = Path(__file__).parents[3] / "README.md"


def test_a_valid_run_ends_with_0_and_names_its_report_seed_and_replay(
    natsim: Command, scenario: Path
) -> None:
    result = natsim("run", str(scenario), "--seed", "7")

    assert result.exit_code == 0
    assert result.stdout.startswith("valid: 4 guarantees held")
    assert "seed    7" in result.stdout
    assert "runs/small-7-sim/report.html" in result.stdout
    assert "natsim replay runs/small-7-sim" in result.stdout
    assert Path("runs/small-7-sim/junit.xml").exists()


def test_without_a_seed_a_new_one_is_drawn_and_printed(natsim: Command, scenario: Path) -> None:
    seeds = {natsim("run", str(scenario)).stdout.split("seed    ")[1].split()[0] for _ in range(2)}

    assert len(seeds) == 2


def test_the_seed_may_come_from_the_environment(
    natsim: Command, scenario: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NATSIM_SEED", "9")

    assert "seed    9" in natsim("run", str(scenario)).stdout


def test_a_scenario_of_the_library_is_known_by_name(natsim: Command) -> None:
    assert natsim("run", "smoke/one-to-one", "--seed", "1", "-q").stdout == "valid\n"


def test_a_planted_bug_ends_with_1_and_is_named(natsim: Command, scenario: Path) -> None:
    result = natsim("run", str(scenario), "--seed", "7", "--mutant", "deliver-everything-twice")

    assert result.exit_code == 1
    assert "duplicate-delivery" in result.stdout
    told = json.loads(Path("runs/latest/run.json").read_text())["command"]
    assert told.endswith("--on sim --mutant deliver-everything-twice --seed 7")


@pytest.mark.skipif(not README.exists(), reason="the README is not in the sdist")
def test_the_scenario_of_the_readme_is_valid(natsim: Command) -> None:
    (scenario,) = re.findall(r"```yaml\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    Path("cut-off.yaml").write_text(scenario)

    assert natsim("run", "cut-off.yaml", "--seed", "1", "-q").stdout == "valid\n"


def test_nothing_to_check_ends_with_3(natsim: Command, tmp_path: Path) -> None:
    path = tmp_path / "idle.yaml"
    path.write_text(
        "natsim: 1\nscenario: idle\nduration: 1s\nservers: {n1: {}}\n"
        "clients: {s1: {at: n1, subscribe: a}}\nexpect: [at-most-once]\n"
    )

    assert natsim("run", str(path), "--seed", "1").exit_code == 3


def test_a_plan_is_played_as_it_is_written(natsim: Command, scenario: Path) -> None:
    natsim("plan", str(scenario), "--seed", "7", "-o", "plan.yaml")
    natsim("run", str(scenario), "--seed", "7", "-q")
    result = natsim("run", "plan.yaml", "-q")

    digests = [json.loads(Path(f"runs/{name}/digests.json").read_text())
               for name in ("small-7-sim", "small-7-sim-2")]  # fmt: skip
    assert result.exit_code == 0
    assert digests[0] == digests[1]


def test_many_seeds_are_a_campaign(natsim: Command, scenario: Path) -> None:
    result = natsim("run", str(scenario), "--seeds", "0..29", "--workers", "2")

    assert result.exit_code == 0
    assert result.stdout.startswith("valid: 30 runs, no anomaly")
    assert Path("runs/small-seeds-0..29/campaign.html").exists()


BAD: list[tuple[list[str], str]] = [
    (["nosuch.yaml"], "nosuch.yaml: there is no such file"),
    (["demoo"], "did you mean demo?"),
    (["SCENARIO", "--seeds", "5"], "write the first and the last, as in 0..199"),
    (["SCENARIO", "--seeds", "0..3", "--seed", "1"], "--seed and --seeds exclude each other"),
    (["SCENARIO", "--seeds", "0..3", "--on", "tcp"], "leave out --on tcp"),
    (["SCENARIO", "--server", "x"], "write --on nats-server with it"),
    (["SCENARIO", "--mutant", "x"], "there is no mutant x"),
    (["SCENARIO", "--mutant", "x", "--on", "tcp"], "leave out --on"),
    (["SCENARIO", "--seed", "-1"], "--seed"),
    (["SCENARIO", "--on", "moon"], "'moon' is not one of"),
    ([], "Missing argument"),
]


@pytest.mark.parametrize(("words", "problem"), BAD, ids=[" ".join(words) for words, _ in BAD])
def test_bad_usage_ends_with_2_and_writes_nothing(
    natsim: Command, scenario: Path, words: list[str], problem: str
) -> None:
    result = natsim("run", *(word.replace("SCENARIO", str(scenario)) for word in words))

    assert (result.exit_code, result.stdout) == (2, "")
    assert problem in result.stderr
    assert not Path("runs").exists()


def test_every_mistake_of_a_file_is_told_at_once(natsim: Command, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(
        "natsim: 1\nscenario: bad\nduration: 10sec\nservers: {n1: {}}\nclient: {}\nclients:\n"
        "  p1: {at: n9, publish: {subject: a, rate: 20/s, size: 64}}\n"
        "faults:\n  - {at: 1s, clock-jump: n1}\n"
    )

    result = natsim("run", str(path))

    assert result.exit_code == 2
    assert [line.split(": ")[0] for line in result.stderr.splitlines()] == [
        f"{path}:3:11", f"{path}:5:1", f"{path}:7:12", f"{path}:9:14"
    ]  # fmt: skip
    assert not Path("runs").exists()


def test_a_fault_the_stage_cannot_do_is_refused_before_anything_is_written(
    natsim: Command, tmp_path: Path
) -> None:
    path = tmp_path / "pause.yaml"
    path.write_text(
        "natsim: 1\nscenario: x\nduration: 2s\nservers: {n1: {}}\nclients:\n"
        "  p1: {at: n1, publish: {subject: a, rate: 20/s, size: 64}}\n"
        "  s1: {at: n1, subscribe: a}\nfaults:\n  - {at: 1s, pause: s1, for: 500ms}\n"
    )

    result = natsim("run", str(path), "--on", "tcp", "--seed", "1")

    assert result.exit_code == 2
    assert "clients live in natsim's own process on this stage; use --on sim" in result.stderr
    assert not Path("runs").exists()


def test_a_missing_server_ends_with_4_and_writes_nothing(natsim: Command, scenario: Path) -> None:
    result = natsim("run", str(scenario), "--on", "nats-server", "--server", "/no/such/server")

    assert result.exit_code == 4
    assert "/no/such/server" in result.stderr
    assert not Path("runs").exists()


@pytest.mark.parametrize("seeds", [("--seed", "1"), ("--seeds", "0..3")])
def test_runs_that_cannot_be_written_are_refused(
    natsim: Command, scenario: Path, seeds: tuple[str, str]
) -> None:
    Path("taken").write_text("a file")

    result = natsim("run", str(scenario), *seeds, "--runs", "taken/runs")

    assert result.exit_code == 2
    assert "cannot be made" in result.stderr


def test_a_program_that_is_no_nats_server_is_told_before_anything_is_written(
    natsim: Command, scenario: Path
) -> None:
    result = natsim("run", str(scenario), "--on", "nats-server", "--server", "/bin/true")

    assert (result.exit_code, result.stdout) == (4, "")
    assert "/bin/true is no nats-server" in result.stderr
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "interrupted"),
        (StageUnavailable("n1 does not answer"), 4, "n1 does not answer"),
        (StageError("a cut leaked"), 4, "a cut leaked"),
        (ZeroDivisionError("ours"), 70, "this is a fault of natsim"),
    ],
)
def test_a_run_that_breaks_off_is_kept_with_its_reports(
    natsim: Command,
    scenario: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    code: int,
    said: str,
) -> None:
    async def stop(self: SimStage) -> None:
        del self
        raise error

    monkeypatch.setattr(SimStage, "stop", stop)

    result = natsim("run", str(scenario), "--seed", "7")

    assert result.exit_code == code
    assert said in result.stderr
    assert Path("runs/small-7-sim/report.html").exists()
