"""The rules of subjects, against the naive model."""

from hypothesis import given

from natsim.broker.nats import subject as rules
from natsim.harness.model import matcher

from .interest import patterns, subjects


@given(pattern=patterns)
def test_a_wildcard_is_a_whole_token(pattern: str) -> None:
    assert rules.has_wildcard(pattern.encode()) == matcher.has_wildcard(pattern)


@given(pattern=patterns, subject=subjects.filter(lambda subject: "" not in subject.split(".")))
def test_a_pattern_matches_what_the_model_says(pattern: str, subject: str) -> None:
    is_match = rules.pattern_matches(pattern.encode(), subject.encode())

    assert is_match == matcher.matches(pattern, subject)
    assert subject.encode().startswith(rules.literal_prefix(pattern.encode())) or not is_match
