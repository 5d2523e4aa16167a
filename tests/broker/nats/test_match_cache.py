"""Remembered matches: true, bounded, and not forgotten without need."""

import sys

import pytest

from natsim.broker.nats.limits import MATCH_JOURNAL_CHANGES
from natsim.broker.nats.match_cache import MatchCache, cost_bytes
from natsim.broker.nats.sublist import Match

from .interest import match_of

_COLLECTOR_BYTES = 16  # stand before each object that the garbage collector knows


def _true_bytes(cache: MatchCache) -> int:
    total = 0
    for half in (cache._young, cache._old):
        total += sys.getsizeof(half) + sum(map(sys.getsizeof, half))
        for remembered in half.values():
            match = remembered.match
            known = (remembered, match, *filter(None, (match.plain, match.groups)), *match.groups)
            total += sum(sys.getsizeof(thing) + _COLLECTOR_BYTES for thing in known)
    return total


def _filled(bytes_max: int, count: int, match: Match) -> MatchCache:
    cache = MatchCache(bytes_max)
    for number in range(count):
        cache.put(b"orders.%d" % number, Match(match.plain, match.groups))
    return cache


def test_a_match_is_given_again() -> None:
    cache = MatchCache(10_000)
    match = match_of(2)

    cache.put(b"a", match)

    assert cache.get(b"a") is match
    assert cache.get(b"b") is None


def test_a_change_of_a_literal_drops_only_its_own_match() -> None:
    cache = MatchCache(10_000)
    cache.put(b"a", match_of(1))
    cache.put(b"b", match_of(1))

    cache.literal_changed(b"a")

    assert cache.get(b"a") is None
    assert cache.get(b"b") is not None


def test_a_change_of_a_literal_drops_a_match_that_nobody_asked_for_lately() -> None:
    cache = MatchCache(10_000)
    cache.put(b"a", match_of(1))
    for number in range(MATCH_JOURNAL_CHANGES):
        cache.pattern_changed(b"c.%d.*" % number)

    cache.literal_changed(b"a")

    assert cache.get(b"a") is None


@pytest.mark.parametrize(
    ("pattern", "subject", "is_kept"),
    [
        (b"a.*", b"a.b", False),
        (b"a.>", b"a.b.c", False),
        (b">", b"a", False),
        (b"*.b", b"a.b", False),
        (b"a.*.c", b"a.b.d", True),
        (b"a.>", b"a", True),
        (b"a.*", b"a.b.c", True),
        (b"b.*", b"a.b", True),
    ],
)
def test_a_change_of_a_pattern_drops_what_it_matches(
    pattern: bytes, subject: bytes, is_kept: bool
) -> None:
    cache = MatchCache(10_000)
    cache.put(subject, match_of(1))

    cache.pattern_changed(pattern)

    assert (cache.get(subject) is not None) == is_kept


def test_what_is_asked_for_outlives_any_number_of_other_changes() -> None:
    cache = MatchCache(10_000)
    cache.put(b"a.b", match_of(1))

    for number in range(10 * MATCH_JOURNAL_CHANGES):
        cache.pattern_changed(b"c.%d.*" % number)

        assert cache.get(b"a.b") is not None


@pytest.mark.parametrize("behind", range(1, 2 * MATCH_JOURNAL_CHANGES + 2))
def test_the_first_of_many_changes_is_not_overlooked(behind: int) -> None:
    cache = MatchCache(10_000)
    cache.put(b"a.b", match_of(1))

    cache.pattern_changed(b"a.*")
    for number in range(behind - 1):
        cache.pattern_changed(b"c.%d.*" % number)

    assert cache.get(b"a.b") is None


def test_what_nobody_asks_for_is_let_go_after_two_journals_of_changes() -> None:
    cache = MatchCache(10_000)
    cache.put(b"a.b", match_of(1))

    for number in range(2 * MATCH_JOURNAL_CHANGES):
        cache.pattern_changed(b"c.%d.*" % number)

    assert len(cache) == 0
    assert cache.held_bytes == 0


def test_what_is_asked_for_outlives_what_is_not() -> None:
    cache = MatchCache(10_000)
    cache.put(b"asked.for", match_of(1))

    for number in range(1_000):
        cache.put(b"orders.%d" % number, match_of(1))

        assert cache.get(b"asked.for") is not None

    assert cache.get(b"orders.0") is None


@pytest.mark.parametrize("bytes_max", [0, 100, 1_000, 10_000, 100_000])
@pytest.mark.parametrize("members", [0, 1, 50])
def test_it_never_holds_more_than_its_bound(bytes_max: int, members: int) -> None:
    cache = MatchCache(bytes_max)
    most = 0
    for number in range(2_000):
        cache.put(b"orders.%d" % number, match_of(members))
        most = max(most, cache.held_bytes)

    assert most <= bytes_max


def test_a_match_beyond_half_the_bound_is_not_remembered() -> None:
    cache = MatchCache(10_000)
    cache.put(b"few", match_of(1))

    cache.put(b"many", match_of(1_000))

    assert cache.get(b"many") is None
    assert cache.get(b"few") is not None


@pytest.mark.parametrize("count", [1_000, 5_461, 5_462, 20_000])
@pytest.mark.parametrize(
    "match",
    [match_of(1), match_of(5), match_of(100), match_of(0, [2]), match_of(3, [4, 1, 7])],
    ids=["1", "5", "100", "a group", "3 and groups"],
)
def test_its_estimate_is_near_the_truth(count: int, match: Match) -> None:
    cache = _filled(1_000_000_000, count, match)

    ratio = cache.held_bytes / _true_bytes(cache)

    assert 0.8 < ratio < 1.25


def test_its_estimate_is_the_sum_of_what_it_holds() -> None:
    cache = _filled(20_000, 200, match_of(2, [3]))
    for number in range(150, 200, 3):
        cache.literal_changed(b"orders.%d" % number)
    for number in range(150, 200, 7):
        cache.get(b"orders.%d" % number)

    held = {**cache._young, **cache._old}

    assert len(held) == len(cache)
    assert cache.held_bytes == sum(cost_bytes(key, one.match) for key, one in held.items())
