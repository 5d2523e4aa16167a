"""Single commands of a client, drawn: valid, at a boundary, or malformed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import connect, words
from .stream import Command
from .words import chance

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

CONTROL_LINE_MAX = 4096
PAYLOAD_MAX = 1024 * 1024

_PAYLOADS = (
    b"",
    b"x",
    b"hi",
    b"hello",
    b"\r\n",
    b"PING\r\n",
    b"\0\xff",
    b"MSG a 1 1\r\nx",
    b"y" * 600,
)
_HEADERS = (
    b"NATS/1.0\r\nA: b\r\n\r\n", b"NATS/1.0\r\n\r\n", b"NATS/1.0 503\r\n\r\n", b"xxxx", b"NATS/1.0",
    b"NATS/1.0\r\nA: b\r\nA: c\r\n folded\r\n\r\n", b"\r\n", b"NATS/1.0\nA:b\n\n", b"",
    b"NATS/1.0\r\nNats-Trace-Dest: \r\n\r\n", b"HTTP/1.1\r\n\r\n", b"NATS/1.0\r\nA: \0\xff\r\n\r\n",
)  # fmt: skip
_PAYLOAD_ENDS = (b"\n", b"\r", b"", b"\rX", b"X", b"\r\r\n", b" \r\n", b"\n\r")
_LIMITS = (
    b"1",
    b"2",
    b"3",
    b"5",
    b"0",
    b"x",
    b"-1",
    b"02",
    b"0000000001",
    b"999999999",
    b"+1",
    b"1.5",
)
_LONG = (
    (b"SUB", b"", b" 7"),
    (b"PUB", b"", b" 0"),
    (b"UNSUB", b"", b""),
    (b"CONNECT", b'{"name":"', b'"}'),
)
_NOISE = (
    b"+OK\r\n", b"+ok\n", b"+OKAY\r\n", b"PONG\r\n", b"pong x\n", b"-ERR 'x'\r\n", b"-ERR\r\n", b"-ERR x\n",
    b"\r\n", b"\n", b" ", b"junk\r\n", b"MSG a 1 1\r\nx\r\n", b"HMSG a 1 12 13\r\nNATS/1.0\r\n\r\nx\r\n",
    b"HMSG x\r\n\r\n", b"HMSG a b c d e f\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\0",
    b"A+ x\r\n", b"RS+ $G a\r\n", b"RMSG $G a 1\r\nx\r\n", b"LS+ a\r\n", b"LMSG a 1\r\nx\r\n", b"\0",
    b"SUB\r\n", b"SUB \r\n", b"SUB a\r\n", b"SUB a q 1 2\r\n", b"SUB \n", b"SUB  \t \r\n", b"SUBa 1\r\n",
    b"UNSUB\r\n", b"UNSUB \r\n", b"UNSUB 1 2 3\r\n", b"UNSUB1\r\n", b"UNSUB \n1\r\n", b"UNSUB 1\r2\r\n",
    b"PUB\r\n", b"PUB \r\n", b"PUB a\r\n", b"PUB 1\r\n", b"PUB a b c 1\r\nx\r\n", b"PUB  1\r\n", b"PUB \n",
    b"HPUB\r\n", b"HPUB \r\n", b"HPUB a\r\n", b"HPUB a 2\r\n", b"HPUB a b 2 3 4\r\n", b"HPUB a 5 2\r\n",
    b"HPUB a -1 2\r\n", b"HPUB a x 2\r\n", b"HPUB a 2 x\r\n", b"HPUB a 12 1048577\r\n", b"HPUB 0 0\r\n",
    b"CONNECT\r\n", b"CONNECTX {}\r\n", b"INFO\r\n", b"PUB a 1048577\r\n", b"PUB a 999999999\r\n",
    b"SUB a\r1\n", b"SUB \ra 1\r\n", b"PUB \ra 0\r\n\r\n", b"PUB a 0\r0\n\r\n", b"SUB a b\rc\r\n",
    b"UNSUB \xff\r\n", b"PIN\r\n", b"PONGG\n", b"INFOX\r\n", b"-ER\r\n", b"+O\r\n", b"H\r\n", b"UN\r\n",
)  # fmt: skip


def draw_command(draw: Random, conn: int, talks_headers: bool) -> Command:
    """Draw one command of a connection.

    talks_headers: whether it likely agreed on headers; without, HPUB ends a connection.
    """
    at = draw.randrange(_TOTAL)
    for weight, make in _WEIGHTS:
        if at < weight:
            command = make(draw, conn, talks_headers)
            break
        at -= weight
    else:
        raise AssertionError("the weights add up to their total")
    # A damaged member would no longer be known as one by its sid.
    is_of_group = words.GROUP in command.data
    return command if is_of_group or not chance(draw, 3) else _damage(draw, command)


def draw_plain(draw: Random, conn: int, talks_headers: bool) -> Command:
    """Draw a command that is valid and answered without a complaint, whatever was said before."""
    subject = draw.choice(words.PLAIN_SUBJECTS)
    kind = draw.randrange(4 if talks_headers else 3)
    if kind == 0:
        return Command(b"PING\r\n", 1)
    if kind == 1:
        return Command(b"SUB %b %d\r\n" % (subject, draw.randrange(1, 6)))
    payload = draw.choice(_PAYLOADS)
    if kind == 2:
        return Command(b"PUB %b %d\r\n%b\r\n" % (subject, len(payload), payload))
    head = _HEADERS[0]
    sizes = (len(head), len(head) + len(payload))
    return Command(b"HPUB %b %d %d\r\n%b%b\r\n" % (subject, *sizes, head, payload))


def _publish(draw: Random, _: int, __: bool) -> Command:
    payload = draw.choice(_PAYLOADS)
    if chance(draw, 1) and chance(draw, 40):
        payload = b"z" * draw.choice((PAYLOAD_MAX, 65_536, 40_000))
    reply = [words.subject(draw)] if chance(draw, 30) else []
    parts = [words.subject(draw), *reply, words.size(draw, len(payload))]
    return _with_payload(draw, words.line(draw, b"PUB", parts), payload)


def _request(draw: Random, _: int, __: bool) -> Command:
    payload = draw.choice(_PAYLOADS[:4])
    parts = (words.subject(draw), draw.choice(words.PLAIN_SUBJECTS), b"%d" % len(payload))
    return Command(b"PUB %b %b %b\r\n" % parts + payload + b"\r\n")


def _publish_with_headers(draw: Random, conn: int, talks_headers: bool) -> Command:
    if not talks_headers and not chance(draw, 5):
        return _publish(draw, conn, talks_headers)
    head, payload = draw.choice(_HEADERS), draw.choice(_PAYLOADS)
    reply = [words.subject(draw)] if chance(draw, 25) else []
    total = len(head) + len(payload)
    sizes = [words.size(draw, len(head)), words.size(draw, total)]
    parts = [words.subject(draw), *reply, *sizes]
    return _with_payload(draw, words.line(draw, b"HPUB", parts), head + payload)


def _subscribe(draw: Random, conn: int, _: bool) -> Command:
    sid = words.sid(draw)
    queue = [words.queue(draw, conn, sid)] if chance(draw, 20) else []
    return Command(words.line(draw, b"SUB", [words.pattern(draw), *queue, sid]))


def _unsubscribe(draw: Random, _: int, __: bool) -> Command:
    limit = [draw.choice(_LIMITS)] if chance(draw, 60) else []
    return Command(words.line(draw, b"UNSUB", [words.sid(draw), *limit]))


def _join_group(draw: Random, _: int, __: bool) -> Command:
    pattern, number = draw.choice(words.GROUP_PATTERNS), draw.randrange(3)
    return Command(b"SUB %b %b %b%d\r\n" % (pattern, words.GROUP, words.GROUP_SID, number))


def _leave_group(draw: Random, _: int, __: bool) -> Command:
    return Command(b"UNSUB %b%d\r\n" % (words.GROUP_SID, draw.randrange(3)))


def _publish_to_group(draw: Random, _: int, __: bool) -> Command:
    payload = b"%d" % draw.randrange(1000)
    return Command(b"PUB %b %d\r\n%b\r\n" % (words.GROUP_SUBJECT, len(payload), payload))


def _ping(draw: Random, _: int, __: bool) -> Command:
    rest = b"" if chance(draw, 85) else draw.choice((b" ", b"x", b" a b", b"\t\r", b"\0" * 9))
    return Command(words.verb(draw, b"PING") + rest + words.line_end(draw), 1)


def _connect(draw: Random, _: int, __: bool) -> Command:
    return Command(connect.connect(draw, connect.LATER_ODD_PERCENT))


def _info(draw: Random, _: int, __: bool) -> Command:
    return Command(connect.info(draw))


def _noise(draw: Random, _: int, __: bool) -> Command:
    return Command(draw.choice(_NOISE))


def _longest_line(draw: Random, _: int, __: bool) -> Command:
    length = CONTROL_LINE_MAX + draw.choice((-1, 0, 0, 1, 1, 2, 900))
    name, first, rest = draw.choice(_LONG)
    argument = first + b"l" * (length - len(first) - len(rest)) + rest
    end = draw.choice((b"\r\n", b"\r\n", b"\n"))
    return Command(name + b" " + argument + end + (b"\r\n" if name == b"PUB" else b""))


def _with_payload(draw: Random, line: bytes, payload: bytes) -> Command:
    end = b"\r\n" if chance(draw, 97) else draw.choice(_PAYLOAD_ENDS)
    # A wrong size may let a PING out of its payload.
    is_plain = line.endswith(b" %d\r\n" % len(payload)) and end == b"\r\n"
    return Command(line + payload + end, 0 if is_plain else payload.count(b"PING"))


def _damage(draw: Random, command: Command) -> Command:
    """Drop, double, change, add a byte, or lose all behind it."""
    raw, at = command.data, draw.randrange(min(len(command.data), 60))
    byte = bytes((draw.choice(b" \t\r\n.*>0919azPQ+-\x00\xff{}\"'"),))
    changed = draw.choice((
        raw[:at] + raw[at + 1 :],
        raw[: at + 1] + raw[at:],
        raw[:at] + byte + raw[at + 1 :],
        raw[:at] + byte + raw[at:],
        raw[:at],
    ))  # fmt: skip
    # A PING may have come out of its payload.
    return Command(changed, command.pongs_max + changed.upper().count(b"PING"))


_WEIGHTS: tuple[tuple[int, Callable[[Random, int, bool], Command]], ...] = (
    (24, _publish),
    (8, _request),
    (9, _publish_with_headers),
    (22, _subscribe),
    (8, _unsubscribe),
    (5, _join_group),
    (1, _leave_group),
    (6, _publish_to_group),
    (7, _ping),
    (3, _connect),
    (1, _info),
    (2, _noise),
    (1, _longest_line),
)
_TOTAL = sum(weight for weight, _ in _WEIGHTS)
