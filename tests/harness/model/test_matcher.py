"""The matcher against the specification, and against a second way to say it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.harness.model.matcher import has_wildcard, is_valid_pattern, matches

# From the specification and from measurements on nats-server: docs of subjects, section 3.1.
MATCHING = [
    ("foo", "foo"),
    ("*", "foo"),
    (">", "foo"),
    (">", "foo.bar"),
    ("foo.*", "foo.bar"),
    ("*.bar", "foo.bar"),
    ("foo.*.baz", "foo.bar.baz"),
    ("foo.>", "foo.bar"),
    ("foo.>", "foo.bar.baz"),
    ("*.>", "foo.bar.baz"),
    ("foo*", "foo*"),
    ("foo.**", "foo.**"),
    ("a.>b", "a.>b"),
    ("foo.*", "foo.*"),
    ("foo.*", "foo.>"),
    ("foo.>", "foo.>"),
    ("foo.>", "foo.>.bar"),
    (">", "$SYS.x"),
    (">", "_INBOX.x"),
]
NOT_MATCHING = [
    ("foo", "bar"),
    ("foo", "Foo"),
    ("foo", "foo.bar"),
    ("foo.bar", "foo"),
    ("*", "foo.bar"),
    ("foo.*", "foo"),
    ("foo.*", "foo.bar.baz"),
    ("foo.>", "foo"),
    ("foo*", "foobar"),
    ("foo.**", "foo.bar"),
    ("foo.>>", "foo.bar"),
    ("foo.bar", "foo.*"),
    ("foo.bar", "foo.>"),
    (">", "foo..bar"),
    (">", ".foo"),
    (">", "foo."),
    (">", ""),
    ("*", ""),
    ("foo..bar", "foo..bar"),
    ("foo.>.bar", "foo.x.bar"),
    ("foo.>.bar", "foo.>.bar"),
]

tokens = st.sampled_from(["a", "b", "ab", "*", ">", "a*", ">b", ""])
subjects = st.lists(tokens, min_size=1, max_size=5).map(".".join)


@pytest.mark.parametrize(("pattern", "subject"), MATCHING)
def test_a_pattern_matches(pattern: str, subject: str) -> None:
    assert matches(pattern, subject)


@pytest.mark.parametrize(("pattern", "subject"), NOT_MATCHING)
def test_a_pattern_does_not_match(pattern: str, subject: str) -> None:
    assert not matches(pattern, subject)


def as_expression(pattern: str) -> str:
    """Translate a valid pattern to a regular expression."""
    wild = {"*": r"[^.]+", ">": r"[^.]+(\.[^.]+)*"}
    return r"\.".join(wild.get(token, re.escape(token)) for token in pattern.split("."))


@given(subjects.filter(is_valid_pattern), subjects)
def test_it_agrees_with_a_regular_expression(pattern: str, subject: str) -> None:
    expected = re.fullmatch(as_expression(pattern), subject) is not None

    assert matches(pattern, subject) == expected


@given(subjects.filter(lambda pattern: not is_valid_pattern(pattern)), subjects)
def test_an_invalid_pattern_matches_nothing(pattern: str, subject: str) -> None:
    assert not matches(pattern, subject)


@given(subjects, subjects)
def test_a_pattern_without_a_wildcard_matches_its_own_text_alone(
    pattern: str, subject: str
) -> None:
    expected = pattern == subject and "" not in subject.split(".")

    assert has_wildcard(pattern) or matches(pattern, subject) == expected


@given(subjects)
def test_the_widest_pattern_matches_every_subject_without_an_empty_token(subject: str) -> None:
    assert matches(">", subject) == ("" not in subject.split("."))
