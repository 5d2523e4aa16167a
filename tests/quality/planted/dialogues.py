"""For each mode, a dialogue that goes differently with it.

Those that are not in the table are heard in the greeting already.
"""

from __future__ import annotations

from .dialogue import Dialogue, Turn, alone, split, together

_QUIET = b'CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true}\r\n'


def _pub(subject: bytes, *payloads: bytes) -> bytes:
    return b"".join(b"PUB %b %d\r\n%b\r\n" % (subject, len(each), each) for each in payloads)


def _hpub(subject: bytes, headers: bytes, payload: bytes = b"hi") -> bytes:
    size = len(headers)
    return b"HPUB %b %d %d\r\n%b%b\r\n" % (subject, size, size + len(payload), headers, payload)


_THREE = _QUIET + b"SUB foo 1\r\n" + _pub(b"foo", b"a", b"b", b"c")
_REQUEST = _QUIET + b"SUB foo 1\r\nPUB foo in.box.1 2\r\nhi\r\n"
_ASK_NOBODY = b"SUB in 1\r\nPUB nobody in 0\r\n\r\n"
_MAX = 1_048_576
_LONG_ARGUMENT = b"s" * 4096
_PEDANTIC = b'CONNECT {"verbose":false,"pedantic":true}\r\n'
GREETING = alone(b"")
ASKED = Dialogue((Turn("a", _QUIET, until=b"PING\r\n", wait_s=0.6),))
"""The dialogue with a server whose ping_interval is 0.2 s."""

_BARE = b"NATS/1.0\r\n\r\n"


def _to_foo(*payloads: bytes) -> Dialogue:
    return alone(_QUIET + b"SUB foo 1\r\n" + _pub(b"foo", *payloads))


def _headers(*lines: bytes, first: bytes = b"NATS/1.0") -> Dialogue:
    block = b"".join(each + b"\r\n" for each in [first, *lines]) + b"\r\n"
    return alone(_QUIET + b"SUB foo 1\r\n" + _hpub(b"foo", block))


def _sub_and_pub(pattern: bytes, *subjects: bytes, sid: bytes = b"1") -> Dialogue:
    published = b"".join(_pub(each, b"x") for each in subjects)
    return alone(_QUIET + b"SUB %b %b\r\n" % (pattern, sid) + published)


def _connect(options: bytes, *then: bytes) -> Dialogue:
    return alone(b"CONNECT {%b}\r\n" % options, *then)


def _unsub(*then: bytes) -> Dialogue:
    return alone(_THREE, *then, _pub(b"foo", b"d", b"e", b"f"))


def _queues(*subs: bytes, then: bytes = _pub(b"foo", b"a")) -> Dialogue:
    """Each SUB by a connection of its own; which of them hears what is left to chance."""
    members = [chr(ord("a") + at) for at in range(len(subs))]
    turns = [(who, _QUIET + sub) for who, sub in zip(members, subs, strict=True)]
    later = [(who, b"") for who in members]
    return together(*turns, ("z", _QUIET + then), *later, is_any_order=True)


DIALOGUES: dict[str, Dialogue] = {
    "corrupted.last-byte": _to_foo(b"hi"),
    "corrupted.seven-bits": _to_foo(b"h\xe9"),
    "corrupted.text": _to_foo(b"h\xe9"),
    "corrupted.line-ends": _to_foo(b"a\r\nb"),
    "corrupted.nul": _to_foo(b"a\0b"),
    "corrupted.cut": _to_foo(b"x" * 32_769),
    "corrupted.trimmed": _to_foo(b" a "),
    "corrupted.size": _to_foo(b"hi"),
    "corrupted.subject-case": _sub_and_pub(b"Foo", b"Foo"),
    "corrupted.subject-pattern": _sub_and_pub(b"foo.*", b"foo.a"),
    "corrupted.subject-cut": _sub_and_pub(b"foo.>", b"foo.a.b.c"),
    "corrupted.sid": _sub_and_pub(b"foo", b"foo", sid=b"007"),
    "corrupted.sid-cut": _sub_and_pub(b"foo", b"foo", sid=b"123456789"),
    "lost.every-third": alone(_THREE),
    "lost.every-fiftieth": _to_foo(*[b"x"] * 50),
    "lost.everything": alone(_THREE),
    "lost.first": alone(_THREE),
    "auth.closed": alone(_QUIET),
    "lost.second-copy": _queues(b"SUB foo 1\r\nSUB * 2\r\n"),
    "lost.deep": _sub_and_pub(b">", b".".join([b"t"] * 16)),
    "lost.empty": _to_foo(b""),
    "lost.large": _to_foo(b"x" * 65_537),
    "lost.requests": alone(_REQUEST),
    "doubled.every-third": alone(_THREE),
    "doubled.requests": alone(_REQUEST),
    "doubled.queue": _sub_and_pub(b"foo q", b"foo"),
    "reordered.pairs": alone(_THREE),
    "reordered.bursts": alone(_THREE),
    "reordered.small-first": _to_foo(b"long", b"x"),
    "reordered.pong-first": alone(_THREE),
    "misrouted.sid": alone(_QUIET + b"SUB foo 1\r\nSUB bar 2\r\n" + _pub(b"foo", b"a")),
    "misrouted.connection": together(
        ("a", _QUIET + b"SUB foo.b 1\r\n"),
        ("b", _QUIET + b"SUB foo.a 1\r\n" + _pub(b"foo.a", b"x")),
        ("a", b""),
    ),
    "misrouted.copy": together(
        ("a", _QUIET + b"SUB foo.b 1\r\n"),
        ("b", _QUIET + b"SUB foo.a 1\r\n" + _pub(b"foo.a", b"x")),
        ("a", b""),
    ),
    "errors.text": alone(b"nonsense\r\n"),
    "errors.case": alone(b"nonsense\r\n"),
    "errors.verb": alone(b"nonsense\r\n"),
    "errors.quotes": alone(b"nonsense\r\n"),
    "errors.twice": alone(b"nonsense\r\n"),
    "errors.silent": alone(b"nonsense\r\n"),
    "errors.stays-open": alone(b"nonsense\r\n"),
    "errors.unknown-ignored": alone(b"nonsense\r\n"),
    "errors.arguments-ignored": alone(b"SUB foo\r\n"),
    "errors.arguments-answered": alone(b"SUB foo\r\n"),
    "errors.subject-silent": alone(b"SUB foo..bar 1\r\n"),
    "errors.subject-closes": alone(b"SUB foo..bar 1\r\n"),
    "errors.subject-unchecked": alone(b"SUB foo..bar 1\r\n"),
    "errors.tail-unchecked": alone(b"SUB foo.>.bar 1\r\n"),
    "errors.pedantic-closes": alone(_PEDANTIC + _pub(b"foo.*", b"x")),
    "errors.pedantic-text": alone(_PEDANTIC + _pub(b"foo.*", b"x")),
    "errors.pedantic-drops": alone(_PEDANTIC + b"SUB foo.* 1\r\n" + _pub(b"foo.*", b"x")),
    "output.lf": _to_foo(b"hi"),
    "output.payload-lf": _to_foo(b"hi"),
    "output.payload-bare": _to_foo(b"hi"),
    "output.small": _to_foo(b"hi"),
    "output.spaces": _to_foo(b"hi"),
    "output.tabs": _to_foo(b"hi"),
    "input.small": alone(b"sub foo 1\r\n"),
    "input.mixed": alone(b"Sub foo 1\r\n"),
    "input.tab": alone(b"SUB\tfoo 1\r\n"),
    "input.spaces": alone(b"SUB foo  1\r\n"),
    "input.trailing-space": alone(b"SUB foo 1 \r\n"),
    "input.lf": alone(b"SUB foo 1\n"),
    "input.leading-zeros": alone(b"PUB foo 02\r\nhi\r\n"),
    "input.bare-connect": alone(b"CONNECT{}\r\n"),
    "input.split": alone(b"SUB foo 1\r\n", split(_pub(b"foo", b"hi"))),
    "input.split-refused": alone(split(b"SUB foo 1\r\n")),
    "input.pipelined": _to_foo(*[b"x"] * 11),
    "input.blank-line": alone(b"\r\n"),
    "input.leading-space": alone(b" SUB foo 1\r\n"),
    "input.ok": alone(b"+OK\r\n"),
    "headers.reversed": _headers(b"a: 1", b"b: 2"),
    "headers.sorted": _headers(b"b: 1", b"a: 2"),
    "headers.small": _headers(b"A: 1"),
    "headers.title": _headers(b"my-NAME: 1"),
    "headers.merged": _headers(b"a: 1", b"a: 2"),
    "headers.last-one": _headers(b"a: 1", b"a: 2"),
    "headers.spaces": _headers(b"a:  1 "),
    "headers.empty-lost": _headers(b"a:", b"b: 1"),
    "headers.colon": _headers(b"a: 1:2"),
    "headers.status": _headers(first=b"NATS/1.0 100 Idle"),
    "headers.description": _headers(first=b"NATS/1.0 100 Idle"),
    "headers.stripped": _headers(b"a: 1"),
    "headers.as-payload": _headers(b"a: 1"),
    "headers.size": _headers(b"a: 1"),
    "headers.total": _headers(b"a: 1"),
    "headers.payload": _headers(b"a: 1"),
    "headers.line-ends": _headers(b"a: 1"),
    "headers.malformed": alone(_QUIET + b"SUB foo 1\r\n" + _hpub(b"foo", b"xxxx")),
    "headers.long": _headers(b"a: " + b"x" * 1024),
    "info.same-client-id": together(("a", b""), ("b", b"")),
    "info.server-id": together(("a", b""), ("b", b"")),
    "info.never-again": _connect(b'"protocol":1', b""),
    "info.unasked": _connect(b""),
    "limits.payload-one-less": _to_foo(b"x" * _MAX),
    "limits.payload-one-more": alone(b"PUB foo %d\r\n" % (_MAX + 1)),
    "limits.payload-open": alone(b"PUB foo %d\r\n" % (_MAX + 1)),
    "limits.payload-headers": alone(_QUIET + b"HPUB foo 12 %d\r\n" % (_MAX + 1)),
    "limits.payload-text": alone(b"PUB foo %d\r\n" % (_MAX + 1)),
    "limits.control-line-one-less": alone(b"SUB %b 1\r\n" % _LONG_ARGUMENT[2:]),
    "limits.control-line-one-more": alone(b"SUB %b 1\r\n" % _LONG_ARGUMENT[1:]),
    "limits.control-line-endless": Dialogue((Turn("a", b"SUB " + _LONG_ARGUMENT * 2),)),
    "limits.control-line-text": alone(b"SUB %b 1\r\n" % _LONG_ARGUMENT),
    "limits.subscriptions": alone(b"".join(b"SUB foo %d\r\n" % sid for sid in range(65))),
    "limits.subject": _sub_and_pub(b"*", b"s" * 257),
    "verbose.ignored": _connect(b'"verbose":true'),
    "verbose.forced": _connect(b'"verbose":false'),
    "verbose.default": _connect(b""),
    "pedantic.ignored": alone(_PEDANTIC + _pub(b"foo.*", b"x")),
    "pedantic.forced": alone(_QUIET + _pub(b"foo.*", b"x")),
    "echo.ignored": _connect(b'"echo":false', b"SUB foo 1\r\n" + _pub(b"foo", b"x")),
    "echo.never": alone(_THREE),
    "headers.ignored": _headers(b"a: 1"),
    "headers.unasked": together(
        ("a", b"CONNECT {}\r\nSUB foo 1\r\n"),
        ("b", _QUIET + _hpub(b"foo", _BARE)),
        ("a", b""),
    ),
    "no-responders.ignored": alone(_QUIET + _ASK_NOBODY),
    "no-responders.unasked": _connect(b'"headers":true', _ASK_NOBODY),
    "no-responders.unchecked": _connect(b'"no_responders":true'),
    "connect.protocol": _connect(b'"protocol":5'),
    "connect.types": _connect(b'"verbose":"false"'),
    "connect.key-case": _connect(b'"VERBOSE":false'),
    "connect.unknown-key": _connect(b'"colour":"red"'),
    "connect.bad-json": _connect(b'"verbose"'),
    "connect.empty": _connect(b""),
    "connect.again-refused": alone(_QUIET, _QUIET),
    "connect.again-ignored": alone(_QUIET, b'CONNECT {"verbose":true}\r\n'),
    "connect.needed": alone(b"SUB foo 1\r\n"),
    "ping.unanswered": GREETING,
    "ping.first-only": alone(b"", b""),
    "ping.before-connect": GREETING,
    "ping.twice": GREETING,
    "ping.small": GREETING,
    "ping.echoes": alone(b"PING 1\r\n"),
    "ping.strict": alone(b"PINGxyz\r\n"),
    "ping.pong-answered": alone(b"PONG\r\n"),
    "ping.pong-refused": alone(b"PONG\r\n"),
    "queue.all": _queues(*[b"SUB foo q 1\r\n"] * 2),
    "queue.merged": _queues(b"SUB foo q1 1\r\n", b"SUB foo q2 1\r\n"),
    "queue.case": _queues(b"SUB foo q 1\r\n", b"SUB foo Q 1\r\n"),
    "queue.per-pattern": _queues(b"SUB foo q 1\r\n", b"SUB * q 1\r\n"),
    "queue.per-connection": _queues(*[b"SUB foo q 1\r\n"] * 2),
    "queue.none": _queues(b"SUB foo q 1\r\n"),
    "queue.plain-starved": _queues(b"SUB foo q 1\r\n", b"SUB foo 1\r\n"),
    "queue.one-group": _queues(b"SUB foo q1 1\r\n", b"SUB foo q2 1\r\n"),
    "queue.member-left": _queues(b"SUB foo q 1\r\nUNSUB 1\r\n", b"SUB foo q 1\r\n"),
    "queue.reply-lost": _queues(b"SUB foo q 1\r\n", then=b"PUB foo in 0\r\n\r\n"),
    "queue.odd-name": _queues(b"SUB foo a.b 1\r\n"),
    "reply.lost": alone(_REQUEST),
    "reply.swapped": alone(_REQUEST),
    "reply.cut": alone(_REQUEST),
    "reply.lost-with-headers": alone(_QUIET + b"SUB foo 1\r\n" + _hpub(b"foo in", _BARE)),
    "no-responders.code": alone(_QUIET + _ASK_NOBODY),
    "no-responders.subject": alone(_QUIET + _ASK_NOBODY),
    "no-responders.payload": alone(_QUIET + _ASK_NOBODY),
    "no-responders.twice": alone(_QUIET + _ASK_NOBODY),
    "no-responders.never": alone(_QUIET + _ASK_NOBODY),
    "no-responders.always": alone(_QUIET + b"SUB in.* 2\r\nSUB foo 1\r\nPUB foo in.1 0\r\n\r\n"),
    "sub.duplicate-replaces": alone(
        _QUIET + b"SUB foo 1\r\nSUB bar 1\r\n" + _pub(b"foo", b"a") + _pub(b"bar", b"b")
    ),
    "sub.duplicate-refused": alone(b"SUB foo 1\r\nSUB bar 1\r\n"),
    "sub.text-sid": alone(b"SUB foo one\r\n"),
    "sub.same-subject": _queues(b"SUB foo 1\r\nSUB foo 2\r\n"),
    "sub.ascii": alone(b"SUB f\xc3\xbc 1\r\n"),
    "sub.odd-characters": alone(b"SUB foo/bar 1\r\n"),
    "sub.late": alone(_THREE),
    "sub.past": alone(_THREE, b"SUB foo 2\r\n"),
    "unsub.ignored": _unsub(b"UNSUB 1\r\n"),
    "unsub.max-ignored": _unsub(b"UNSUB 1 4\r\n"),
    "unsub.max-at-once": _unsub(b"UNSUB 1 4\r\n"),
    "unsub.one-more": _unsub(b"UNSUB 1 4\r\n"),
    "unsub.one-less": _unsub(b"UNSUB 1 5\r\n"),
    "unsub.past-uncounted": _unsub(b"UNSUB 1 4\r\n"),
    "unsub.past-max": _unsub(b"UNSUB 1 2\r\n"),
    "unsub.first-max": _unsub(b"UNSUB 1 4\r\nUNSUB 1 5\r\n"),
    "unsub.zero": _unsub(b"UNSUB 1 0\r\n"),
    "unsub.unknown": alone(b"UNSUB 99\r\n"),
    "unsub.subject": _queues(b"SUB foo 1\r\nSUB foo 2\r\nUNSUB 1\r\n"),
    "unsub.sid-burnt": _unsub(b"UNSUB 1\r\nSUB foo 1\r\n"),
    "verbose.no-ok-for-connect": _connect(b""),
    "verbose.no-ok-for-sub": alone(b"SUB foo 1\r\n"),
    "verbose.no-ok-for-unsub": alone(b"UNSUB 1\r\n"),
    "verbose.no-ok-for-pub": alone(_pub(b"foo", b"x")),
    "verbose.no-ok-for-hpub": _connect(b'"headers":true', _hpub(b"foo", _BARE)),
    "verbose.ok-late": alone(b"SUB foo 1\r\n" + _pub(b"foo", b"x")),
    "verbose.ok-for-ping": GREETING,
    "verbose.ok-after-error": alone(b"SUB foo..bar 1\r\n"),
    "verbose.ok-word": _connect(b""),
    "wildcards.star-takes-two": _sub_and_pub(b"foo.*", b"foo.a.b"),
    "wildcards.star-takes-none": _sub_and_pub(b"foo.*", b"foo"),
    "wildcards.tail-takes-none": _sub_and_pub(b"foo.>", b"foo"),
    "wildcards.tail-takes-one": _sub_and_pub(b"foo.>", b"foo.a.b"),
    "wildcards.literal-takes-below": _sub_and_pub(b"foo", b"foo.a"),
    "wildcards.case": _sub_and_pub(b"Foo", b"foo", b"Foo"),
    "wildcards.inside-token": _sub_and_pub(b"foo*", b"foobar"),
    "wildcards.tail-inside-token": _sub_and_pub(b"foo>", b"foobar"),
    "wildcards.star-literal": _sub_and_pub(b"foo.*", b"foo.a"),
    "wildcards.star-in-the-middle": _sub_and_pub(b"foo.*.a", b"foo.a.a"),
    "wildcards.two-stars": _sub_and_pub(b"*.*", b"foo.a"),
    "wildcards.star-and-tail": _sub_and_pub(b"*.>", b"foo.a"),
    "wildcards.everything": _sub_and_pub(b">", b"foo"),
    "wildcards.hidden": _sub_and_pub(b">", b"_INBOX.a"),
    "wildcards.published": _sub_and_pub(b"foo.*", b"foo.*"),
    "wildcards.published-takes": _sub_and_pub(b"foo.bar", b"foo.*"),
}
