"""The rules of subjects, against the naive model, and the examples in their docstrings."""

import doctest

from hypothesis import given

from natsim.broker.nats import subject as rules
from natsim.harness.model import matcher

from .interest import patterns, subjects


def test_the_examples_hold() -> None:
    results = doctest.testmod(rules)

    assert results.attempted > 0
    assert results.failed == 0


@given(pattern=patterns)
def test_a_wildcard_is_a_whole_token(pattern: str) -> None:
    assert rules.has_wildcard(pattern.encode()) == matcher.has_wildcard(pattern)


@given(pattern=patterns, subject=subjects.filter(lambda subject: "" not in subject.split(".")))
def test_a_pattern_matches_what_the_model_says(pattern: str, subject: str) -> None:
    is_match = rules.pattern_matches(pattern.encode(), subject.encode())

    assert is_match == matcher.matches(pattern, subject)
    assert subject.encode().startswith(rules.literal_prefix(pattern.encode())) or not is_match
