import pytest

from natsim.scenarios.mistake import RuleError
from natsim.scenarios.names import check_name, check_title, expand_names

RULE = "a name is lower-case letters, digits and hyphens, and begins with a letter"


@pytest.mark.parametrize("text", ["n1", "a", "shop-eu-2", "x" * 20])
def test_a_name_is_taken_as_it_is(text: str) -> None:
    assert check_name(text) == text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("N1", f"{RULE}: write n1"),
        ("my_node", f"{RULE}: write my-node"),
        ("n1.a", f"{RULE}: write n1-a"),
        ("1n", f"{RULE}: p1"),
        ("", f"{RULE}: p1"),
        ("x" * 21, "a name has at most 20 characters"),
        ("default", "default is a word of links; choose another name"),
        ("n1\n", f"{RULE}: p1"),
    ],
)
def test_what_is_no_name_says_what_to_write(text: str, rule: str) -> None:
    with pytest.raises(RuleError) as raised:
        check_name(text)

    assert raised.value.rule == rule


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("w1..w3", ("w1", "w2", "w3")),
        ("w9..w11", ("w9", "w10", "w11")),
        ("eu-2..eu-3", ("eu-2", "eu-3")),
        ("w1..w1", ("w1",)),
        ("w1", ("w1",)),
    ],
)
def test_a_range_stands_for_its_names_in_order(text: str, expected: tuple[str, ...]) -> None:
    assert expand_names(text) == expected


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("w3..w1", "the smaller number comes first: w1..w3"),
        ("w1..x3", "a range is one name with two numbers, such as w1..w3"),
        ("w1..3", "a range is one name with two numbers, such as w1..w3"),
        ("w01..w10", "a range is one name with two numbers, such as w1..w3"),
        ("w1..", "a range is one name with two numbers, such as w1..w3"),
        ("w1..w999999999", "a range has at most 1000 names"),
    ],
)
def test_what_is_no_range_says_what_to_write(text: str, rule: str) -> None:
    with pytest.raises(RuleError) as raised:
        expand_names(text)

    assert raised.value.rule == rule


def test_the_name_of_a_scenario_may_begin_with_a_digit() -> None:
    assert check_title("2-servers") == "2-servers"


@pytest.mark.parametrize("text", ["../etc", "a b", "", "A", "x" * 61])
def test_the_name_of_a_scenario_is_fit_for_a_directory(text: str) -> None:
    with pytest.raises(RuleError):
        check_title(text)
