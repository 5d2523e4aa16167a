"""The other verbs, each with its help, its result and its errors."""

import json
from pathlib import Path

import jsonschema
import pytest

from natsim.harness.cli import _VERBS

from .conftest import Command


@pytest.mark.parametrize("verb", list(_VERBS))
def test_every_verb_has_a_help_that_begins_with_what_it_does(natsim: Command, verb: str) -> None:
    result = natsim(verb, "--help")

    assert result.exit_code == 0
    # serve reads its arguments itself, as nats-server does.
    assert result.stdout.startswith((f"Usage: main {verb}", f"Usage: natsim {verb}"))
    assert len(result.stdout.splitlines()) > 6


def test_an_unknown_verb_is_answered_with_the_nearest(natsim: Command) -> None:
    result = natsim("runn")

    assert result.exit_code == 2
    assert "there is no command runn; did you mean run?" in result.stderr


def test_a_plan_is_printed_with_its_seed_spent(natsim: Command, scenario: Path) -> None:
    result = natsim("plan", str(scenario), "--seed", "3")

    assert result.exit_code == 0
    assert result.stdout.startswith("schema: natsim.plan/1\nscenario: small\nseed: 3\n")


def test_a_plan_of_a_plan_takes_no_seed(natsim: Command, scenario: Path) -> None:
    natsim("plan", str(scenario), "--seed", "3", "-o", "plan.yaml")

    assert natsim("plan", "plan.yaml").exit_code == 0
    assert natsim("plan", "plan.yaml", "--seed", "4").exit_code == 2


def test_a_plan_that_cannot_be_written_is_refused(natsim: Command, scenario: Path) -> None:
    result = natsim("plan", str(scenario), "-o", "no/such/folder/plan.yaml")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "cannot be written" in result.stderr


def test_a_kept_run_replays_the_same(natsim: Command, scenario: Path) -> None:
    natsim("run", str(scenario), "--seed", "3")

    result = natsim("replay", "runs/latest")

    assert (result.exit_code, result.stdout) == (0, "SAME: was valid, is valid\n")


def test_a_run_of_a_planted_bug_replays_as_fixed(natsim: Command, scenario: Path) -> None:
    natsim("run", str(scenario), "--seed", "3", "--mutant", "deliver-everything-twice")

    result = natsim("replay", "runs/latest")

    assert result.exit_code == 0
    assert result.stdout.startswith("FIXED: was invalid, is valid\n")


def test_a_replay_that_differs_ends_with_1_and_shows_where(natsim: Command, scenario: Path) -> None:
    natsim("run", str(scenario), "--seed", "3")
    plan = Path("runs/latest/plan.yaml")
    plan.write_text(plan.read_text().replace("size: 64", "size: 60"))

    result = natsim("replay", "runs/latest")

    assert result.exit_code == 1
    assert result.stdout.startswith("DIFFERENT: was valid, is valid\n")
    assert "history.jsonl:" in result.stdout


def test_what_is_no_run_cannot_be_replayed(natsim: Command) -> None:
    result = natsim("replay", "nowhere")

    assert result.exit_code == 2
    assert "nowhere holds no run" in result.stderr


def test_a_history_is_checked_alone(natsim: Command, scenario: Path) -> None:
    natsim("run", str(scenario), "--seed", "3")

    whole = natsim("check", "runs/latest")
    one = natsim("check", "runs/latest/history.jsonl", "--expect", "at-most-once", "--json")

    assert whole.exit_code == 0
    assert whole.stdout.startswith("valid\n  at-most-once       valid    checked ")
    assert [each["checker"] for each in json.loads(one.stdout)["checkers"]] == ["at-most-once"]


def test_a_history_with_a_message_twice_is_accused(natsim: Command, scenario: Path) -> None:
    natsim("run", str(scenario), "--seed", "3")
    path = Path("runs/latest/history.jsonl")
    lines = path.read_text().splitlines()
    entries = [json.loads(line) for line in lines[1:]]
    delivery = next(entry for entry in entries if entry.get("f") == "deliver")
    at = entries.index(delivery) + 1
    twice = [*entries[:at], delivery, *entries[at:]]
    numbered = [json.dumps({**entry, "i": number}) for number, entry in enumerate(twice)]
    path.write_text("\n".join([lines[0], *numbered]) + "\n")

    result = natsim("check", "runs/latest")

    assert result.exit_code == 1
    assert "duplicate-delivery" in result.stdout


@pytest.mark.parametrize(
    ("text", "problem"), [("", "history.jsonl:1"), ("{}\nnonsense\n", "history.jsonl")]
)
def test_a_bad_history_is_refused_with_its_line(natsim: Command, text: str, problem: str) -> None:
    Path("history.jsonl").write_text(text)

    result = natsim("check", "history.jsonl")

    assert (result.exit_code, result.stdout) == (2, "")
    assert problem in result.stderr


def test_a_missing_history_is_refused(natsim: Command) -> None:
    assert natsim("check", "nothing.jsonl").exit_code == 2


def test_reports_are_written_again_byte_for_byte(natsim: Command, scenario: Path) -> None:
    natsim("run", str(scenario), "--seed", "3")
    names = ["report.json", "report.html", "junit.xml"]
    before = [Path("runs/latest", name).read_bytes() for name in names]
    for name in names:
        Path("runs/latest", name).unlink()

    result = natsim("report", "runs/latest")

    assert result.stdout.split() == [f"runs/latest/{name}" for name in names]
    assert [Path("runs/latest", name).read_bytes() for name in names] == before


def test_a_report_of_nothing_is_refused(natsim: Command) -> None:
    assert natsim("report", "nowhere").exit_code == 2


def test_a_directory_of_something_else_gets_no_report(natsim: Command, scenario: Path) -> None:
    natsim("run", str(scenario), "--seed", "3")

    result = natsim("report", "runs/latest", "runs")

    assert (result.exit_code, result.stdout) == (2, "")
    assert "runs holds no run and no campaign" in result.stderr
    assert not Path("runs/report.html").exists()


def test_reports_of_a_run_of_the_suite_are_written_again(natsim: Command) -> None:
    Path("suite").mkdir()
    Path("suite/conformance.json").write_text('{"schema": "natsim.conformance/1"}')

    result = natsim("report", "suite")

    names = ("report.html", "junit.xml", "summary.md")
    assert result.stdout.split() == [f"suite/{name}" for name in names]


def test_reports_of_a_run_of_the_suite_are_one(natsim: Command) -> None:
    Path("suite").mkdir()
    Path("suite/conformance.json").write_text('{"schema": "natsim.conformance/1"}')

    result = natsim("report", "suite", "--format", "html")

    assert (result.exit_code, result.stdout) == (2, "")
    assert (
        "suite is a run of the suite, whose reports are one; leave --format away" in result.stderr
    )


def test_the_schema_of_scenarios_accepts_one(natsim: Command, scenario: Path) -> None:
    import yaml

    schema = json.loads(natsim("schema", "scenario").stdout)

    jsonschema.validate(yaml.safe_load(scenario.read_text()), schema)


@pytest.mark.parametrize("name", ["scenario", "plan", "history"])
def test_every_schema_is_a_json_schema(natsim: Command, name: str) -> None:
    schema = json.loads(natsim("schema", name).stdout)

    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "natsim: interrupted"),
        (
            ZeroDivisionError("ours"),
            70,
            "ZeroDivisionError: ours\nnatsim: this is a fault of natsim",
        ),
    ],
)
def test_a_verb_that_breaks_off_ends_with_a_code_of_its_own(
    natsim: Command, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, said: str
) -> None:
    def raise_it(name: str) -> None:
        del name
        raise error

    monkeypatch.setattr("natsim.harness.cli.plan.read_source", raise_it)

    result = natsim("plan", "demo")

    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr
