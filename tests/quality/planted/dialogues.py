"""For each mode, a dialogue that goes differently with it."""

from __future__ import annotations

from .dialogue import Dialogue, alone, together

_QUIET = b'CONNECT {"verbose":false,"pedantic":false,"headers":true,"no_responders":true}\r\n'


def _pub(subject: bytes, *payloads: bytes) -> bytes:
    return b"".join(b"PUB %b %d\r\n%b\r\n" % (subject, len(each), each) for each in payloads)


def _hpub(subject: bytes, headers: bytes, payload: bytes = b"hi") -> bytes:
    size = len(headers)
    return b"HPUB %b %d %d\r\n%b%b\r\n" % (subject, size, size + len(payload), headers, payload)


_THREE = _QUIET + b"SUB foo 1\r\n" + _pub(b"foo", b"a", b"b", b"c")
_REQUEST = _QUIET + b"SUB foo 1\r\nPUB foo in.box.1 2\r\nhi\r\n"


def _sub_and_pub(pattern: bytes, *subjects: bytes) -> Dialogue:
    return alone(
        _QUIET + b"SUB %b 1\r\n" % pattern + b"".join(_pub(each, b"x") for each in subjects)
    )


DIALOGUES: dict[str, Dialogue] = {
    "lost.every-third": alone(_THREE),
    "lost.every-fiftieth": alone(_QUIET + b"SUB foo 1\r\n" + _pub(b"foo", *[b"x"] * 50)),
    "lost.first": alone(_THREE),
    "lost.second-copy": together(
        ("a", _QUIET + b"SUB foo 1\r\nSUB * 2\r\n" + _pub(b"foo", b"a")), is_any_order=True
    ),
    "lost.deep": _sub_and_pub(b">", b".".join([b"t"] * 16)),
    "lost.empty": alone(_QUIET + b"SUB foo 1\r\n" + _pub(b"foo", b"")),
    "lost.large": alone(_QUIET + b"SUB foo 1\r\n" + _pub(b"foo", b"x" * 65_537)),
    "lost.requests": alone(_REQUEST),
    "doubled.every-third": alone(_THREE),
    "doubled.requests": alone(_REQUEST),
    "doubled.queue": alone(_QUIET + b"SUB foo q 1\r\n" + _pub(b"foo", b"a")),
    "reordered.pairs": alone(_THREE),
    "reordered.bursts": alone(_THREE),
    "reordered.small-first": alone(_QUIET + b"SUB foo 1\r\n" + _pub(b"foo", b"long", b"x")),
    "reordered.pong-first": alone(_THREE),
    "misrouted.sid": alone(_QUIET + b"SUB foo 1\r\nSUB bar 2\r\n" + _pub(b"foo", b"a")),
    "misrouted.connection": together(
        ("a", _QUIET + b"SUB bar 1\r\n"), ("b", _QUIET + b"SUB foo 1\r\n" + _pub(b"foo", b"a"))
    ),
    "misrouted.copy": together(
        ("a", _QUIET + b"SUB bar 1\r\n"), ("b", _QUIET + b"SUB foo 1\r\n" + _pub(b"foo", b"a"))
    ),
    "wildcards.star-takes-two": _sub_and_pub(b"foo.*", b"foo.a.b"),
    "wildcards.star-takes-none": _sub_and_pub(b"foo.*", b"foo"),
    "wildcards.tail-takes-none": _sub_and_pub(b"foo.>", b"foo"),
    "wildcards.tail-takes-one": _sub_and_pub(b"foo.>", b"foo.a.b"),
    "wildcards.literal-takes-below": _sub_and_pub(b"foo", b"foo.a"),
    "wildcards.case": _sub_and_pub(b"Foo", b"foo", b"Foo"),
}
