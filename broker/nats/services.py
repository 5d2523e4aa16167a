"""What the server itself takes of an account's messages: requests for other accounts or for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from natsim.record import record

from . import limits
from .subject import literal_prefix, pattern_matches

if TYPE_CHECKING:
    from .account import Account
    from .client import Client
    from .commands import Publish
    from .json_text import Fields


@record
class Trail:
    """The way of a request from account to account.

    exports: passed so far, as (account, subject): none is passed twice. about: what is told of the
    requestor. is_shared: the last import lets that be known.
    """

    exports: tuple[tuple[str, bytes], ...] = ()
    about: Fields | None = None
    is_shared: bool = False


@record
class Request:
    """A message that the server takes. account: where. publisher: None for the server itself."""

    account: Account
    publisher: Client | None
    message: Publish
    trail: Trail


Take: TypeAlias = Callable[[Request], bool]
"""Takes a request, and tells whether it came to anybody."""


class Services:
    """Who takes what, by pattern."""

    __slots__ = ("_known", "_known_bytes", "_prefixes", "_takers")

    def __init__(self) -> None:
        self._takers: list[tuple[bytes, Take]] = []
        self._prefixes: tuple[bytes, ...] = ()
        self._known: dict[bytes, tuple[Take, ...]] = {}
        self._known_bytes = 0

    @property
    def count(self) -> int:
        """How many patterns there are."""
        return len(self._takers)

    def add(self, pattern: bytes, take: Take) -> None:
        """Let somebody take what a pattern matches."""
        self._takers.append((pattern, take))
        if not pattern.startswith(self._prefixes):
            # Only to the first dot: the server's own are many, and begin alike.
            prefix = literal_prefix(pattern)
            self._prefixes += (prefix[: prefix.find(b".") + 1] or prefix,)
        self._forget()

    def clear(self) -> None:
        """Let nobody take anything any more."""
        self._takers.clear()
        self._prefixes = ()
        self._forget()

    def match(self, subject: bytes) -> tuple[Take, ...]:
        """Find who takes messages to a subject."""
        if not subject.startswith(self._prefixes):
            return ()  # as nearly all, at no cost to what is remembered
        known = self._known.get(subject)
        if known is None:
            known = self._search(subject)
            self._known_bytes += len(subject) + _ENTRY_BYTES
            if self._known_bytes > limits.SERVICE_CACHE_BYTES:
                self._forget()
            self._known[subject] = known
        return known

    def _search(self, subject: bytes) -> tuple[Take, ...]:
        if b"" in subject.split(b"."):
            return ()
        return tuple(take for pattern, take in self._takers if pattern_matches(pattern, subject))

    def _forget(self) -> None:
        self._known.clear()
        self._known_bytes = 0


_ENTRY_BYTES = 120  # a dict entry and its key, roughly as CPython 3.11 counts them
