"""What a server sent is held against what is wanted."""

import pytest

from natsim.conformance.transcripts.match import difference_at, match_frame
from natsim.conformance.transcripts.transcript import Wanted

NOTHING_NAMED = frozenset[str]()


def is_match(wanted: Wanted, frame: bytes, **names: str) -> bool:
    return match_frame(wanted, frame, names, NOTHING_NAMED).is_match


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("+OK", b"+OK\r\n"),
        ("-ERR ...", b"-ERR 'Parser Error'\r\n"),
        ("INFO {...}", b'INFO {"a":1} \r\n'),
        ('INFO {"a":1, ... }', b'INFO {"b":2,"a":1}\r\n'),
        ('INFO {"a":"x...y"}', b'INFO {"a":"anything"}\r\n'),
        ('INFO {"port":4222}', b'INFO {"port":5}\r\n'),
        ('INFO {"a":absent,"b":present}', b'INFO {"b":null}\r\n'),
        ('INFO {"a":[1,2]}', b'INFO {"a":[1,2]}\r\n'),
    ],
)
def test_a_line_matches(text: str, frame: bytes) -> None:
    assert is_match(Wanted(1, text), frame)


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ("+OK", b"+OK\n"),
        ("+OK", b"+OK \r\n"),
        ("+OK", b"+ok\r\n"),
        ("-ERR '...'", b"-ERR Parser Error\r\n"),
        ('INFO {"a":1}', b'INFO {"a":2}\r\n'),
        ('INFO {"a":1}', b'INFO {"a":"1"}\r\n'),
        ('INFO {"a":1}', b'INFO {"a":true}\r\n'),
        ('INFO {"a":1}', b"INFO {}\r\n"),
        ('INFO {"a":1}', b"INFO [1]\r\n"),
        ('INFO {"a":1}', b"INFO x\r\n"),
        ('INFO {"a":1}', b'-ERR {"a":1}\r\n'),
        ('INFO {"a":absent}', b'INFO {"a":null}\r\n'),
        ('INFO {"a":present}', b"INFO {}\r\n"),
    ],
)
def test_a_line_does_not_match(text: str, frame: bytes) -> None:
    assert not is_match(Wanted(1, text), frame)


def test_payload_is_compared_with_its_line_end() -> None:
    wanted = Wanted(1, "MSG a 1 2", b"hi\r\n")

    assert is_match(wanted, b"MSG a 1 2\r\nhi\r\n")
    assert not is_match(wanted, b"MSG a 1 2\r\nho\r\n")
    assert not is_match(wanted, b"MSG a 1 2\r\nhi\n\n")


def test_a_name_captures_a_word_and_is_that_word_from_then_on() -> None:
    match = match_frame(Wanted(1, "MSG a 1 {reply} 0", b"\r\n"), b"MSG a 1 _X.1 0\r\n\r\n", {},
                        NOTHING_NAMED)  # fmt: skip

    assert match.captured == {"reply": "_X.1"}
    assert is_match(Wanted(1, "-ERR {reply}"), b"-ERR _X.1\r\n", **match.captured)
    assert not is_match(Wanted(1, "-ERR {reply}"), b"-ERR _X.2\r\n", **match.captured)


def test_naming_keys_are_compared_when_it_is_asked_for() -> None:
    wanted, frame = Wanted(1, 'INFO {"port":4222}'), b'INFO {"port":5}\r\n'

    assert not match_frame(wanted, frame, {}, frozenset({"port"})).is_match


@pytest.mark.parametrize(
    ("wanted", "frame", "expected"),
    [
        (Wanted(1, "MSG a 1 2", b"hi\r\n"), b"MSG a 2 2\r\nhi\r\n", 6),
        (Wanted(1, "MSG a 1 2", b"hi\r\n"), b"MSG a 1 2\r\nho\r\n", 12),
        (Wanted(1, "-ERR ...x"), b"-ERR y\r\n", 6),
        (Wanted(1, "", raw=b"+OK\r\n"), b"+OK\n", 3),
    ],
)
def test_the_first_byte_that_differs_is_found(wanted: Wanted, frame: bytes, expected: int) -> None:
    assert difference_at(wanted, frame, {}) == expected
