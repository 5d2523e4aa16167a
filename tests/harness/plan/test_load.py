from collections.abc import Callable
from pathlib import Path

import pytest

from natsim.harness.plan import Plan, is_plan, load_any, load_plan
from natsim.scenarios import Scenario, ScenarioError, library

Text = Callable[[str], str]


def written(folder: Path, text: str) -> Path:
    path = folder / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes_of(path: Path) -> list[str]:
    """Load a plan that is wrong; return its mistakes without the folder."""
    with pytest.raises(ScenarioError) as raised:
        load_plan(path)
    return [line.removeprefix(f"{path.parent}/") for line in str(raised.value).splitlines()]


def test_a_plan_written_by_hand_is_read(plan: Plan, plan_text: Text, tmp_path: Path) -> None:
    assert load_plan(written(tmp_path, plan_text(""))) == plan


def test_operations_and_faults_are_put_in_order(plan_text: Text, tmp_path: Path) -> None:
    lines = """\
operations:
  - {id: p1.o/1, at: 2s, do: flush}
  - {id: p1.o/0, at: 2s, do: flush}
  - {id: p1.o/2, at: 1s, do: flush}
faults:
  - {id: f2, at: 2s, kill: n1}
  - {id: f1, at: 1s, kill: n1}
"""

    plan = load_plan(written(tmp_path, plan_text(lines)))

    assert [each.id for each in plan.operations] == ["p1.o/2", "p1.o/0", "p1.o/1"]
    assert [fault.id for fault in plan.faults] == ["f1", "f2"]


def test_all_mistakes_of_both_files_are_reported_in_one_go(plan_text: Text, tmp_path: Path) -> None:
    lines = """\
operations-file: plan.ops.jsonl
series: [{id: p1.a, publish: a, size: 128, from: 1s, every: 1s, count: 100}]
faults: [{id: f1, at: 1s, kil: n1}]
seeds: 5
"""
    (tmp_path / "plan.ops.jsonl").write_text(
        '{"id": "p1.o/0", "at": "1s", "do": "flush"}\n'
        "\n"
        '{"id": "p1.o/1", "at": 1, "do": "flush"}\n'
        '{"id": "p1.o/2", "at": "1s", "do": "flsh"}\n'
        "not json\n",
        encoding="utf-8",
    )

    assert mistakes_of(written(tmp_path, plan_text(lines))) == [
        "plan.yaml:13:72: the last operation is at 100s, but the duration is 10s; write less",
        "plan.yaml:14:27: kil is not a fault; did you mean kill?",
        "plan.yaml:15:1: seeds is not a key of a plan; did you mean seed?",
        "plan.ops.jsonl:3: at is 1; write 1s, or another unit of time",
        'plan.ops.jsonl:4: do is "flsh"; write one of connect, subscribe, unsubscribe, publish, '
        "request, flush, drain, close",
        "plan.ops.jsonl:5: it is not JSON; write one operation a line, in JSON",
    ]


def test_a_file_of_operations_that_is_not_there_says_so(plan_text: Text, tmp_path: Path) -> None:
    path = written(tmp_path, plan_text("operations-file: none.jsonl\n"))

    assert mistakes_of(path) == [
        "none.jsonl: it cannot be read: No such file or directory; put it beside the plan"
    ]


def test_a_file_of_operations_is_beside_the_plan(plan_text: Text, tmp_path: Path) -> None:
    path = written(tmp_path, plan_text("operations-file: ../../etc/passwd\n"))

    assert mistakes_of(path) == [
        'plan.yaml:12:18: operations-file is "../../etc/passwd"; '
        "write the name of a file beside this one"
    ]


def test_every_decision_of_the_seed_must_be_there(tmp_path: Path) -> None:
    path = written(tmp_path, "schema: natsim.plan/1\n")

    keys = [line.split()[1] for line in mistakes_of(path)]
    assert keys == [
        "scenario", "seed", "duration", "settle", "barrier", "expect", "servers", "clients"
    ]  # fmt: skip


def test_another_schema_is_refused(plan_text: Text, tmp_path: Path) -> None:
    path = written(tmp_path, plan_text("").replace("plan/1", "plan/2"))

    assert mistakes_of(path) == [
        'plan.yaml:1:9: schema is "natsim.plan/2"; write schema: natsim.plan/1'
    ]


def test_a_plan_and_a_scenario_are_told_apart(plan_text: Text, tmp_path: Path) -> None:
    assert is_plan(written(tmp_path, plan_text("")))
    assert not is_plan(library()["demo"])


def test_either_is_loaded(plan_text: Text, tmp_path: Path) -> None:
    assert isinstance(load_any(written(tmp_path, plan_text(""))), Plan)
    assert isinstance(load_any(library()["demo"]), Scenario)


@pytest.mark.parametrize("text", ["a: 1\n", "- a\n", "hello\n"])
def test_what_is_neither_says_how_to_begin(text: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)

    with pytest.raises(ScenarioError) as raised:
        load_any(path)

    assert str(raised.value) == (
        f"{path}:1:1: it is neither a scenario nor a plan; "
        "begin with natsim: 1, or with schema: natsim.plan/1"
    )


def test_the_mistakes_of_a_scenario_come_through(tmp_path: Path) -> None:
    path = written(tmp_path, "natsim: 2\n")

    with pytest.raises(ScenarioError, match="natsim is 2"):
        load_any(path)
