"""Several sublists, counted as one."""

from natsim.broker.nats.sublist import Sublist
from natsim.broker.nats.sublist_statistics import SublistStatistics, combined

from .interest import subscription


def _statistics(patterns: list[str], subjects: list[str]) -> SublistStatistics:
    sublist = Sublist(cache_bytes_max=10_000)
    for serial, pattern in enumerate(patterns):
        sublist.insert(subscription(pattern, "", serial))
    for subject in subjects:
        sublist.match(subject.encode())
    return sublist.statistics()


def test_rates_are_of_all_matches_together() -> None:
    busy = _statistics(["a", "a", "a"], ["a", "a", "a"])
    quiet = _statistics(["b"], ["b", "c"])

    both = combined([busy, quiet])

    assert (both.num_subscriptions, both.num_inserts, both.num_cache) == (4, 4, 3)
    assert (both.num_matches, both.cache_hit_rate) == (5, 2 / 5)
    assert (both.max_fanout, both.avg_fanout) == (3, 4 / 3)


def test_no_sublist_counts_nothing() -> None:
    nothing = combined([])

    assert nothing == _statistics([], [])
    assert (nothing.cache_hit_rate, nothing.avg_fanout, nothing.max_fanout) == (0.0, 0.0, 0)
