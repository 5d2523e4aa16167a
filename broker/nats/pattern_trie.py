"""The subscriptions with wildcards, in a trie by token.

Laws of the file: nothing recurses, so a subject may have any number of tokens; nothing points
back, so what is cut off is freed at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .crowd import gather, joined, parted
from .subject import STAR, TAIL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .crowd import Holders
    from .subscription import Subscription


class PatternTrie:
    """Subscriptions, found by the subjects that their patterns match."""

    __slots__ = ("_root",)

    def __init__(self) -> None:
        self._root = _Node(b"")

    def insert(self, subscription: Subscription) -> None:
        """Add a subscription; its subject is a valid pattern."""
        tokens = subscription.subject.split(b".")
        has_tail = tokens[-1] == TAIL
        if has_tail:
            tokens.pop()
        node = self._root
        for token in tokens:
            node = node.grow(token)
        if has_tail:
            node.tail = joined(node.tail, subscription)
        else:
            node.here = joined(node.here, subscription)

    def remove(self, subscription: Subscription) -> None:
        """Take a subscription out. Raises KeyError if it is not there."""
        tokens = subscription.subject.split(b".")
        has_tail = tokens[-1] == TAIL
        if has_tail:
            tokens.pop()
        path = [self._root]
        for token in tokens:
            path.append(path[-1].child(token))
        node = path.pop()
        if has_tail:
            node.tail = parted(node.tail, subscription)
        else:
            node.here = parted(node.here, subscription)
        while path and node.is_bare:
            parent = path.pop()
            parent.cut(node)
            node = parent

    def search(self, tokens: Sequence[bytes], found: list[Subscription]) -> None:
        """Add all that a subject reaches, given its tokens, in no order; none is empty."""
        level = [self._root]
        for token in tokens:
            below: list[_Node] = []
            for node in level:
                if node.tail is not None:
                    gather(node.tail, found)
                if node.star is not None:
                    below.append(node.star)
                literal = node.literals
                if isinstance(literal, dict):
                    child = literal.get(token)
                    if child is not None:
                        below.append(child)
                elif literal is not None and literal.token == token:
                    below.append(literal)
            if not below:
                return
            level = below
        for node in level:
            if node.here is not None:
                gather(node.here, found)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is no subscription, and so no node but the root."""
        return self._root.is_bare


class _Node:
    """A place in the trie: what follows a prefix of tokens.

    token: the last of the prefix. here: who subscribed to the prefix itself. tail: who has `>`
    behind it. star, literals: the nodes of longer prefixes; a lone literal stands without a dict.
    """

    __slots__ = ("here", "literals", "star", "tail", "token")

    def __init__(self, token: bytes) -> None:
        self.token = token
        self.here: Holders | None = None
        self.tail: Holders | None = None
        self.star: _Node | None = None
        self.literals: dict[bytes, _Node] | _Node | None = None

    def find(self, token: bytes) -> _Node | None:
        """Give the child for a token, if there is one."""
        if token == STAR:
            return self.star
        literals = self.literals
        if isinstance(literals, dict):
            return literals.get(token)
        return literals if literals is not None and literals.token == token else None

    def child(self, token: bytes) -> _Node:
        """Give the child for a token. Raises KeyError if there is none."""
        found = self.find(token)
        if found is None:
            raise KeyError(token)
        return found

    def grow(self, token: bytes) -> _Node:
        """Give the child for a token, made if it was not there."""
        found = self.find(token)
        if found is not None:
            return found
        child = _Node(token)
        if token == STAR:
            self.star = child
        elif self.literals is None:
            self.literals = child
        elif isinstance(self.literals, dict):
            self.literals[token] = child
        else:
            self.literals = {self.literals.token: self.literals, token: child}
        return child

    def cut(self, child: _Node) -> None:
        """Drop a child."""
        if child is self.star:
            self.star = None
        elif isinstance(self.literals, dict):
            del self.literals[child.token]
            if len(self.literals) == 1:
                self.literals = next(iter(self.literals.values()))
        else:
            self.literals = None

    @property
    def is_bare(self) -> bool:
        """Tell whether nothing hangs on this place any more."""
        return (self.here or self.tail or self.star or self.literals) is None
