"""Single commands of a client, drawn: valid, at a boundary, or malformed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import connect, words
from .stream import Command
from .words import chance

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from .voice import Voice

CONTROL_LINE_MAX = 4096

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
_IDLE = (b"+OK\r\n", b"+ok\n", b"+OKAY\r\n", b"PONG\r\n", b"pong x\n", b"HMSG x\r\n\r\n")
_NOISE = (
    b"-ERR 'x'\r\n", b"-ERR\r\n", b"-ERR x\n",
    b"\r\n", b"\n", b" ", b"junk\r\n", b"MSG a 1 1\r\nx\r\n", b"HMSG a 1 12 13\r\nNATS/1.0\r\n\r\nx\r\n",
    b"HMSG a b c d e f\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\0",
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


def draw_command(voice: Voice) -> Command:
    """Draw one command of a connection."""
    makers = _HARMFUL if chance(voice.draw, voice.harm_percent) else _HARMLESS
    return voice.draw.choice(makers)(voice)


def draw_plain(voice: Voice) -> Command:
    """Draw a command that is valid and answered without a complaint, whatever was said before."""
    draw, subject = voice.draw, words.plain_subject(voice.draw)
    kind = draw.randrange(4 if voice.talks_headers else 3)
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


# What a server takes.


def _publish(voice: Voice) -> Command:
    payload = _payload(voice)
    size = words.size(voice.draw, len(payload))
    return Command(_publish_line(voice.draw, b"PUB", size) + payload + b"\r\n")


def _request(voice: Voice) -> Command:
    draw, payload = voice.draw, voice.draw.choice(_PAYLOADS)
    parts = (words.subject(draw), words.plain_subject(draw), b"%d" % len(payload))
    return Command(b"PUB %b %b %b\r\n" % parts + payload + b"\r\n")


def _burst(voice: Voice) -> Command:
    """Publish several times by the same line: a server may remember whom it reaches."""
    draw = voice.draw
    size = draw.choice((0, 1, 2, 3, 30))
    line = b"PUB %b %d\r\n" % (words.subject(draw), size)
    payloads = [b"%0*d" % (size, n) if size else b"" for n in range(draw.randrange(3, 9))]
    return Command(b"".join(line + payload + b"\r\n" for payload in payloads))


def _publish_with_headers(voice: Voice) -> Command:
    if not voice.talks_headers:
        return _publish(voice)
    draw = voice.draw
    head, payload = draw.choice(_HEADERS), _payload(voice)
    sizes = [words.size(draw, len(head)), words.size(draw, len(head) + len(payload))]
    return Command(_publish_line(draw, b"HPUB", *sizes) + head + payload + b"\r\n")


def _subscribe(voice: Voice) -> Command:
    draw = voice.draw
    sid = words.sid(draw)
    queue = [words.queue(draw, voice.conn, sid)] if chance(draw, 20) else []
    return Command(words.line(draw, b"SUB", [words.pattern(draw), *queue, sid]))


def _unsubscribe(voice: Voice) -> Command:
    draw = voice.draw
    limit = [draw.choice(_LIMITS)] if chance(draw, 60) else []
    return Command(words.line(draw, b"UNSUB", [words.sid(draw), *limit]))


def _join_group(voice: Voice) -> Command:
    pattern, number = voice.draw.choice(words.GROUP_PATTERNS), voice.draw.randrange(3)
    return Command(b"SUB %b %b %b%d\r\n" % (pattern, words.GROUP, words.GROUP_SID, number))


def _leave_group(voice: Voice) -> Command:
    return Command(b"UNSUB %b%d\r\n" % (words.GROUP_SID, voice.draw.randrange(3)))


def _publish_to_group(voice: Voice) -> Command:
    payload = b"%d" % voice.draw.randrange(1000)
    return Command(b"PUB %b %d\r\n%b\r\n" % (words.GROUP_SUBJECT, len(payload), payload))


def _ping(voice: Voice) -> Command:
    draw = voice.draw
    rest = b"" if chance(draw, 85) else draw.choice((b" ", b"x", b" a b", b"\t\r", b"\0" * 9))
    return Command(words.verb(draw, b"PING") + rest + words.line_end(draw), 1)


def _connect(voice: Voice) -> Command:
    return Command(connect.connect(voice.draw))


def _info(voice: Voice) -> Command:
    return Command(connect.info(voice.draw))


def _idle(voice: Voice) -> Command:
    return Command(voice.draw.choice(_IDLE))


def _long_line(voice: Voice) -> Command:
    return _line_of(voice.draw, CONTROL_LINE_MAX - voice.draw.randrange(2))


# What it complains of, or closes for.


def _noise(voice: Voice) -> Command:
    return Command(voice.draw.choice(_NOISE))


def _bad_publish(voice: Voice) -> Command:
    payload = voice.draw.choice(_PAYLOADS)
    line = _publish_line(voice.draw, b"PUB", words.bad_size(voice.draw))
    # A PING may come out of its payload.
    return Command(line + payload + b"\r\n", payload.count(b"PING"))


def _bad_publish_with_headers(voice: Voice) -> Command:
    draw = voice.draw
    head, payload = draw.choice(_HEADERS), draw.choice(_PAYLOADS)
    sizes = [words.size(draw, len(head)), words.size(draw, len(head) + len(payload))]
    if voice.talks_headers:
        sizes[draw.randrange(2)] = words.bad_size(draw)
    line = _publish_line(draw, b"HPUB", *sizes)
    return Command(line + head + payload + b"\r\n", payload.count(b"PING"))


def _bad_payload_end(voice: Voice) -> Command:
    command = _publish(voice)
    payload = command.data.count(b"PING")
    return Command(command.data[:-2] + voice.draw.choice(_PAYLOAD_ENDS), payload)


def _bad_connect(voice: Voice) -> Command:
    return Command(connect.bad_connect(voice.draw))


def _bad_info(voice: Voice) -> Command:
    return Command(connect.bad_info(voice.draw))


def _too_long_line(voice: Voice) -> Command:
    return _line_of(voice.draw, CONTROL_LINE_MAX + voice.draw.choice((1, 1, 2, 900)))


def _damaged(voice: Voice) -> Command:
    """Drop, double, change, add a byte of a command, or lose all behind it."""
    draw, command = voice.draw, draw_plain(voice) if chance(voice.draw, 50) else _subscribe(voice)
    raw, at = command.data, draw.randrange(min(len(command.data), 60))
    byte = bytes((draw.choice(b" \t\r\n.*>0919azPQ+-\x00\xff{}\"'"),))
    changed = draw.choice((
        raw[:at] + raw[at + 1 :],
        raw[: at + 1] + raw[at:],
        raw[:at] + byte + raw[at + 1 :],
        raw[:at] + byte + raw[at:],
        raw[:at],
    ))  # fmt: skip
    return Command(changed, command.pongs_max + changed.upper().count(b"PING"))


def _payload(voice: Voice) -> bytes:
    draw = voice.draw
    if chance(draw, 98):
        return draw.choice(_PAYLOADS)
    # A connection that is reset takes with it what its client has not read: most of a large one.
    return b"z" * draw.choice((1000, 5000) if voice.harm_percent else (5000, 40_000, 65_536))


def _publish_line(draw: Random, verb: bytes, *sizes: bytes) -> bytes:
    reply = [words.subject(draw)] if chance(draw, 25) else []
    return words.line(draw, verb, [words.subject(draw), *reply, *sizes])


def _line_of(draw: Random, length: int) -> Command:
    """Write a control line whose argument has a length."""
    name, first, rest = draw.choice(_LONG)
    argument = first + b"l" * (length - len(first) - len(rest)) + rest
    end = draw.choice((b"\r\n", b"\r\n", b"\n"))
    return Command(name + b" " + argument + end + (b"\r\n" if name == b"PUB" else b""))


# Each as often as it is to be drawn.
_HARMLESS: Sequence[Callable[[Voice], Command]] = (
    *[_publish] * 24,
    *[_burst] * 6,
    *[_request] * 9,
    *[_publish_with_headers] * 12,
    *[_subscribe] * 24,
    *[_unsubscribe] * 8,
    *[_join_group] * 5,
    *[_leave_group] * 1,
    *[_publish_to_group] * 6,
    *[_ping] * 6,
    *[_connect] * 2,
    *[_info] * 1,
    *[_idle] * 1,
    *[_long_line] * 1,
)
_HARMFUL: Sequence[Callable[[Voice], Command]] = (
    *[_noise] * 20,
    *[_bad_publish] * 15,
    *[_bad_publish_with_headers] * 15,
    *[_bad_payload_end] * 10,
    *[_bad_connect] * 15,
    *[_bad_info] * 5,
    *[_too_long_line] * 4,
    *[_damaged] * 20,
)
