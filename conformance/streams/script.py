"""A stream and the answer of one server to it, as a transcript: what another server answers fails.

Law of the file: only what a transcript can hold anyone to is written: no PING of the server's own
clock, and of INFO only what differs.
"""

from __future__ import annotations

import json
from enum import Enum
from string import ascii_lowercase
from typing import TYPE_CHECKING

from natsim.conformance.transcripts.match import NAMING_KEYS
from natsim.conformance.transcripts.transcript import CLOSED
from natsim.conformance.transcripts.write import bytes_typed, heard, typed
from natsim.conformance.tree import parse_object

from .answer import End
from .stream import Begin, Leave, Say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from natsim.conformance.tree import Object

    from .answer import Answer
    from .stream import Step, Stream

PING, PONG = b"PING\r\n", b"PONG\r\n"


class Proof(Enum):
    """Who proves that a step was processed before the next is said.

    THE_PLAYER: by PINGs of its own, so that the dialogue is all there is. THE_SCRIPT: by PINGs that
    are written, as the stream was played: also where PING is taken for something else.
    """

    THE_PLAYER = "the player"
    THE_SCRIPT = "the script"


def script(
    stream: Stream, answer: Answer, other: Answer, proof: Proof, comments: Sequence[str]
) -> str:
    """Write a transcript that the server of an answer passes, and hopefully not that of the other.

    comments: stand above it, a line each.
    """
    writer = _Writer(stream, answer, other, proof)
    dialogue = list(writer.lines())
    front = writer.front()
    head = ["---", *front, "---"] if front else []
    return "".join(f"{line}\n" for line in (*head, *(f"# {each}" for each in comments), *dialogue))


class _Writer:
    def __init__(self, stream: Stream, answer: Answer, other: Answer, proof: Proof) -> None:
        self._stream = stream
        self._answer = answer
        self._other = other
        self._proof = proof
        self._turn = 0
        self._compared: set[str] = set()
        self._left: set[int] = set()

    def front(self) -> list[str]:
        """Give the front matter, once all lines were made."""
        front = [f"compare: [{', '.join(sorted(self._compared))}]"] if self._compared else []
        return [*front, "barriers: false"] if self._proof is Proof.THE_SCRIPT else front

    def lines(self) -> Iterator[str]:
        if not self._stream.steps:  # else what differs is behind the greeting
            for conn in range(self._stream.connections):
                yield from self._greeting(conn)
        for number, step in enumerate(self._stream.steps):
            yield from self._on(step.conn, self._said(step))
            for conn in range(self._stream.connections):
                yield from self._on(conn, self._answers(number, step, conn))
        for conn, each in enumerate(self._answer.heard):
            if conn not in self._left:
                yield from self._on(conn, self._rest(conn))
                if each.end is not End.OPEN:
                    yield from self._on(conn, [CLOSED])

    def _on(self, conn: int, lines: Sequence[str]) -> Iterator[str]:
        if lines and conn != self._turn:
            self._turn = conn
            yield f"[{ascii_lowercase[conn]}]"
        yield from lines

    def _greeting(self, conn: int) -> Iterator[str]:
        """Write what differs of the first INFO, if anything does."""
        one, other = (_members(each.heard[conn].frames) for each in (self._answer, self._other))
        keys = sorted(
            key for key in {*one, *other} - _NAMES_OF_ONE if one.get(key) != other.get(key)
        )
        self._compared |= NAMING_KEYS.intersection(keys)
        if keys:
            yield from self._on(conn, [_info({key: one.get(key, _ABSENT) for key in keys})])

    def _said(self, step: Step) -> list[str]:
        match step:
            case Say():
                lines = [typed(command.data) for command in step.commands]
                if step.cuts:
                    whole = b"".join(step.segments)
                    cuts = ", ".join(map(str, step.cuts))
                    lines = [f"# split at {cuts}", bytes_typed(whole)]
                return [*lines, "PING"] if self._proof is Proof.THE_SCRIPT else lines
            case Begin():
                return [bytes_typed(step.part)]
            case Leave():
                self._left.add(step.conn)
                return ["# leave"]

    def _answers(self, number: int, step: Step, conn: int) -> list[str]:
        """Write what a connection heard while a step was taken."""
        if conn in self._left:
            return []
        each = self._answer.heard[conn]
        frames = list(each.frames[each.marks[number] : each.marks[number + 1]])
        if self._proof is Proof.THE_PLAYER and conn == step.conn:
            frames = _without_barrier(frames)
        return self._heard(frames, conn)

    def _rest(self, conn: int) -> list[str]:
        """Write what a connection heard behind all steps, but for the PONG of the last barrier."""
        each = self._answer.heard[conn]
        return self._heard(_without_barrier(list(each.frames[each.marks[-1] :])), conn)

    def _heard(self, frames: Sequence[bytes], conn: int) -> list[str]:
        lines: list[str] = []
        for frame in frames:
            if frame.startswith(b"INFO "):
                if self._proof is Proof.THE_SCRIPT:
                    first = _members(self._answer.heard[conn].frames)
                    new = {
                        key: value
                        for key, value in _members((frame,)).items()
                        if key not in NAMING_KEYS and first.get(key) != value
                    }
                    lines.append(_info(new))
            elif frame != PING:
                lines.append(heard(frame))
        return lines


_ABSENT = "absent"
_NAMES_OF_ONE = NAMING_KEYS - {"version"}


def _without_barrier(frames: list[bytes]) -> list[bytes]:
    """Take the last PONG out, which our own PING has brought."""
    if PONG in frames:
        at = len(frames) - 1 - frames[::-1].index(PONG)
        return frames[:at] + frames[at + 1 :]
    return frames


def _info(members: Object) -> str:
    written = (
        f"{json.dumps(key)}:{value if value is _ABSENT else json.dumps(value)}, "
        for key, value in members.items()
    )
    return f"INFO {{{''.join(written)}... }}"


def _members(frames: tuple[bytes, ...]) -> Object:
    """Give the members of the INFO that comes first."""
    try:
        return parse_object(frames[0][5:]) if frames else {}
    except ValueError:
        return {}
