import pytest

from natsim.scenarios.mistake import RuleError
from natsim.scenarios.subject import (
    check_published,
    check_queue,
    check_subscribed,
    fill,
    has_wildcard,
    placeholders,
)


@pytest.mark.parametrize("text", ["a", "orders.new", "$SYS.x", "a*b.c>d", "orders.{region}.{n}"])
def test_a_published_subject_is_taken_as_it_is(text: str) -> None:
    assert check_published(text) == text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("orders.*", "wildcards are for subscriptions; write a full subject"),
        ("orders.>", "wildcards are for subscriptions; write a full subject"),
        ("orders..new", "a subject has no empty token: one dot between two words, none outside"),
        (".orders", "a subject has no empty token: one dot between two words, none outside"),
        ("orders.", "a subject has no empty token: one dot between two words, none outside"),
        ("orders new", "a subject has no spaces; write orders.new"),
        ("orders\tnew", "a subject has no spaces; write orders.new"),
        ("orders\u00a0new", "a subject has no spaces; write orders.new"),
        ("", 'write a subject, such as orders.new; a lone > or * goes in quotes: ">"'),
        ("x" * 256, "a subject has at most 255 characters"),
        ("orders.{}", "a placeholder is a lower-case name in braces: {region}"),
        ("orders.{Region}", "a placeholder is a lower-case name in braces: {region}"),
        ("orders.{region", "a placeholder is a lower-case name in braces: {region}"),
    ],
)
def test_what_cannot_be_published_to_says_what_to_write(text: str, rule: str) -> None:
    with pytest.raises(RuleError) as raised:
        check_published(text)

    assert raised.value.rule == rule


@pytest.mark.parametrize("text", [">", "*", "orders.*.created", "orders.>", "a.*.>", "a*b"])
def test_a_subscription_may_have_wildcards(text: str) -> None:
    assert check_subscribed(text) == text


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("orders.>.new", "> stands for the rest; it must be the last token"),
        ("orders.{region}", "placeholders are for published subjects; write * instead"),
        ("orders..", "a subject has no empty token: one dot between two words, none outside"),
    ],
)
def test_what_cannot_be_subscribed_to_says_what_to_write(text: str, rule: str) -> None:
    with pytest.raises(RuleError) as raised:
        check_subscribed(text)

    assert raised.value.rule == rule


@pytest.mark.parametrize("text", ["two words", "", "tab\tbed", "x" * 256])
def test_a_queue_name_is_one_word(text: str) -> None:
    with pytest.raises(RuleError):
        check_queue(text)


@pytest.mark.parametrize(
    ("subject", "expected"),
    [("a", False), ("a*b", False), ("a.>b", False), ("*", True), ("a.*.b", True), ("a.>", True)],
)
def test_a_wildcard_is_a_whole_token(subject: str, expected: bool) -> None:
    assert has_wildcard(subject) is expected


def test_placeholders_are_filled_with_every_value_the_first_slowest() -> None:
    filled = fill("{a}.x.{b}", {"a": ["1", "2"], "b": ["p.q", "r"]})

    assert filled == ("1.x.p.q", "1.x.r", "2.x.p.q", "2.x.r")


def test_a_placeholder_without_values_takes_its_name_and_three_numbers() -> None:
    assert fill("a.{region}", {}) == ("a.region1", "a.region2", "a.region3")


def test_a_placeholder_that_is_there_twice_has_one_value_at_a_time() -> None:
    assert fill("{a}.{a}", {"a": ["x", "y"]}) == ("x.x", "y.y")


def test_placeholders_are_listed_once_in_order() -> None:
    assert placeholders("{b}.{a}.{b}") == ["b", "a"]


def test_a_thousand_subjects_are_the_most() -> None:
    with pytest.raises(RuleError, match="2187 subjects"):
        fill("{a}{b}{c}{d}{e}{f}{g}", {})


def test_a_filled_subject_may_be_too_long() -> None:
    with pytest.raises(RuleError, match="at most 255 characters"):
        fill("{a}.{a}", {"a": ["x" * 200]})
