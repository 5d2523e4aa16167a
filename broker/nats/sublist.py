"""The sublist: which subscriptions a subject reaches.

Literal subjects, most of any interest, are keys of one dict; patterns stand in a trie; a bounded
memory of matches is in front of both.
Laws of the file: an answer is in the order of SUB (by serial), however it was found; any change of
interest raises `generation`, by which what was compiled from a match is seen to be old.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from natsim.record import record

from .crowd import gather, joined, parted
from .match_cache import MatchCache
from .pattern_trie import PatternTrie
from .subject import has_wildcard
from .sublist_statistics import SublistStatistics

if TYPE_CHECKING:
    from collections.abc import Callable

    from .crowd import Holders
    from .subscription import Subscription

_serial: Callable[[Subscription], int] = attrgetter("serial")


@record
class Match:
    """The subscriptions that a subject reaches.

    plain: each gets the message. groups: of each queue group, one member gets it.
    """

    plain: tuple[Subscription, ...]
    groups: tuple[tuple[Subscription, ...], ...]


_NOBODY = Match((), ())


class Sublist:
    """All subscriptions of one account.

    cache_bytes_max: bound of the remembered matches, by our own estimate.
    """

    __slots__ = (
        "_cache",
        "_insert_count",
        "_literals",
        "_match_count",
        "_patterns",
        "_remove_count",
        "_search_count",
        "count",
        "generation",
    )

    def __init__(self, cache_bytes_max: int) -> None:
        self._literals: dict[bytes, Holders] = {}
        self._patterns = PatternTrie()
        self._cache = MatchCache(cache_bytes_max)
        self._insert_count = self._remove_count = 0
        self._match_count = self._search_count = 0
        self.count = 0
        self.generation = 0

    def insert(self, subscription: Subscription) -> None:
        """Add a subscription; its subject is a valid pattern."""
        subject = subscription.subject
        if has_wildcard(subject):
            self._patterns.insert(subscription)
            self._cache.pattern_changed(subject)
        else:
            holders = joined(self._literals.get(subject), subscription)
            # Its own subject: equal ones share their bytes, so the key is no copy either.
            self._literals[subscription.subject] = holders
            self._cache.literal_changed(subject)
        self.count += 1
        self._insert_count += 1
        self.generation += 1

    def remove(self, subscription: Subscription) -> None:
        """Take a subscription out. Raises KeyError if it is not there."""
        subject = subscription.subject
        if has_wildcard(subject):
            self._patterns.remove(subscription)
            self._cache.pattern_changed(subject)
        else:
            left = parted(self._literals.get(subject), subscription)
            if left is None:
                del self._literals[subject]
            else:
                self._literals[subject] = left
            self._cache.literal_changed(subject)
        self.count -= 1
        self._remove_count += 1
        self.generation += 1

    def match(self, subject: bytes) -> Match:
        """Find who gets a message published to a subject.

        A subject with an empty token reaches nobody; a token `*` or `>` in it is ordinary text.
        """
        self._match_count += 1
        found = self._cache.get(subject)
        if found is None:
            self._search_count += 1
            found = self._search(subject)
            self._cache.put(subject, found)
        return found

    def statistics(self) -> SublistStatistics:
        """Count what happened and what is held; takes as long as there are remembered matches."""
        fanouts = [len(match.plain) + len(match.groups) for match in self._cache.matches()]
        return SublistStatistics(
            num_subscriptions=self.count,
            num_cache=len(fanouts),
            num_inserts=self._insert_count,
            num_removes=self._remove_count,
            num_matches=self._match_count,
            num_hits=self._match_count - self._search_count,
            max_fanout=max(fanouts, default=0),
            total_fanout=sum(fanouts),
        )

    def _search(self, subject: bytes) -> Match:
        tokens = subject.split(b".")
        if b"" in tokens:
            return _NOBODY
        found: list[Subscription] = []
        holders = self._literals.get(subject)
        if holders is not None:
            gather(holders, found)
        self._patterns.search(tokens, found)
        return _arrange(found) if found else _NOBODY


def _arrange(found: list[Subscription]) -> Match:
    found.sort(key=_serial)
    plain = tuple([member for member in found if not member.queue])
    if len(plain) == len(found):
        return Match(plain, ())
    groups: dict[bytes, list[Subscription]] = {}
    for member in found:
        if member.queue:
            groups.setdefault(member.queue, []).append(member)
    return Match(plain, tuple(map(tuple, groups.values())))
