"""No traceback comes out of a bad file: only ScenarioError, with places and our own sentences."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from natsim.scenarios import ScenarioError, library, parse_scenario
from natsim.scenarios.document import Value
from natsim.scenarios.yaml_file import parse_yaml

GOOD = [path.read_text(encoding="utf-8") for path in library().values()]
KEYS = [
    "natsim", "scenario", "duration", "settle", "servers", "links", "clients", "faults", "expect",
    "vars", "barrier", "at", "publish", "subscribe", "request", "reply", "queue", "subject", "rate",
    "every", "size", "from", "until", "count", "max", "delay", "timeout", "partition", "kill",
    "pause", "slow-link", "latency", "for", "restart", "one-way", "one of", "default", "p1", "n1",
    "clients-default", "p1-n1", "w1..w3", "stream", "cluster", "power", "id", "[key]", "<kill>",
]  # fmt: skip
TEXTS = [
    "1s", "0s", "10s", "1ms..5ms", "10/s", "orders.>", "orders.{region}", "n1", "p1", "w1..w3",
    "p1-n1", "at-most-once", "pause", "kill", "", "9" * 5_000, "1e999", "\ud800"[:0], "-1s", "a b",
]  # fmt: skip

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(TEXTS),
    st.text(max_size=8),
)
structures: st.SearchStrategy[Value] = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(KEYS), st.text(max_size=3)), inner, max_size=8),
    ),
    max_leaves=25,
)


def complaints(text: str) -> list[str]:
    """Return the lines of the error, none for a good text; whatever else comes out is a failure."""
    try:
        parse_scenario(text, "f")
    except ScenarioError as error:
        return str(error).splitlines()
    return []


def reads_or_says_why(text: str) -> None:
    lines = complaints(text)

    assert all(line.startswith("f:") for line in lines)
    assert not any("it does not fit here" in line for line in lines)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    reads_or_says_why(text)


@given(st.text(alphabet="abcn1:-[]{},'\"\n \t#&*!|>%@`?~.", max_size=60))
def test_any_text_that_looks_like_yaml_is_read_or_refused(text: str) -> None:
    reads_or_says_why(text)


@settings(max_examples=80, deadline=None)
@given(structures)
def test_any_structure_is_read_or_refused(value: Value) -> None:
    # JSON is YAML, but for keys of more than 1024 characters.
    reads_or_says_why(json.dumps(value))


@settings(max_examples=80, deadline=None)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS[:11], structures)))
def test_any_values_of_known_keys_are_read_or_refused(value: dict[str, Value]) -> None:
    head: dict[str, Value] = {
        "natsim": 1,
        "scenario": "test",
        "duration": "10s",
        "servers": {"n1": {}},
        "clients": {"p1": {"at": "n1", "subscribe": "a"}},
    }

    reads_or_says_why(json.dumps({**head, **value}))


def with_replaced(value: Value, at: int, new: Value) -> Value:
    """Return a value with its at-th part, in the order of the file, replaced."""
    left = at

    def copied(part: Value) -> Value:
        nonlocal left
        left -= 1
        if left == -1:
            return new
        match part:
            case dict():
                return {key: copied(inner) for key, inner in part.items()}
            case list():
                return [copied(inner) for inner in part]
            case _:
                return part

    return copied(value)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(GOOD), st.integers(0, 120), structures)
def test_a_good_file_with_a_bad_value_is_read_or_refused(good: str, at: int, new: Value) -> None:
    value = parse_yaml(good, "f").value

    reads_or_says_why(json.dumps(with_replaced(value, at, new)))


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(GOOD), st.integers(0, 3_000), st.integers(0, 12), st.text(max_size=6))
def test_a_good_file_with_a_bad_patch_is_read_or_refused(
    good: str, at: int, length: int, patch: str
) -> None:
    reads_or_says_why(good[:at] + patch + good[at + length :])
