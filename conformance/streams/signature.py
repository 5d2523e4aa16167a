"""What kind of difference two answers show: without the subjects, sids and numbers of one stream.

A campaign meets one difference many times; by its kind it is reported once.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from natsim.conformance.tree import parse_object
from natsim.conformance.wire.frames import is_message

from .rules import settled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from natsim.conformance.tree import Object

    from .answer import Answer, Heard

_SYSTEM = re.compile(rb"\$[A-Z]+|_[A-Z]+_")
_STATUS = re.compile(rb"HMSG [^\r]* (?:\d+) \d+\r\nNATS/1\.0 (503)\r\n")
_QUOTED = re.compile(rb'"([^"]*)"')
_NUMBER = re.compile(rb"\d+")


def kinds(one: Answer, other: Answer) -> frozenset[str]:
    """Name what differs between two answers to one stream, rules applied."""
    one, other = settled(one, other)
    found = {
        kind
        for first, second in zip(one.heard, other.heard, strict=True)
        for kind in _of_connection(first, second)
    }
    if one.pooled != other.pooled:
        found |= set(_of_frames(one.pooled, other.pooled))
    return frozenset(found)


def masked(frame: bytes) -> str:
    r"""Name the kind of a frame: what is one stream's own is left out.

    >>> masked(b"MSG foo.bar 7 5\r\nhello\r\n")
    'a message'
    >>> masked(b"HMSG r 1 16 16\r\nNATS/1.0 503\r\n\r\n\r\n")
    'status 503'
    >>> masked(b"-ERR 'Permissions Violation for Publish to \"$NRG.a\"'\r\n")
    '-ERR \'Permissions Violation for Publish to "$NRG"\''
    """
    if is_message(frame):
        status = _STATUS.match(frame)
        return f"status {status[1].decode()}" if status else "a message"
    line = frame.removesuffix(b"\r\n")
    if line.startswith(b"INFO"):
        return "INFO"
    text = _NUMBER.sub(b"N", _QUOTED.sub(_subject, line))
    return text.decode("utf-8", "backslashreplace")


def _subject(found: re.Match[bytes]) -> bytes:
    """Leave of a subject of the system what tells whose it is."""
    system = _SYSTEM.match(found[1])
    return b'"%b"' % (system[0] if system else b"subject")


def _of_connection(one: Heard, other: Heard) -> Iterator[str]:
    if one == other:
        return
    yield from _of_frames(one.frames, other.frames)
    if one.end is not other.end:
        yield f"the end: {one.end.value} / {other.end.value}"


def _of_frames(one: tuple[bytes, ...], other: tuple[bytes, ...]) -> Iterator[str]:
    """Name the frames that only one side has, and those of one kind that differ in between."""
    named = list(_by_kind(one, other))
    # Nothing is missing, and nothing else has come instead: it comes in another order.
    yield from named or (["order"] if one != other else [])


def _by_kind(one: tuple[bytes, ...], other: tuple[bytes, ...]) -> Iterator[str]:
    only_one: list[bytes] = []
    only_other: list[bytes] = []
    changes = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    for change, start, stop, from_, to in changes:
        if change != "equal":
            only_one += one[start:stop]
            only_other += other[from_:to]
    for frame in only_one:
        kind = masked(frame)
        like = next((each for each in only_other if masked(each) == kind), None)
        if like is None:
            yield f"only A: {kind}"
        else:
            only_other.remove(like)
            yield from _of_pair(frame, like)
    yield from (f"only B: {masked(frame)}" for frame in only_other)


def _of_pair(one: bytes, other: bytes) -> Iterator[str]:
    """Name what differs in two frames of one kind; nothing where only their place does."""
    if one == other:
        return
    if not one.startswith(b"INFO "):
        yield f"differs: {masked(one)}"
        return
    first, second = _members(one), _members(other)
    yield from (
        f"differs: INFO {key}"
        for key in sorted({*first, *second})
        if first.get(key) != second.get(key)
    )


def _members(frame: bytes) -> Object:
    try:
        return parse_object(frame[5:])
    except ValueError:
        return {"?": frame.decode("utf-8", "backslashreplace")}
