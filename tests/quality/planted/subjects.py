"""Which subjects a pattern takes, by the book."""

from __future__ import annotations

from itertools import zip_longest


def takes(pattern: bytes, subject: bytes) -> bool:
    """Tell whether a subscription to the pattern gets what is published on the subject."""
    for wanted, token in zip_longest(pattern.split(b"."), subject.split(b".")):
        if token is None:
            return False
        if wanted == b">":
            return True
        if wanted not in (b"*", token):
            return False
    return True
