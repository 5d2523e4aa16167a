import pickle

import pytest

from natsim.scenarios.limits import MISTAKES_MAX
from natsim.scenarios.mistake import Mistake, RuleError, ScenarioError, in_order, shown


@pytest.mark.parametrize(
    ("mistake", "expected"),
    [
        (Mistake(path="a.yaml", line=3, column=7, text="no; yes"), "a.yaml:3:7: no; yes"),
        (Mistake(path="a.jsonl", line=3, text="no; yes"), "a.jsonl:3: no; yes"),
        (Mistake(path="a.yaml", text="no; yes"), "a.yaml: no; yes"),
    ],
)
def test_a_mistake_prints_its_place(mistake: Mistake, expected: str) -> None:
    assert str(mistake) == expected


def test_the_error_survives_the_way_between_processes() -> None:
    error = ScenarioError([Mistake(path="a", line=1, column=2, text="no; yes")])

    copy = pickle.loads(pickle.dumps(error))

    assert copy.mistakes == error.mistakes


def test_mistakes_are_in_the_order_of_their_file() -> None:
    late = Mistake(path="a", line=2, column=1, text="late")
    early = Mistake(path="a", line=1, column=9, text="early")
    beside = Mistake(path="b", line=1, text="beside")

    assert in_order([late, beside, early]) == (early, late, beside)


def test_too_many_mistakes_are_counted_not_listed() -> None:
    many = [Mistake(path="a", line=n, column=1, text="no") for n in range(MISTAKES_MAX + 5)]

    ordered = in_order(many)

    assert len(ordered) == MISTAKES_MAX + 1
    assert str(ordered[-1]) == "a: and 5 more mistakes; mend these first"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "empty"),
        (True, "true"),
        (5, "5"),
        (10**30, "a number of more than 20 digits"),
        (1.5, "1.5"),
        ("x", '"x"'),
        ("a\nb", '"a?b"'),
        ("x" * 70, f'"{"x" * 60}..."'),
        ([], "a list"),
        ({}, "a mapping"),
    ],
)
def test_a_value_is_shown_on_one_line(value: object, expected: str) -> None:
    assert shown(value) == expected


def test_a_broken_rule_reads_as_a_sentence() -> None:
    assert str(RuleError("10 s", "write 10s")) == 'it is "10 s"; write 10s'
