"""A campaign plays every seed once, finds its canary, and keeps what is accused."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from natsim.harness.campaign import Source, find_canary, play_chunk, play_seed, run_campaign
from natsim.harness.checkers.verdict import Verdict
from natsim.harness.mutants.bank import CANARY, MUTANTS
from natsim.harness.mutants.mutant import planted
from natsim.harness.seed_range import parse_seeds
from natsim.harness.stage.sim import SimStage
from natsim.scenarios.load import parse_scenario
from natsim.scenarios.shelf import library


def _source(name: str = "smoke/queue-group") -> Source:
    path = library()[name]
    return Source(path.read_text(), str(path))


def _wait_for_content(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not (path.exists() and path.stat().st_size):
        assert time.monotonic() < deadline, f"nothing came into {path}"
        time.sleep(0.02)


def test_every_seed_is_played_once_and_kept_in_order(tmp_path: Path) -> None:
    seen: list[int] = []

    campaign = run_campaign(
        _source(),
        range(5, 47),
        workers=2,
        parent=tmp_path,
        command="natsim run x",
        done=lambda result: seen.append(result.seed),
    )

    lines = (campaign.directory / "campaign.jsonl").read_text().splitlines()
    assert sorted(seen) == list(range(5, 47)) == [json.loads(line)["seed"] for line in lines]
    assert {result.verdict for result in campaign.results} == {Verdict.VALID}
    assert campaign.canary
    assert json.loads((campaign.directory / "canary.json").read_text())["found"] is True


def test_a_seed_alone_gives_what_it_gives_in_a_batch() -> None:
    source = _source("demo")
    batch = play_chunk(source, [4, 9, 2], "natsim run x", "/nowhere")
    alone = play_seed(parse_scenario(source.text, source.path), 2)[1]

    assert batch[2].digest == alone.digest


def test_an_accused_run_is_kept_whole(tmp_path: Path) -> None:
    with planted(MUTANTS[CANARY]):
        results = play_chunk(_source(), [7], "natsim run x", str(tmp_path))

    kept = tmp_path / str(results[0].run)
    assert results[0].anomalies.keys() == {"duplicate-delivery", "group-duplicate"}
    assert json.loads((kept / "run.json").read_text())["command"] == "natsim run x --seed 7"


def test_a_scenario_that_delivers_nothing_finds_no_canary() -> None:
    silent = (
        "natsim: 1\nscenario: silent\nduration: 1s\nservers: {n1: {}}\n"
        "clients: {p1: {at: n1, publish: {subject: a, rate: 5/s, size: 64}}}\n"
    )

    assert not find_canary(parse_scenario(silent), [1])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("5", "write the first and the last"),
        ("a..b", "write the first and the last"),
        ("5..", "write the first and the last"),
        ("9..3", "3..9"),
        (f"0..{2**64}", "too large"),
        ("0..99999999", "at most"),
    ],
)
def test_seeds_that_are_no_range_are_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_seeds(text)


def test_seeds_are_both_included() -> None:
    assert list(parse_seeds("3..5")) == [3, 4, 5]


def as_a_terminal_does(pid: int) -> None:
    os.killpg(pid, signal.SIGINT)


def as_ci_does(pid: int) -> None:
    os.kill(pid, signal.SIGTERM)


@pytest.mark.parametrize("interrupt", [as_a_terminal_does, as_ci_does])
def test_a_campaign_that_is_interrupted_ends_soon_with_what_it_has(
    interrupt: Callable[[int], None], tmp_path: Path
) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "natsim", "run", "smoke/queue-group", "--seeds", "0..99999", "-q"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        process_group=0,
    )
    name = "queue-group-seeds-0..99999"
    _wait_for_content(tmp_path / "runs" / f".{name}.partial" / "campaign.jsonl")
    interrupt(program.pid)

    _, said = program.communicate(timeout=15)

    results = (tmp_path / "runs" / name / "campaign.jsonl").read_text()
    assert (program.returncode, said) == (130, b"")
    assert '"unknown"' not in results


def test_an_interrupted_canary_interrupts_the_campaign(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stop(self: SimStage) -> None:
        del self
        raise KeyboardInterrupt

    monkeypatch.setattr(SimStage, "stop", stop)

    campaign = run_campaign(
        _source(), range(3), workers=1, parent=tmp_path, command="natsim run x", done=print
    )

    assert (campaign.is_interrupted, campaign.results) == (True, [])
    assert (campaign.directory / "campaign.jsonl").read_text() == ""
