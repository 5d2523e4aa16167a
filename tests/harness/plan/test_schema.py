import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from natsim.harness.plan import expand, load_plan, plan_json_schema
from natsim.harness.plan import plan_text as text_of
from natsim.scenarios import ScenarioError, library, load_scenario
from natsim.scenarios.document import Value
from natsim.scenarios.yaml_file import parse_yaml

SERIES = "size: 128, from: 1s, every: 1s, count: 5"


def misfits(value: Value) -> list[str]:
    """Return what the schema has against a value."""
    validator = Draft202012Validator(plan_json_schema())
    # pyright does not know the type of a JSON value in the stubs; it is ours.
    errors = validator.iter_errors(value)  # pyright: ignore[reportUnknownMemberType]
    return [str(error.message) for error in errors]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(plan_json_schema())


@pytest.mark.parametrize("name", library())
def test_the_plan_of_every_scenario_fits(name: str) -> None:
    text = text_of(expand(load_scenario(library()[name]), 1))

    assert misfits(parse_yaml(text, name).value) == []


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            f"series: [{{id: p1.a, {SERIES}}}]",
            "12:10: publish is missing; write publish: orders.new, or request: prices.get",
        ),
        (
            f"series: [{{id: p1.a, publish: a, request: a, timeout: 1s, {SERIES}}}]",
            "12:33: a series is publish or request; keep one",
        ),
        (
            f"series: [{{id: p1.a, request: a, {SERIES}}}]",
            "12:10: timeout is missing; write timeout: 500ms",
        ),
        (
            f"series: [{{id: p1.a, publish: a, timeout: 1s, {SERIES}}}]",
            "12:33: timeout is for request; leave it out",
        ),
        (
            f"series: [{{id: a b, publish: a, {SERIES}}}]",
            '12:15: id is "a b"; an id is the client, a dot and letters, such as p1.a',
        ),
        (
            "operations: [{id: p1.o/0, at: 1s, do: publish, subject: a}]",
            "12:14: size is missing; write size for publish",
        ),
        (
            "operations: [{id: p1.o/0, at: 1s, do: flush, subject: a}]",
            "12:46: subject is not for flush; leave it out",
        ),
        (
            "operations: []\noperations-file: plan.ops.jsonl",
            "13:1: operations and operations-file are both here; keep one",
        ),
        (
            "faults: [{id: f1, every: 1s, one of: [pause]}]",
            "12:10: faults has a mapping; "
            "a plan has no random faults; write each: {id: f1, at: 5s, kill: n1}",
        ),
        ("faults: [{at: 1s, kill: n1}]", "12:10: id is missing; write id: f1"),
        (
            "faults: [{id: f1, at: 1s, slow-link: [p1], latency: 1ms, for: 1s}]",
            "12:38: slow-link is a list; write at least 2",
        ),
        ("links: [{ends: [p1, n1, n1], latency: 1ms}]", "12:16: ends is a list; write at most 2"),
    ],
)
def test_what_is_wrong_says_where_and_what_to_write(
    lines: str, expected: str, plan_text: Callable[[str], str], tmp_path: Path
) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(plan_text(f"{lines}\n"), encoding="utf-8")

    with pytest.raises(ScenarioError) as raised:
        load_plan(path)

    assert str(raised.value) == f"{path}:{expected}"


def complaints(text: str, folder: Path) -> list[str]:
    """Return the lines of the error, none for a good text; whatever else comes out is a failure."""
    path = folder / "garbage.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        load_plan(path)
    except ScenarioError as error:
        return str(error).splitlines()
    return []


ROOT_KEYS = ("servers", "clients", "series", "operations", "faults", "links", "seed")
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(),
    st.sampled_from(["1s", "p1", "n1", "p1.a", "flush", "publish", "a.>", "1ms..2ms", "f1"]),
)  # fmt: skip
structures: st.SearchStrategy[Value] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["id", "at", "do", "kill", "pause", "for", "partition", "slow-link", "latency",
                 "publish", "request", "size", "from", "every", "count", "except", "sub", "subject",
                 "ends", "subscriptions", "p1", "n1", "client", "timeout"]
            ),
            inner,
            max_size=8,
        ),
    ),
    max_leaves=25,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    st.fixed_dictionaries(
        {"schema": st.just("natsim.plan/1"), "duration": st.just("10s")},
        optional=dict.fromkeys(
            ("servers", "clients", "series", "operations", "faults", "links", "seed"), structures
        ),
    )
)
def test_any_structure_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, value: dict[str, Value]
) -> None:
    lines = complaints(json.dumps(value), tmp_path_factory.getbasetemp())

    assert all("garbage.yaml:" in line for line in lines)
    assert not any("it does not fit here" in line for line in lines)
