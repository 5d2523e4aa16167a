"""What two servers may answer differently, rule by rule, each with its reason.

Laws of the file: a rule takes away no more than its reason explains; docs/reference/differences.md
has every rule.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import groupby
from typing import TypeAlias

from natsim.conformance.wire.frames import is_message
from natsim.record import record

from .answer import Answer, End, Heard
from .words import GROUP_SID

Pair: TypeAlias = tuple[Answer, Answer]


@record
class Rule:
    """settle: makes of two answers two that are equal if the rule explains their difference."""

    name: str
    reason: str
    settle: Callable[[Answer, Answer], Pair]


def settled(one: Answer, other: Answer) -> Pair:
    """Apply all rules, in order."""
    for rule in RULES:
        one, other = rule.settle(one, other)
    return one, other


def _on_each(change: Callable[[Answer], Answer]) -> Callable[[Answer, Answer], Pair]:
    return lambda one, other: (change(one), change(other))


def _on_frames(
    change: Callable[[tuple[bytes, ...]], Iterable[bytes]],
) -> Callable[[Answer, Answer], Pair]:
    def on_answer(answer: Answer) -> Answer:
        heard = (Heard(tuple(change(each.frames)), each.end) for each in answer.heard)
        return Answer(tuple(heard), answer.pooled)

    return _on_each(on_answer)


_NAMES = re.compile(
    rb'"(server_id|server_name|go|host|nonce|client_ip)":"[^"]*"'
    rb'|"(port|client_id)":\d+'
)
_NOT_EVERYWHERE = re.compile(rb'"git_commit":"[^"]*",|,"xkey":"[^"]*"')


def _hide_names(frames: tuple[bytes, ...]) -> Iterable[bytes]:
    for frame in frames:
        if frame.startswith(b"INFO "):
            yield _NAMES.sub(lambda found: b'"%b":"?"' % (found[1] or found[2]), frame)
        else:
            yield frame


def _drop_keys(frames: tuple[bytes, ...]) -> Iterable[bytes]:
    for frame in frames:
        yield _NOT_EVERYWHERE.sub(b"", frame) if frame.startswith(b"INFO ") else frame


def _drop_pings(frames: tuple[bytes, ...]) -> Iterable[bytes]:
    return (frame for frame in frames if frame != b"PING\r\n")


_PEDANTIC = b"-ERR 'Invalid Publish Subject'\r\n"


def _join_complaints(frames: tuple[bytes, ...]) -> Iterable[bytes]:
    for number, frame in enumerate(frames):
        if frame != _PEDANTIC or number == 0 or frames[number - 1] != _PEDANTIC:
            yield frame


def _pool_group(answer: Answer) -> Answer:
    pooled: list[bytes] = []
    heard: list[Heard] = []
    for each in answer.heard:
        kept: list[bytes] = []
        for frame in each.frames:
            if _sid(frame).startswith(GROUP_SID):
                pooled.append(_message(frame))
            else:
                kept.append(frame)
        heard.append(Heard(tuple(kept), each.end))
    return Answer(tuple(heard), tuple(sorted(pooled)))


_STATUS = re.compile(rb"(HMSG \S+) \S+( \d+ \d+\r\nNATS/1\.0 503\r\n)")


def _hide_inbox(frames: tuple[bytes, ...]) -> Iterable[bytes]:
    return (_STATUS.sub(rb"\1 ?\2", frame) for frame in frames)


def _sort_copies(frames: tuple[bytes, ...]) -> Iterable[bytes]:
    for message, copies in groupby(frames, key=_message):
        frames_of_one = list(copies)
        yield from sorted(frames_of_one) if message else frames_of_one


def _message(frame: bytes) -> bytes:
    """Give a message without the sid it came for; nothing for other frames."""
    if not _sid(frame):
        return b""
    word, subject, _, rest = frame.split(b" ", 3)
    return b" ".join((word, subject, rest))


def _sid(frame: bytes) -> bytes:
    """Give the sid of a message; nothing for other frames, and for the beginning of one."""
    words = frame.split(b" ", 3)
    return words[2] if is_message(frame) and len(words) == 4 else b""


def _take_reset_for_close(one: Answer, other: Answer) -> Pair:
    pairs = [_without_lost(*pair) for pair in zip(one.heard, other.heard, strict=True)]
    return (
        replace(one, heard=tuple(first for first, _ in pairs)),
        replace(other, heard=tuple(second for _, second in pairs)),
    )


def _without_lost(one: Heard, other: Heard) -> tuple[Heard, Heard]:
    if End.RESET not in (one.end, other.end):
        return one, other
    shorter = min(one, other, key=lambda heard: len(heard.frames))
    length = len(shorter.frames)
    longer = other if shorter is one else one
    lost = longer.frames[length:]
    is_lost = shorter.end is End.RESET and all(frame.startswith(b"-ERR ") for frame in lost)
    return _closed(one, length, is_lost), _closed(other, length, is_lost)


def _closed(heard: Heard, length: int, is_lost: bool) -> Heard:
    end = End.CLOSED if heard.end is End.RESET else heard.end
    return Heard(heard.frames[:length] if is_lost else heard.frames, end)


RULES = (
    Rule(
        "names",
        "INFO names the server, its build, its address and the connection.",
        _on_frames(_hide_names),
    ),
    Rule(
        "keys-of-a-build",
        "git_commit is told by builds that were stamped with one, xkey by servers that know auth "
        "callout. Clients read neither.",
        _on_frames(_drop_keys),
    ),
    Rule(
        "server-ping",
        "A server sends PING when its own clock says so, 2 s after CONNECT with a random delay.",
        _on_frames(_drop_pings),
    ),
    Rule(
        "group-member",
        "Which member of a queue group gets a message is random: what the members got is compared "
        "as one multiset over all connections.",
        _on_each(_pool_group),
    ),
    Rule(
        "complaint-twice",
        "nats-server looks at a publish line again when a read ended between line and payload, and "
        "complains again of an invalid subject: once or twice is for the network to decide.",
        _on_frames(_join_complaints),
    ),
    Rule(
        "status-inbox",
        "When nobody is there and several subscriptions of a requestor match its reply, any one of "
        "them is told.",
        _on_frames(_hide_inbox),
    ),
    Rule(
        "order-of-copies",
        "The copies of one message for several subscriptions of a connection come in the order of "
        "a hash map.",
        _on_frames(_sort_copies),
    ),
    Rule(
        "reset",
        "A server that closes while bytes of the client are unread resets the connection; the -ERR "
        "before it may then be lost.",
        _take_reset_for_close,
    ),
)
