"""An imported stream: messages of another account, under names of this one.

A subscription that reaches some of these names has a shadow among the exporter's subscriptions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .pattern import is_subset
from .subject import STAR, TAIL, has_wildcard
from .transform import read_import_transform, tokenized, untokenized

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from natsim.broker.now import Draw

    from .account import Account
    from .options import StreamImport


class ImportedStream:
    """source: the subjects there. to: what they are called here."""

    __slots__ = ("_back", "_forth", "exporter", "source", "to")

    def __init__(self, options: StreamImport, exporter: Account, draw: Draw) -> None:
        """Take an import that was allowed. Raises MappingError."""
        self.exporter = exporter
        self.source = options.subject
        to = options.to or _prefixed(options.prefix, options.subject)
        self._forth: Callable[[bytes], bytes] = lambda _: self.to
        self._back: Callable[[bytes], bytes] | None = None
        if has_wildcard(self.source):
            self._forth = self._back = _same
            if to != self.source:
                transform = read_import_transform(self.source, tokenized(to), draw)
                self._forth, self._back = transform.apply, transform.reverse().apply
        self.to, _ = untokenized(to)

    def name(self, subject: bytes) -> bytes:
        """Give what a subject there is called here."""
        return self._forth(subject)

    def shadow(self, pattern: bytes) -> bytes | None:
        """Give the pattern there whose messages a subscription here gets, None if it gets none."""
        if pattern == self.to:
            return self.source
        tokens, names = pattern.split(b"."), self.to.split(b".")
        if is_subset(tokens, names):
            return self._back(pattern) if self._back is not None else self.source
        if not has_wildcard(pattern):
            return None
        if is_subset(names, tokens):
            return self.source
        narrowed = _narrowed(tokens, names)
        if not is_subset(narrowed, names):
            return None
        overlap = b".".join(narrowed)
        return self._back(overlap) if self._back is not None else overlap


def _narrowed(tokens: Sequence[bytes], names: Sequence[bytes]) -> list[bytes]:
    """Put the names' tokens where a pattern's wildcards leave room for them."""
    narrowed = [
        name if token == STAR and name != TAIL else token
        for token, name in zip(tokens, names, strict=False)
    ]
    narrowed += tokens[len(narrowed) :]
    if tokens[-1] == TAIL and len(names) >= len(tokens):
        narrowed[-1:] = names[len(tokens) - 1 :]
    return narrowed


def _prefixed(prefix: bytes, subject: bytes) -> bytes:
    if not prefix:
        return subject
    return prefix.removesuffix(b".") + b"." + subject


def _same(subject: bytes) -> bytes:
    return subject
