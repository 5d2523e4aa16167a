"""The sublist: which subscriptions a subject reaches.

A trie by token with one child for `*` and one for `>`, and a bounded memory of matches in front.
Laws of the file: an answer is in the order of SUB (by serial), whatever the shape of the trie; any
change of interest raises `generation`, by which what was compiled from a match is seen to be old.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.record import record

from .subject import STAR, TAIL, has_wildcard

if TYPE_CHECKING:
    from .subscription import Subscription

_ENTRY_BYTES = 300  # a dict entry, a key and an empty Match, roughly as CPython 3.11 counts them
_MEMBER_BYTES = 8


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

    cache_bytes_max: bound of the remembered matches, by this file's estimate.
    """

    __slots__ = ("_cache", "_cache_bytes", "_cache_bytes_max", "_root", "count", "generation")

    def __init__(self, cache_bytes_max: int) -> None:
        self._root = _Node()
        self._cache: dict[bytes, Match] = {}
        self._cache_bytes = 0
        self._cache_bytes_max = cache_bytes_max
        self.count = 0
        self.generation = 0

    def insert(self, subscription: Subscription) -> None:
        """Add a subscription; its subject is a valid pattern."""
        node = self._root
        for token in subscription.subject.split(b"."):
            node = node.grow(token)
        node.subscriptions[subscription.serial] = subscription
        self.count += 1
        self._interest_changed(subscription.subject)

    def remove(self, subscription: Subscription) -> None:
        """Take a subscription out. Raises KeyError if it is not there."""
        path = [self._root]
        tokens = subscription.subject.split(b".")
        for token in tokens:
            path.append(path[-1].child(token))
        del path[-1].subscriptions[subscription.serial]
        for depth in range(len(tokens), 0, -1):
            if not path[depth].is_bare():
                break
            path[depth - 1].cut(tokens[depth - 1])
        self.count -= 1
        self._interest_changed(subscription.subject)

    def match(self, subject: bytes) -> Match:
        """Find who gets a message published to a subject.

        A subject with an empty token reaches nobody; a token `*` or `>` in it is ordinary text.
        """
        found = self._cache.get(subject)
        if found is None:
            found = self._search(subject)
            self._remember(subject, found)
        return found

    def _search(self, subject: bytes) -> Match:
        tokens = subject.split(b".")
        if b"" in tokens:
            return _NOBODY
        found: list[Subscription] = []
        level = [self._root]
        for token in tokens:
            below: list[_Node] = []
            for node in level:
                if node.tail is not None:
                    found.extend(node.tail.subscriptions.values())
                if node.star is not None:
                    below.append(node.star)
                child = node.literals.get(token)
                if child is not None:
                    below.append(child)
            if not below:
                break
            level = below
        else:
            for node in level:
                found.extend(node.subscriptions.values())
        return _arrange(found)

    def _remember(self, subject: bytes, match: Match) -> None:
        members = len(match.plain) + sum(len(group) for group in match.groups)
        cost = _ENTRY_BYTES + len(subject) + _MEMBER_BYTES * members
        if self._cache_bytes + cost > self._cache_bytes_max:
            self._forget()
        if cost <= self._cache_bytes_max:
            self._cache[subject] = match
            self._cache_bytes += cost

    def _interest_changed(self, pattern: bytes) -> None:
        self.generation += 1
        if has_wildcard(pattern):
            self._forget()
        else:
            # The estimate keeps the entry's cost: it may only err to the safe side.
            self._cache.pop(pattern, None)

    def _forget(self) -> None:
        self._cache.clear()
        self._cache_bytes = 0


class _Node:
    """A place in the trie: what follows a prefix of tokens."""

    __slots__ = ("literals", "star", "subscriptions", "tail")

    def __init__(self) -> None:
        self.literals: dict[bytes, _Node] = {}
        self.star: _Node | None = None
        self.tail: _Node | None = None
        self.subscriptions: dict[int, Subscription] = {}

    def grow(self, token: bytes) -> _Node:
        """Give the child for a token, made if it was not there."""
        if token == STAR:
            if self.star is None:
                self.star = _Node()
            return self.star
        if token == TAIL:
            if self.tail is None:
                self.tail = _Node()
            return self.tail
        child = self.literals.get(token)
        if child is None:
            child = self.literals[token] = _Node()
        return child

    def child(self, token: bytes) -> _Node:
        """Give the child for a token. Raises KeyError if there is none."""
        found = {STAR: self.star, TAIL: self.tail}.get(token) or self.literals.get(token)
        if found is None:
            raise KeyError(token)
        return found

    def cut(self, token: bytes) -> None:
        """Drop the child for a token."""
        if token == STAR:
            self.star = None
        elif token == TAIL:
            self.tail = None
        else:
            del self.literals[token]

    def is_bare(self) -> bool:
        """Tell whether nothing hangs on this place any more."""
        return not (self.subscriptions or self.literals or self.star or self.tail)


def _arrange(found: list[Subscription]) -> Match:
    found.sort(key=_serial)
    plain: list[Subscription] = []
    groups: dict[bytes, list[Subscription]] = {}
    for subscription in found:
        if subscription.queue:
            groups.setdefault(subscription.queue, []).append(subscription)
        else:
            plain.append(subscription)
    return Match(tuple(plain), tuple(tuple(group) for group in groups.values()))


def _serial(subscription: Subscription) -> int:
    return subscription.serial
