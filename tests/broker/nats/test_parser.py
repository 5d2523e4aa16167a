"""The parser takes any bytes, cut anywhere, and keeps its memory bounded."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from natsim.broker.nats.commands import Command, Publish, PublishLine
from natsim.broker.nats.parser import Parser, ProtocolError

_WORDS = st.sampled_from(
    [b"PUB", b"HPUB", b"SUB", b"UNSUB", b"PING", b"PONG", b"+OK", b"-ERR", b"CONNECT", b"INFO",
     b"HMSG", b" ", b"\t", b"\r\n", b"\n", b"\r", b"foo", b"*", b">", b"0", b"2", b"12", b"hi",
     b"{}"]
)  # fmt: skip
streams = st.lists(st.one_of(_WORDS, st.binary(max_size=6)), max_size=30).map(b"".join)


def _parse(pieces: list[bytes]) -> tuple[list[Command], str | None]:
    parser = Parser(max_control_line=64)
    commands: list[Command] = []
    for piece in pieces:
        parser.feed(piece)
        try:
            while (command := parser.next()) is not None:
                commands.append(command)
        except ProtocolError as error:
            return commands, error.reply or "silence"
    return commands, None


@given(stream=streams, cuts=st.lists(st.integers(0, 200), max_size=8))
def test_the_cut_never_changes_what_comes_out(stream: bytes, cuts: list[int]) -> None:
    marks = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    pieces = [stream[start:end] for start, end in pairwise(marks)]

    assert _parse(pieces) == _parse([stream])


@given(stream=st.binary(max_size=2000))
def test_any_bytes_give_commands_or_a_protocol_error(stream: bytes) -> None:
    commands, _ = _parse([stream])

    assert len(commands) <= len(stream)


def test_a_publish_comes_twice_its_line_first() -> None:
    parser = Parser(max_control_line=64)
    parser.feed(b"PUB a.b 2\r\n")
    line = parser.next()
    parser.feed(b"hi\r\n")

    assert line == PublishLine(b"PUB a.b 2\r\n", b"a.b", b"", None, 0, b"2", 2)
    assert parser.next() == Publish(
        PublishLine(b"PUB a.b 2\r\n", b"a.b", b"", None, 0, b"2", 2), b"hi\r\n"
    )


def test_junk_behind_ping_is_not_kept() -> None:
    parser = Parser(max_control_line=64)
    for _ in range(100):
        parser.feed(b"PING" + b"x" * 1000 if not parser.data else b"x" * 1000)
        parser.next()

    assert len(parser.data) - parser.pos == 0


def test_a_flood_of_separators_is_not_kept() -> None:
    parser = Parser(max_control_line=64)
    parser.feed(b"PUB")
    for _ in range(100):
        parser.feed(b" " * 1000)
        parser.next()

    assert len(parser.data) < 10


def test_a_payload_in_small_pieces_is_joined_once() -> None:
    parser = Parser(max_control_line=64)
    parser.feed(b"PUB a 100000\r\n")
    parser.next()
    for _ in range(1000):
        parser.feed(b"y" * 100)
        parser.next()
    parser.feed(b"\r\n")
    message = parser.next()

    assert isinstance(message, Publish)
    assert message.frame == b"y" * 100_000 + b"\r\n"
