"""The sublist finds what the naive model finds, in the order of SUB."""

from hypothesis import given
from hypothesis import strategies as st

from natsim.broker.nats.sublist import Match, Sublist
from natsim.broker.nats.subscription import Subscription
from natsim.harness.model.matcher import is_valid_pattern, matches

from .clients import lone_client

_TOKENS = st.sampled_from(["a", "b", "c", "*", ">", "a*", ""])
subjects = st.lists(_TOKENS, min_size=1, max_size=4).map(".".join)
patterns = subjects.filter(is_valid_pattern)
queues = st.sampled_from(["", "", "q", "r"])

_CLIENT = lone_client()


def _subscription(pattern: str, queue: str, serial: int) -> Subscription:
    return Subscription(_CLIENT, b"%d" % serial, pattern.encode(), queue.encode(), serial)


def _serials(match: Match) -> tuple[list[int], list[list[int]]]:
    plain = [member.serial for member in match.plain]
    return plain, [[member.serial for member in group] for group in match.groups]


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
        subscription = _subscription(pattern, queue, serial)
        sublist.insert(subscription)
        sublist.match(subject.encode())
        if is_removed:
            sublist.remove(subscription)
        else:
            kept.append(subscription)
    wanted = [s for s in kept if matches(s.subject.decode(), subject)]
    groups: dict[bytes, list[int]] = {}
    for subscription in wanted:
        if subscription.queue:
            groups.setdefault(subscription.queue, []).append(subscription.serial)

    found = sublist.match(subject.encode())

    assert _serials(found) == ([s.serial for s in wanted if not s.queue], list(groups.values()))
    assert sublist.count == len(kept)


@given(subject=subjects)
def test_an_emptied_sublist_keeps_nothing(subject: str) -> None:
    sublist = Sublist(cache_bytes_max=10_000)
    members = [_subscription(p, "", n) for n, p in enumerate(["a.b", "a.*", "a.>", ">", "a.b"])]
    for member in members:
        sublist.insert(member)
    for member in members:
        sublist.remove(member)

    assert sublist.match(subject.encode()) == Match((), ())
    assert sublist._root.is_bare()


def test_any_change_of_interest_raises_the_generation() -> None:
    sublist = Sublist(cache_bytes_max=10_000)
    member = _subscription("a", "", 1)
    generations = [sublist.generation]
    sublist.insert(member)
    generations.append(sublist.generation)
    sublist.remove(member)
    generations.append(sublist.generation)

    assert generations == sorted(set(generations))


def test_its_memory_of_matches_is_bounded() -> None:
    sublist = Sublist(cache_bytes_max=5_000)
    for number in range(10_000):
        sublist.match(b"a.%d" % number)

    assert len(sublist._cache) < 20
