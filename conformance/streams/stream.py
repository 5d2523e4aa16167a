"""A stream: what a few connections of one server say, step by step."""

from __future__ import annotations

from itertools import pairwise
from typing import TypeAlias

from natsim.record import record

SHOWN_BYTES = 300


@record
class Command:
    """data: as it goes over the wire. pongs_max: how many PONGs it may bring."""

    data: bytes
    pongs_max: int = 0


@record
class Say:
    """Write commands, and wait until the server has done with them.

    cuts: where their bytes are cut into segments, each written apart; in order, 0 < cut < size.
    """

    conn: int
    commands: tuple[Command, ...]
    cuts: tuple[int, ...] = ()

    @property
    def segments(self) -> tuple[bytes, ...]:
        """What is written at one time each."""
        whole = b"".join(command.data for command in self.commands)
        marks = [0, *self.cuts, len(whole)]
        return tuple(whole[start:stop] for start, stop in pairwise(marks))

    @property
    def pongs_max(self) -> int:
        """How many PONGs they bring at most."""
        return sum(command.pongs_max for command in self.commands)


@record
class Begin:
    """Write the beginning of one valid command; a later Say of this connection has the rest."""

    conn: int
    part: bytes


@record
class Leave:
    """End the sending side, and wait until the server has ended its own."""

    conn: int


Step: TypeAlias = Say | Begin | Leave


@record
class Stream:
    """seed: where it came from. connections: open from the start, numbered from 0."""

    seed: int
    connections: int
    steps: tuple[Step, ...]

    def text(self) -> str:
        """Write the stream for people, a line for each segment; long ones are cut in the middle."""
        lines = [f"seed {self.seed}, {self.connections} connections"]
        for number, step in enumerate(self.steps):
            match step:
                case Say():
                    lines += [f"{number:3} [{step.conn}] {shown(part)}" for part in step.segments]
                case Begin():
                    lines.append(f"{number:3} [{step.conn}] {shown(step.part)} …")
                case Leave():
                    lines.append(f"{number:3} [{step.conn}] leaves")
        return "\n".join(lines)


def shown(raw: bytes) -> str:
    """Write bytes for people, on one line of bounded length."""
    if len(raw) <= SHOWN_BYTES:
        return repr(raw)[2:-1]
    half = SHOWN_BYTES // 2
    left_out = len(raw) - 2 * half
    return f"{shown(raw[:half])} <{left_out} bytes> {shown(raw[-half:])}"
