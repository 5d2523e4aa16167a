"""The sublist finds what the naive model finds, in the order of SUB."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from natsim.broker.nats.limits import MATCH_JOURNAL_CHANGES
from natsim.broker.nats.sublist import Match, Sublist

from .interest import expected_serials, patterns, queues, serials, subjects, subscription

if TYPE_CHECKING:
    from natsim.broker.nats.subscription import Subscription

_DEEP = 2000  # tokens; as many as a control line of nats-server holds


class SublistMachine(RuleBasedStateMachine):
    """A sublist beside a list of what it should hold."""

    def __init__(self) -> None:
        super().__init__()
        self.sublist = Sublist(0)
        self.cache_bytes_max = 0
        self.held: list[Subscription] = []
        self.generation = 0
        self.serial = 0

    @initialize(cache_bytes_max=st.sampled_from([0, 1_000, 3_000, 100_000]))
    def begin(self, cache_bytes_max: int) -> None:
        self.sublist = Sublist(cache_bytes_max)
        self.cache_bytes_max = cache_bytes_max

    @rule(pattern=patterns, queue=queues)
    def insert(self, pattern: str, queue: str) -> None:
        self.serial += 1
        self.held.append(subscription(pattern, queue, self.serial))
        self.sublist.insert(self.held[-1])
        self._interest_changed()

    @precondition(lambda self: self.held)
    @rule(choice=st.integers(min_value=0))
    def remove(self, choice: int) -> None:
        self.sublist.remove(self.held.pop(choice % len(self.held)))
        self._interest_changed()

    @rule(
        pattern=patterns,
        laps=st.sampled_from([1, MATCH_JOURNAL_CHANGES // 2, MATCH_JOURNAL_CHANGES]),
    )
    def come_and_go(self, pattern: str, laps: int) -> None:
        for _ in range(laps):
            self.serial += 1
            passing = subscription(pattern, "", self.serial)
            self.sublist.insert(passing)
            self.sublist.remove(passing)
        self._interest_changed()

    @rule(subject=subjects)
    def match(self, subject: str) -> None:
        found = self.sublist.match(subject.encode())

        assert serials(found) == expected_serials(self.held, subject)

    @rule()
    def match_again(self) -> None:
        for subject in ("a", "a.b", "b.a.c", "c"):
            self.match(subject)

    @invariant()
    def what_it_counts_is_so(self) -> None:
        statistics = self.sublist.statistics()

        assert self.sublist.count == statistics.num_subscriptions == len(self.held)
        assert statistics.num_inserts - statistics.num_removes == len(self.held)

    @invariant()
    def its_cache_is_bounded(self) -> None:
        assert self.sublist._cache.held_bytes <= self.cache_bytes_max

    def _interest_changed(self) -> None:
        assert self.sublist.generation > self.generation
        self.generation = self.sublist.generation


TestSublist = SublistMachine.TestCase
TestSublist.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


@given(
    written=st.lists(st.tuples(patterns, queues, st.booleans()), max_size=12),
    subject=subjects,
)
def test_it_agrees_with_the_naive_matcher(
    written: list[tuple[str, str, bool]], subject: str
) -> None:
    sublist = Sublist(cache_bytes_max=10_000)
    kept: list[Subscription] = []
    for serial, (pattern, queue, is_removed) in enumerate(written):
        member = subscription(pattern, queue, serial)
        sublist.insert(member)
        sublist.match(subject.encode())
        if is_removed:
            sublist.remove(member)
        else:
            kept.append(member)

    found = sublist.match(subject.encode())

    assert serials(found) == expected_serials(kept, subject)
    assert sublist.count == len(kept)


@given(order=st.permutations(range(8)))
def test_an_answer_is_in_the_order_of_sub_whatever_came_first(order: list[int]) -> None:
    sublist = Sublist(cache_bytes_max=10_000)
    written = ["a.b", "a.*", "a.>", ">", "a.b", "*.b", "a.*", "*.*"]
    for serial in order:
        sublist.insert(subscription(written[serial], "", serial))

    found = sublist.match(b"a.b")

    assert [member.serial for member in found.plain] == list(range(8))


@given(subject=subjects, order=st.permutations(range(8)))
def test_an_emptied_sublist_keeps_nothing(subject: str, order: list[int]) -> None:
    sublist = Sublist(cache_bytes_max=10_000)
    written = ["a.b", "a.*", "a.>", ">", "a.b", "a.*.c", "a.*.d", "*.*.e.>"]
    members = [subscription(pattern, "", serial) for serial, pattern in enumerate(written)]
    for member in members:
        sublist.insert(member)
    for serial in order:
        sublist.remove(members[serial])

    assert sublist.match(subject.encode()) == Match((), ())
    assert sublist._literals == {}
    assert sublist._patterns.is_empty


def test_any_change_of_interest_raises_the_generation() -> None:
    sublist = Sublist(cache_bytes_max=10_000)
    member = subscription("a")
    generations = [sublist.generation]
    sublist.insert(member)
    generations.append(sublist.generation)
    sublist.remove(member)
    generations.append(sublist.generation)

    assert generations == sorted(set(generations))


@pytest.mark.parametrize("pattern", ["a.b", "a.*", "a.>", "c.d", "c.*", "c.>", "a"])
def test_what_is_not_there_cannot_be_removed(pattern: str) -> None:
    sublist = Sublist(cache_bytes_max=10_000)
    for serial, other in enumerate(["a.b", "a.*", "a.>"]):
        sublist.insert(subscription(other, "", serial))

    with pytest.raises(KeyError):
        sublist.remove(subscription(pattern, "", 9))

    assert sublist.count == 3
    assert serials(sublist.match(b"a.b")) == ([0, 1, 2], [])


@pytest.mark.parametrize("pattern", ["a.b", "a.*", "a.>", ">"])
@pytest.mark.parametrize("others", [0, 1, 2])
def test_a_removed_subscription_never_matches(pattern: str, others: int) -> None:
    sublist = Sublist(cache_bytes_max=10_000)
    member = subscription(pattern, "", 9)
    for serial in range(others):
        sublist.insert(subscription(pattern, "", serial))
    sublist.insert(member)
    sublist.match(b"a.b")

    sublist.remove(member)

    assert member not in sublist.match(b"a.b").plain
    assert len(sublist.match(b"a.b").plain) == others


@pytest.mark.parametrize("last", ["b", "*", ">"])
@pytest.mark.parametrize("token", ["a", "*"])
def test_a_subject_may_have_any_number_of_tokens(token: str, last: str) -> None:
    sublist = Sublist(cache_bytes_max=1_000_000)
    member = subscription(".".join([token] * (_DEEP - 1) + [last]))
    subject = b".".join([b"a"] * (_DEEP - 1) + [b"b"])
    sublist.match(subject)

    sublist.insert(member)
    found = sublist.match(subject)
    sublist.remove(member)

    assert found.plain == (member,)
    assert sublist.match(subject) == Match((), ())


@pytest.mark.parametrize("pattern", ["a.b", "a.*", "a.>"])
def test_equal_subjects_share_their_bytes(pattern: str) -> None:
    sublist = Sublist(cache_bytes_max=10_000)
    members = [subscription(pattern, "", serial) for serial in range(3)]
    assert members[0].subject is not members[1].subject

    for member in members:
        sublist.insert(member)

    assert members[0].subject is members[1].subject is members[2].subject


def test_it_leaves_nothing_to_the_garbage_collector() -> None:
    sublist = Sublist(cache_bytes_max=10_000)
    written = ["a.b", "a.*", "a.b", "*.>", "*.c.*", "a.*", "a.*.d"]
    members = [subscription(pattern, "", serial) for serial, pattern in enumerate(written)]
    gc.collect()
    gc.disable()
    try:
        for place in range(len(members)):
            sublist.insert(members[place])
            sublist.match(b"a.b")
        for place in range(0, len(members), 2):
            sublist.remove(members[place])
        del sublist, members

        assert gc.collect() == 0
    finally:
        gc.enable()


def test_its_statistics_are_those_of_nats_server() -> None:
    # As /subsz of 2.15.1 tells after the same commands.
    sublist = Sublist(cache_bytes_max=10_000)
    written = [("a", ""), ("a", ""), ("b.*", "q"), ("b.*", "q"), ("x", "")]
    members = [subscription(*words, serial) for serial, words in enumerate(written)]
    for member in members:
        sublist.insert(member)
    for subject in (b"a", b"b.c", b"nobody", b"a"):
        sublist.match(subject)
    sublist.remove(members[4])

    statistics = sublist.statistics()

    assert statistics.num_subscriptions == 4
    assert statistics.num_inserts == 5
    assert statistics.num_removes == 1
    assert statistics.num_cache == 3
    assert statistics.num_matches == 4
    assert statistics.cache_hit_rate == 1 / 4
    assert statistics.max_fanout == 2
    assert statistics.avg_fanout == 1.0
