from collections.abc import Callable
from pathlib import Path

import pytest

from natsim.harness.plan import load_plan
from natsim.scenarios import ScenarioError

SERIES = "size: 128, from: 1s, every: 1s, count: 5"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            "links: [{ends: [p1, n9], latency: 1ms}]",
            "12:21: there is no node n9; write one of n1, p1",
        ),
        (
            f"series: [{{id: p9.a, publish: a, {SERIES}}}]",
            "12:15: there is no client p9; begin the id with a client's name and a dot",
        ),
        (
            f"series: [{{id: p1.s, publish: a, {SERIES}}}]",
            "12:15: the id p1.s is there twice; choose another",
        ),
        (
            "series: [{id: p1.a, publish: a, size: 128, from: 11s, every: 1s, count: 5}]",
            "12:50: it begins at 11s, but the duration is 10s; write less",
        ),
        (
            f"series: [{{id: p1.a, publish: a, {SERIES}, except: [5]}}]",
            "12:84: except has 5, but the numbers end at 4; remove it",
        ),
        (
            f"series: [{{id: p1.a, publish: a, {SERIES}, except: [2, 2]}}]",
            "12:87: 2 is written twice; keep one",
        ),
        (
            "series: [{id: p1.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx, publish: a, size: 32, from: 1s, "
            "every: 1s, count: 5}]",
            "12:68: size is 32, too small for the message id; write 36 or more",
        ),
        (
            "operations: [{id: p1.o/0, at: 10s, do: flush}]",
            "12:31: it happens at 10s, but the duration is 10s; write less",
        ),
        (
            "operations: [{id: p1.o/0, at: 1s, do: publish, subject: a.*, size: 64}]",
            '12:57: subject is "a.*"; wildcards are for subscriptions; write a full subject',
        ),
        (
            "operations: [{id: p1.o/0, at: 1s, do: unsubscribe, sub: p1.z}]",
            "12:57: p1.z is no subscription of p1; write one of its own",
        ),
        (
            f"series: [{{id: p1.a, publish: a, {SERIES}}}]\n"
            "operations: [{id: p1.a/4, at: 1s, do: flush}]",
            "13:19: p1.a/4 is already an operation of the series p1.a; choose another id",
        ),
        (
            "operations: [{id: p1.o/0, at: 1s, do: flush}, {id: p1.o/0, at: 2s, do: flush}]",
            "12:52: the id p1.o/0 is there twice; choose another",
        ),
        (
            "faults: [{id: f1, at: 1s, kill: n9}]",
            "12:33: there is no node n9; write one of n1, p1",
        ),
        (
            "faults: [{id: f1, at: 1s, pause: n1, for: 10s}]",
            "12:43: the fault ends at 11s, but the duration is 10s; write 9s or less",
        ),
        (
            "faults: [{id: f1, at: 1s, partition: [[n1]], for: 1s}]",
            "12:38: a partition has two sides or more; write [[n1], [p1]]",
        ),
        (
            "faults: [{id: f1, at: 1s, slow-link: [p1, n9], latency: 1ms, for: 1s}]",
            "12:43: there is no node n9; write one of n1, p1",
        ),
        (
            "faults: [{id: f1, at: 1s, kill: n1}, {id: f1, at: 2s, kill: n1}]",
            "12:43: the id f1 is there twice; choose another",
        ),
    ],
)
def test_what_does_not_hold_between_parts_is_a_mistake(
    lines: str, expected: str, plan_text: Callable[[str], str], tmp_path: Path
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(plan_text(f"{lines}\n"), encoding="utf-8")

    with pytest.raises(ScenarioError) as raised:
        load_plan(path)

    assert str(raised.value) == f"{path}:{expected}"


def test_a_subscription_made_by_an_operation_can_be_removed(
    plan_text: Callable[[str], str], tmp_path: Path
) -> None:
    lines = """\
operations:
  - {id: p1.o/0, at: 1s, do: subscribe, sub: p1.x, subject: b}
  - {id: p1.o/1, at: 2s, do: unsubscribe, sub: p1.x}
  - {id: p1.o/2, at: 3s, do: unsubscribe, sub: p1.s}
"""
    path = tmp_path / "plan.yaml"
    path.write_text(plan_text(lines), encoding="utf-8")

    assert len(load_plan(path).operations) == 3


def test_a_client_may_not_have_the_name_of_a_server(
    plan_text: Callable[[str], str], tmp_path: Path
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(plan_text("").replace("{n1: {}}", "{n1: {}, p1: {}}"), encoding="utf-8")

    with pytest.raises(ScenarioError, match=r":10:3: p1 is also a server; choose another name"):
        load_plan(path)


def test_a_million_operations_are_the_most(plan_text: Callable[[str], str], tmp_path: Path) -> None:
    lines = "series: [{id: p1.a, publish: a, size: 64, from: 0s, every: 1us, count: 1000001}]\n"
    path = tmp_path / "plan.yaml"
    path.write_text(plan_text(lines), encoding="utf-8")

    with pytest.raises(ScenarioError, match="12:1: there are 1000001 operations"):
        load_plan(path)
