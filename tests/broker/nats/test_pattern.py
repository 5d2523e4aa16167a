"""Patterns relate as sets of subjects do."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from natsim.broker.nats.pattern import do_overlap, is_subset

# Every subject of up to four of these tokens; z stands for all that no pattern names.
SUBJECTS = [
    list(each) for size in (1, 2, 3, 4) for each in product([b"a", b"b", b"z"], repeat=size)
]


@st.composite
def _patterns(draw: st.DrawFn) -> list[bytes]:
    tokens = draw(st.lists(st.sampled_from([b"a", b"b", b"*"]), max_size=3))
    return [*tokens, b">"] if not tokens or draw(st.booleans()) else tokens


@given(_patterns(), _patterns())
def test_a_subset_reaches_nothing_the_other_does_not(
    inner: list[bytes], outer: list[bytes]
) -> None:
    assert is_subset(inner, outer) == all(
        its or not mine for mine, its in zip(_reached(inner), _reached(outer), strict=True)
    )


@given(_patterns(), _patterns())
def test_patterns_overlap_where_both_reach_a_subject(one: list[bytes], other: list[bytes]) -> None:
    assert do_overlap(one, other) == any(
        mine and its for mine, its in zip(_reached(one), _reached(other), strict=True)
    )


def _reached(pattern: list[bytes]) -> list[bool]:
    return [_is_reached(pattern, subject) for subject in SUBJECTS]


def _is_reached(pattern: list[bytes], subject: list[bytes]) -> bool:
    if not pattern or not subject:
        return pattern == subject
    if pattern[0] == b">":
        return True
    return pattern[0] in (b"*", subject[0]) and _is_reached(pattern[1:], subject[1:])
