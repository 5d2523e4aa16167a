"""Differences of one kind have one name, whatever the subjects, sids and numbers."""

from collections.abc import Set

import pytest

from natsim.conformance.streams.answer import Answer, End, Heard
from natsim.conformance.streams.signature import kinds

NONE: frozenset[str] = frozenset()


def _answer(*frames: bytes, end: End = End.OPEN) -> Answer:
    return Answer((Heard(frames, end),))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (_answer(b"PONG\r\n"), _answer(b"PONG\r\n"), NONE),
        (_answer(b"MSG a 1 1\r\nx\r\n"), _answer(), {"only A: a message"}),
        (_answer(), _answer(b"MSG b.c 77 r 1\r\nx\r\n"), {"only B: a message"}),
        (_answer(b"MSG a 1 1\r\nx\r\n"), _answer(b"MSG a 2 1\r\nx\r\n"), {"differs: a message"}),
        (
            _answer(b"-ERR 'Permissions Violation for Publish to \"$NRG.a\"'\r\n", b"PONG\r\n"),
            _answer(b"+OK\r\n", b"PONG\r\n"),
            {"only A: -ERR 'Permissions Violation for Publish to \"$NRG\"'", "only B: +OK"},
        ),
        (
            _answer(b'INFO {"proto":1,"api_lvl":5} \r\n'),
            _answer(b'INFO {"proto":1} \r\n'),
            {"differs: INFO api_lvl"},
        ),
        (
            _answer(b"HMSG r 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n"),
            _answer(b"HMSG r 1 35 35\r\nNATS/1.0 503\r\nNats-Subject: foo\r\n\r\n\r\n"),
            {"differs: status 503"},
        ),
        (_answer(end=End.CLOSED), _answer(), {"the end: closed / open"}),
        # What a rule explains is none.
        (_answer(b"PING\r\n"), _answer(), NONE),
        (_answer(end=End.CLOSED), _answer(end=End.RESET), NONE),
    ],
)
def test_a_kind_is_named_without_what_is_one_streams_own(
    one: Answer, other: Answer, expected: Set[str]
) -> None:
    assert kinds(one, other) == expected


def test_the_same_frames_in_another_order_are_no_difference_of_kind() -> None:
    one = _answer(b"PONG\r\n", b"+OK\r\n", b"MSG a 1 1\r\nx\r\n")
    other = _answer(b"+OK\r\n", b"MSG a 1 1\r\nx\r\n", b"PONG\r\n")

    assert kinds(one, other) == {"order"}
