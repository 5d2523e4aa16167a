"""Dialogues: what several users say to one server, in turns, and what each of them hears.

The same turns are taken with our broker and with a real server; where a server draws tokens or
measures time, `plain` puts something fixed in their place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from natsim.broker.nats.options import Options

CONNECT = b"CONNECT {%b,%b}\r\n"
QUIET = b'"verbose":false,"pedantic":false,"headers":true,"no_responders":true'
VERBOSE = b'"verbose":true,"headers":true'


@dataclass(frozen=True, slots=True)
class Turn:
    """One client says something. heard: what each client then hears; who hears nothing is left out.

    who: a user's name; more connections of the same user have a digit behind it.
    """

    who: str
    said: bytes
    heard: dict[str, bytes] = field(default_factory=dict[str, bytes])


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """options: with the users, whose passwords are their names. manners: of each one's CONNECT."""

    name: str
    options: Options
    turns: Sequence[Turn]
    manners: bytes = QUIET


def user_of(who: str) -> str:
    """Give the user that a connection belongs to."""
    return who.rstrip("0123456789")


def connect_line(who: str, manners: bytes) -> bytes:
    """Write the CONNECT of a user, whose password is its name."""
    user = user_of(who).encode()
    return CONNECT % (manners, b'"user":"%b","pass":"%b"' % (user, user))


def plain(heard: bytes) -> bytes:
    """Put something fixed where a server draws or measures."""
    heard = re.sub(rb"_R_\.\w{6}\.\w{6}", b"_R_.xxxxxx.yyyyyy", heard)
    heard = re.sub(rb"INFO \{[^\r]*\} \r\n", b"<INFO>", heard)
    if b'"rtt":' in heard:
        heard = re.sub(rb'"rtt":\d+', b'"rtt":1', heard)
        heard = re.sub(rb"(HMSG [^\r]*?) \d+ \d+\r\n", rb"\1 <sizes>\r\n", heard)
    return heard


def unheard(dialogue: Dialogue, say: Callable[[str, bytes], dict[str, bytes]]) -> list[str]:
    """Take all turns; list the differences between what is heard and what should be.

    say(who, what) gives what each then hears. $REPLY stands for the last reply subject that a
    server has made.
    """
    differences: list[str] = []
    reply = b""
    for number, turn in enumerate(dialogue.turns):
        answers = say(turn.who, turn.said.replace(b"$REPLY", reply))
        made = re.findall(rb"_R_\.\w{6}\.\w{6}", b"".join(answers.values()))
        reply = made[-1] if made else reply
        heard = {who: plain(answer) for who, answer in answers.items() if answer}
        expected = {who: plain(answer) for who, answer in turn.heard.items()}
        if heard != expected:
            differences.append(f"{dialogue.name}, turn {number}: {heard} is not {expected}")
    return differences
