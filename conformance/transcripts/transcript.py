"""A transcript that was read: what is said, what is expected, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from natsim.record import record

if TYPE_CHECKING:
    from natsim.conformance.tree import Object

FIRST = "a"
"""The name of the connection that a transcript speaks on before it names one."""


@record
class Say:
    """Write bytes. line: where it stands in the file. cut: write so many of them apart."""

    conn: str
    line: int
    data: bytes
    cuts: tuple[int, ...] = ()


@record
class Wanted:
    """One frame that the server must send, as written.

    text: the control line without its end; a pattern. payload: what follows it, exactly, with its
    line end; None where the size is left open. raw: the bytes themselves instead of both.
    """

    line: int
    text: str
    payload: bytes | None = None
    raw: bytes | None = None


CLOSED = "<closed>"
NOTHING = "<nothing>"


@record
class Choice:
    """One of the ways the server may answer. is_lenient: allowed, but not what others do."""

    wanted: tuple[Wanted, ...]
    is_lenient: bool = False


@record
class Expect:
    """Hear frames, in order or in any, as one of the choices says."""

    conn: str
    line: int
    choices: tuple[Choice, ...]
    in_any_order: bool = False


@record
class Turn:
    """Turn to another connection, which is opened when it is first named."""

    conn: str
    line: int


@record
class Wait:
    """Let time pass."""

    conn: str
    line: int
    ns: int


@record
class TimeOut:
    """From here on wait so long for the server, at most."""

    conn: str
    line: int
    ns: int


@record
class Barriers:
    """From here on prove, or do not prove, by PING what the server has processed."""

    conn: str
    line: int
    are_on: bool


@record
class Leave:
    """Close our side of a connection."""

    conn: str
    line: int


Step: TypeAlias = Say | Expect | Turn | Wait | TimeOut | Barriers | Leave


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """path, text: where it came from. front: the front matter, by key.

    compare: keys of JSON that are compared although they name one server or one connection.
    """

    path: str
    text: str
    front: Object
    compare: frozenset[str]
    steps: tuple[Step, ...]
