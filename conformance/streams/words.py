"""The words that commands are made of: subjects, sids, queues, sizes, blanks.

The pools are small on purpose: streams are worth playing when their commands meet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

PLAIN_SUBJECTS = (b"a", b"a.b", b"b", b"a.b.c", b"b.a", b"foo.bar", b"A", b"1")
"""Subjects that are valid everywhere and that the patterns below like to match."""

_LIKELY = 4  # so many of the first ones come up half of the time

_ODD_SUBJECTS = (
    b"a*", b"*a", b"a.>b", b"a.**", b"a.*b.c", b"a>", b">>", b".a", b"a.", b"a..b", b".", b"..",
    b"a\rb", b"\r", b"a\0b", b"\x0b", b"a\x0cb", b"\x7f", b"\xff\xfe", "é.ü".encode(), b'a"b', b"a\\b",
    b"a'b", b"-1", b"+OK", b"PING", b"$SYS.x", b"$JS.x", b"$JS.API.INFO", b"_INBOX.x", b"a/b,c;d",
    b"_R_", b"_R_x", b"_R_.", b"_R_.a.b", b"$JS.ACK.", b"$JS.ACK.a", b"_GR_.", b"_GR_.a", b"$NRG.",
    b"$NRG.a", b"$NRG", b"t" * 300, b".".join([b"t"] * 40), "\u2028".encode(), b"*", b">", b"a.*",
    b"a.>", b"*.b", b"*.*", b"a.*.c", b">.a", b"_GR_.*", b"$G.a", b"$GR.a", b"_GW_.a", b"_S_.a",
)  # fmt: skip
_PATTERNS = (b"a", b"a.b", b"*", b">", b"a.*", b"a.>", b"*.b", b"*.*", b"*.>", b"a.*.c", b"a.*.>",
             b"*.*.*", b"b", b"foo.*", b"$SYS.>", b"_INBOX.>", b"_INBOX.*")  # fmt: skip
_ODD_SIDS = (
    b"x",
    b"0",
    b"01",
    b"a.b>*",
    b"\xff",
    b"-1",
    b"+",
    b"9" * 30,
    b"\0",
    b"PING",
    b"s" * 64,
)
_BAD_SIZES = (b"-1", b"+2", b"x", b"2x", b"1.0", b"0x2", b"1_0", b"0000000002", b"1000000000",
              b"", b"\xb2", "٣".encode(), b"-", b"999999999", b"1048577", b"2\r", b"00",
              b"99999999999999999999")  # fmt: skip

GROUP = b"grp"
"""The queue group with more than one member; `GROUP_SUBJECT` is the only subject it hears."""

GROUP_SUBJECT = b"grp.a"
GROUP_PATTERNS = (b"grp.a", b"grp.*", b"grp.>")
GROUP_SID = b"g"
"""How the sids of the group's members begin, and no others."""


def chance(draw: Random, percent: int) -> bool:
    """Say yes so many times in a hundred."""
    return draw.randrange(100) < percent


def subject(draw: Random) -> bytes:
    """Draw a subject to publish to, or a reply."""
    return plain_subject(draw) if chance(draw, 80) else draw.choice(_ODD_SUBJECTS)


def plain_subject(draw: Random) -> bytes:
    """Draw a subject that nobody refuses."""
    return draw.choice(PLAIN_SUBJECTS[:_LIKELY] if chance(draw, 50) else PLAIN_SUBJECTS)


def pattern(draw: Random) -> bytes:
    """Draw a subject to subscribe to."""
    if chance(draw, 20):
        return plain_subject(draw)
    return draw.choice(_PATTERNS if chance(draw, 85) else _ODD_SUBJECTS)


def sid(draw: Random) -> bytes:
    """Draw a sid; never one of the group's."""
    return b"%d" % draw.randrange(1, 6) if chance(draw, 85) else draw.choice(_ODD_SIDS)


def queue(draw: Random, conn: int, sid: bytes) -> bytes:
    """Draw a queue name that no other subscription has: who gets a message is then certain."""
    if chance(draw, 4):
        return b"_sys_"
    return draw.choice((b"q", b"a..", b"*", b">", b"_sys_")) + b"%d" % conn + sid


def size(draw: Random, number: int) -> bytes:
    """Write a size, now and then with zeros in front."""
    return b"%d" % number if chance(draw, 92) else b"%0*d" % (draw.randrange(1, 10), number)


def bad_size(draw: Random) -> bytes:
    """Draw a size that is none, is too large, or is most likely wrong."""
    return draw.choice(_BAD_SIZES)


def blank(draw: Random) -> bytes:
    """Draw what stands between two words."""
    return b" " if chance(draw, 88) else draw.choice((b"\t", b"  ", b" \t ", b"\t\t", b"   "))


def margin(draw: Random) -> bytes:
    """Draw what stands before the first word of an argument or behind the last: mostly nothing."""
    return b"" if chance(draw, 94) else draw.choice((b" ", b"\t", b"  "))


def line_end(draw: Random) -> bytes:
    """Draw the end of a control line."""
    return b"\r\n" if chance(draw, 93) else draw.choice((b"\n", b"\n", b" \r\n", b"\t\n"))


def verb(draw: Random, name: bytes) -> bytes:
    """Write a verb, now and then in another case."""
    if chance(draw, 90):
        return name
    return bytes(byte ^ 0x20 if byte >= 0x41 and chance(draw, 50) else byte for byte in name)


def line(draw: Random, name: bytes, words: Sequence[bytes]) -> bytes:
    """Write a control line."""
    text = verb(draw, name) + blank(draw) + margin(draw)
    for number, word in enumerate(words):
        text += (blank(draw) if number else b"") + word
    return text + margin(draw) + line_end(draw)
