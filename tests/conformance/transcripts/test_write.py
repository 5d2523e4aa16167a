"""Bytes written as a transcript are the same bytes when it is read."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from natsim.conformance.transcripts.match import match_frame
from natsim.conformance.transcripts.parse import parse_transcript
from natsim.conformance.transcripts.transcript import Expect, Say
from natsim.conformance.transcripts.write import greeting, heard, typed


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"PING\r\n", "PING"),
        (b"pub a 5\r\nhello\r\n", "pub a 5\nhello"),
        (b"PUB a 4\r\n\r\n\r\n\r\n", "PUB a 4\n\n\n"),
        (b"PUB a 5\r\nhello!\r\n", "C-bytes: PUB a 5\\r\\nhello!\\r\\n"),
        (b"PUB a 3\r\na\nb\r\n", "C-bytes: PUB a 3\\r\\na\\nb\\r\\n"),
        (b"PUB a", "C-bytes: PUB a"),
        (b"\r\n", "C-bytes: \\r\\n"),
        (b"\xff\r\n", "C-bytes: \\xff\\r\\n"),
        (b"PONG\r\n", "C: PONG"),
        (b"# no barriers\r\n", "C: # no barriers"),
        (b"[b]\r\n", "C: [b]"),
        (b"---\r\n", "C: ---"),
        (b"S: PING\r\n", "C: S: PING"),
    ],
)
def test_what_is_typed_is_as_plain_as_it_can_be(data: bytes, expected: str) -> None:
    assert typed(data) == expected


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (b"+OK\r\n", "+OK"),
        (b"PING\r\n", "S: PING"),
        (b"MSG a 1 5\r\nhello\r\n", "MSG a 1 5\nhello"),
        (b"HMSG a 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n", "HMSG a 1 16 16\nNATS/1.0 503\n\n"),
        (b"MSG a 1 2\r\n\0\xff\r\n", "S-bytes: MSG a 1 2\\r\\n\\x00\\xff\\r\\n"),
        (b"-ERR 'hal", "S-bytes: -ERR 'hal"),
    ],
)
def test_what_is_heard_is_as_plain_as_it_can_be(frame: bytes, expected: str) -> None:
    assert heard(frame) == expected


def test_what_names_one_server_is_hidden_in_its_greeting() -> None:
    frame = b'INFO {"server_id":"NAX","headers":true,"client_id":5,"max_payload":1048576} \r\n'

    written = greeting(frame)

    assert written == (
        'INFO {"server_id":"...","headers":true,"client_id":"...","max_payload":1048576, ... }'
    )


@given(st.binary(min_size=1, max_size=40))
@example(b"\r\n!\r\n")
def test_any_bytes_that_are_typed_are_read_again(data: bytes) -> None:
    # Several lines may be several commands.
    steps = parse_transcript(typed(data), "x").steps

    assert b"".join(step.data for step in steps if isinstance(step, Say)) == data
    assert all(isinstance(step, Say) for step in steps)


@given(st.binary(max_size=20))
def test_any_payload_that_is_heard_is_wanted_again(payload: bytes) -> None:
    frame = b"MSG a 1 %d\r\n%b\r\n" % (len(payload), payload)

    (step,) = parse_transcript(heard(frame), "x").steps

    assert isinstance(step, Expect)
    (wanted,) = step.choices[0].wanted
    assert match_frame(wanted, frame, {}, frozenset()).is_match
