"""What a client writes is cut where it should be, and nothing is held up that need not be."""

from __future__ import annotations

import pytest

from .command import EVERYTHING, LINE_MAX, Command, CommandCutter

_PUBLISHED = b"PUB foo 8\r\nhi\r\nPING\r\n"
_HPUBLISHED = b"HPUB foo 12 14\r\nNATS/1.0\r\n\r\nhi\r\n"


def _feed(cutter: CommandCutter, data: bytes) -> tuple[bytes, list[bytes]]:
    """Give what was passed on at once, and the lines that were held."""
    passed, held = b"", list[bytes]()
    for part in cutter.feed(data):
        if isinstance(part, bytes):
            passed += part
        elif part[1]:
            held.append(part[0].line)
    return passed, held


def _lines(data: bytes) -> list[bytes]:
    cutter = CommandCutter(frozenset(), LINE_MAX)
    return [part[0].line for part in cutter.feed(data) if not isinstance(part, bytes)]


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"PING\r\nSUB foo 1\n", [b"PING\r\n", b"SUB foo 1\n"]),
        (_PUBLISHED + b"PONG\r\n", [b"PUB foo 8\r\n", b"PONG\r\n"]),
        (_HPUBLISHED + b"PONG\r\n", [b"HPUB foo 12 14\r\n", b"PONG\r\n"]),
        (b"pub foo 08\r\n" + _PUBLISHED[11:] + b"PING\r\n", [b"pub foo 08\r\n", b"PING\r\n"]),
    ],
)
def test_payloads_are_no_lines(data: bytes, lines: list[bytes]) -> None:
    assert _lines(data) == lines


def test_lines_of_other_verbs_are_passed_on_as_they_come() -> None:
    cutter = CommandCutter(frozenset([b"SUB"]), LINE_MAX)

    assert _feed(cutter, b"PI") == (b"PI", [])
    assert _feed(cutter, b"NG") == (b"NG", [])


def test_lines_of_a_wanted_verb_are_held_until_they_are_whole() -> None:
    cutter = CommandCutter(frozenset([b"SUB"]), LINE_MAX)

    assert _feed(cutter, b"s") == (b"", [])
    assert _feed(cutter, b"ub foo 1") == (b"", [])
    assert _feed(cutter, b"\r\nPI") == (b"PI", [b"sub foo 1\r\n"])


def test_a_line_that_turns_out_to_be_another_is_passed_on_from_its_start() -> None:
    cutter = CommandCutter(frozenset([b"PUB"]), LINE_MAX)

    assert _feed(cutter, b"P") == (b"", [])
    assert _feed(cutter, b"I") == (b"PI", [])


def test_a_line_too_long_is_passed_on_before_it_ends() -> None:
    cutter = CommandCutter(frozenset([b"SUB"]), LINE_MAX)
    long = b"SUB " + b"s" * LINE_MAX

    assert _feed(cutter, long) == (long, [])


def test_a_payload_can_be_skipped_however_it_comes() -> None:
    cutter = CommandCutter(frozenset([b"PUB"]), LINE_MAX)
    for _ in cutter.feed(b"PUB foo 2\r\n"):
        cutter.skip_payload()

    assert _feed(cutter, b"h") == (b"", [])
    assert _feed(cutter, b"i\r\nPING\r\n") == (b"PING\r\n", [])


def test_who_wants_everything_gets_what_is_no_command_too() -> None:
    assert _feed(CommandCutter(EVERYTHING, LINE_MAX), b"\r\n nonsense\r\n") == (
        b"",
        [b"\r\n", b" nonsense\r\n"],
    )


@pytest.mark.parametrize(
    ("line", "verb", "args"),
    [
        (b"sub\tfoo  q 1 \r\n", b"SUB", [b"foo", b"q", b"1"]),
        (b'CONNECT{"name":"a b"}\r\n', b"CONNECT", [b'{"name":"a b"}']),
        (b"PINGxyz\r\n", b"PING", []),
        (b"+OK\r\n", b"+OK", []),
        (b"\r\n", b"", []),
    ],
)
def test_a_command_has_a_verb_and_arguments(line: bytes, verb: bytes, args: list[bytes]) -> None:
    command = Command(line)

    assert (command.verb, command.args) == (verb, args)


@pytest.mark.parametrize("line", [b"SUB foo 1\r\n", b"SUB  foo 1\n", b"sub\tfoo 1\r\n"])
def test_the_size_of_arguments_is_counted_as_the_server_counts_it(line: bytes) -> None:
    assert Command(line).argument_size == 5
