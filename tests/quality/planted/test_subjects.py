"""The matcher by which modes know what a healthy server does."""

from __future__ import annotations

import pytest

from .subjects import takes


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [
        (b"foo", b"foo"),
        (b"*", b"foo"),
        (b">", b"foo.a"),
        (b"foo.*.a", b"foo.b.a"),
        (b"a.>", b"a.b"),
    ],
)
def test_a_pattern_takes(pattern: bytes, subject: bytes) -> None:
    assert takes(pattern, subject)


@pytest.mark.parametrize(
    ("pattern", "subject"),
    [(b"foo", b"Foo"), (b"*", b"foo.a"), (b"foo.>", b"foo"), (b"foo.*", b"foo"), (b"fo*", b"foo")],
)
def test_a_pattern_does_not_take(pattern: bytes, subject: bytes) -> None:
    assert not takes(pattern, subject)
