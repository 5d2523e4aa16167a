import json
from collections.abc import Callable

import pytest
from jsonschema import Draft202012Validator

from natsim.scenarios import json_schema, library
from natsim.scenarios.document import Value
from natsim.scenarios.yaml_file import parse_yaml


def misfits(value: Value) -> list[str]:
    """Return what the schema has against a value."""
    # pyright does not know the type of a JSON value in the stubs; it is ours.
    validator = Draft202012Validator(json_schema())
    errors = validator.iter_errors(value)  # pyright: ignore[reportUnknownMemberType]
    return [str(error.message) for error in errors]


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_the_schema_is_json() -> None:
    assert json.loads(json.dumps(json_schema())) == json_schema()


@pytest.mark.parametrize("name", library())
def test_every_scenario_of_the_library_fits(name: str) -> None:
    document = parse_yaml(library()[name].read_text(encoding="utf-8"), name)

    assert misfits(document.value) == []


@pytest.mark.parametrize(
    "lines",
    [
        "",
        "links: {default: {latency: 1ms..5ms}, clients-default: {latency: 1ms}}\n",
        "links: {p1-n1: {latency: 1ms}, w1..w3-n2: {latency: 0s}}\n",
        "  w1..w3: {at: n2, subscribe: 'orders.*.created', queue: workers}\n",
        "  x1: {at: n1, subscribe: [a, {subject: b, max: 3}], reply: {subject: r, delay: 1ms}}\n",
        "  x1: {at: n1, request: [{subject: q, every: 1ms..5ms, size: 1KiB, timeout: 1s}]}\n",
        "faults: [{at: 1s, partition: [[n1], [p1]], for: 1s, one-way: true}]\n",
        "faults: [{at: 1s, kill: n1}, {at: 1s, kill: n1, restart: 1s}]\n",
        "faults: [{at: 1s, slow-link: p1-n1, latency: 1ms..2ms, for: 1.5s}]\n",
        "faults: [{every: 5s..10s, from: 1s, one of: [pause, nothing]}]\n",
        "vars: {region: [eu, us]}\nexpect: [at-most-once]\nsettle: 1s\nbarrier: 1m\n",
    ],
)
def test_what_the_loader_takes_fits(lines: str, head: str) -> None:
    assert misfits(parse_yaml(head + lines, "f").value) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("natsim: 1", "natsim: 2"),
        ("scenario: test", "scenario: Test It"),
        ("duration: 10s", "duration: 10"),
        ("duration: 10s", "durations: 10s"),
        ("duration: 10s", "duration: null"),
        ("n1: {}", "n1: {max-payloads: 1}"),
        ("n1: {}", "N1: {}"),
        ("rate: 10/s", "rate: 10"),
        ("rate: 10/s", "rate: 10/s, every: 1s"),
        ("rate: 10/s", "size: 128"),
        ("rate: 10/s", "rate: 10/s, size: 31"),
        ("rate: 10/s", "rate: 10/s, until: 5s, count: 5"),
        ("subject: a,", ""),
        ("at: n1, ", ""),
        ("subscribe: a", "subscribes: a"),
        ("subscribe: a", "queue: w"),
        ("subscribe: a", "subscribe: a b"),
        ("subscribe: a", "subscribe: {subject: a, max: 0}"),
        ("p1:", "p1...p3:"),
        ("clients:", "cluster: {}\nclients:"),
        ("clients:", "faults: [{at: 1s, kill: n1, pause: n1}]\nclients:"),
        ("clients:", "faults: [{at: 1s, clock-jump: n1}]\nclients:"),
        ("clients:", "faults: [{every: 1s, one of: [power]}]\nclients:"),
        ("clients:", "expect: [converges]\nclients:"),
        ("clients:", "expect: []\nclients:"),
    ],
)
def test_an_obvious_mistake_does_not_fit(
    old: str, new: str, head: str, mistakes: Callable[[str], list[str]]
) -> None:
    text = head.replace(old, new, 1)

    assert mistakes(text) != []
    assert misfits(parse_yaml(text, "f").value) != []


def keys_at_any_depth(value: Value) -> set[str]:
    match value:
        case dict():
            return set(value).union(*map(keys_at_any_depth, value.values()))
        case list():
            return set[str]().union(*map(keys_at_any_depth, value))
        case _:
            return set()


def test_names_of_our_classes_are_no_titles() -> None:
    assert "title" not in keys_at_any_depth(json_schema())


def test_defaults_are_told_in_the_words_of_the_file() -> None:
    properties = json_schema()["properties"]

    assert isinstance(properties, dict)
    assert isinstance(properties["settle"], dict)
    assert properties["settle"]["default"] == "2s"
