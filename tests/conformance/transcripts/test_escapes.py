"""Bytes as text, both ways."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.conformance.transcripts.escapes import from_text, to_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (r"PING\r\n", b"PING\r\n"),
        (r"\x00\xff\t\\", b"\x00\xff\t\\"),
        (r"\(ab*3)", b"ababab"),
        (r"\(\x00*2)!", b"\x00\x00!"),
        ("é", "é".encode()),
    ],
)
def test_escapes_are_bytes(text: str, expected: bytes) -> None:
    assert from_text(text) == expected


@pytest.mark.parametrize("text", [r"\q", "\\", r"\x1", r"\(a*)", r"\(a*999999999)"])
def test_what_is_no_escape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no escape|longer than"):
        from_text(text)


@given(st.binary(max_size=200))
def test_bytes_written_as_text_are_read_back(data: bytes) -> None:
    assert from_text(to_text(data)) == data


def test_text_stays_on_one_line() -> None:
    assert to_text(b"a\r\nb\x85\x1b[0m\xe2\x80\xa8") == r"a\r\nb\x85\x1b[0m\xe2\x80\xa8"
