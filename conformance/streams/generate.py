"""From a seed to a stream.

Law of the file: the same seed makes the same bytes, on every Python and under every hash seed.
"""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from .commands import draw_command, draw_plain
from .connect import bad_connect, connect
from .stream import Begin, Command, Leave, Say, Step, Stream
from .voice import Voice
from .words import chance

if TYPE_CHECKING:
    from collections.abc import Sequence

CONNECTIONS = (1, 1, 2, 2, 3)
"""How many a stream has, each as often as it stands here."""

STEPS_MAX = 16
COMMANDS_MAX = 6
"""The commands of one step."""

HARM_PERCENTS = (0, 0, 1, 2, 4, 15)
"""Of the connections: how many of their commands in a hundred are malformed."""

ONE_READ_BYTES = 64
"""nats-server reads at least so much at one time, if it has come."""

_FOR_ONE_READ = re.compile(rb"[^\n]*?\r[^\n]|[^\n]*\r\Z|HMSG|-ERR", re.IGNORECASE)
"""Where a read ends decides what nats-server makes of a CR in a line, of HMSG, and behind -ERR."""


def stream_of(seed: int) -> Stream:
    """Make the stream of a seed."""
    return draw_stream(Random(seed), seed)


def draw_stream(draw: Random, seed: int) -> Stream:
    """Draw a stream; seed is only its name."""
    connections = draw.choice(CONNECTIONS)
    talkers = [_Talker(draw, conn) for conn in range(connections)]
    steps: list[Step] = [step for talker in talkers for step in talker.greet()]
    for _ in range(draw.randrange(1, STEPS_MAX)):
        steps += draw.choice(talkers).speak(talkers)
    return Stream(seed, connections, tuple(steps))


class _Talker:
    """One connection, and what it needs to remember to say something that makes sense."""

    def __init__(self, draw: Random, conn: int) -> None:
        self._draw = draw
        self._conn = conn
        self._voice = Voice(draw, conn, draw.choice(HARM_PERCENTS))
        self._has_left = False

    def greet(self) -> list[Step]:
        """Say CONNECT, or begin without it."""
        if chance(self._draw, 12):
            return []
        is_bad = chance(self._draw, self._voice.harm_percent)
        return self._say([Command(bad_connect(self._draw) if is_bad else connect(self._draw))])

    def speak(self, others: Sequence[_Talker]) -> list[Step]:
        """Say a few commands; now and then leave, or let another speak before the last byte."""
        if self._has_left:
            return []
        if chance(self._draw, 3):
            self._has_left = True
            return [Leave(self._conn)]
        if chance(self._draw, 8):
            return self._hesitate([other for other in others if other is not self])
        count = self._draw.randrange(1, COMMANDS_MAX + 1)
        return self._say([self._command() for _ in range(count)])

    def interject(self) -> list[Step]:
        """Say one command while another talker has not said the end of its own."""
        return [] if self._has_left else self._say([self._command()])

    def _command(self) -> Command:
        return draw_command(self._voice)

    def _hesitate(self, others: Sequence[_Talker]) -> list[Step]:
        command = draw_plain(self._voice)
        cut = self._draw.randrange(1, len(command.data))
        between = self._draw.choice(others).interject() if others else []
        rest = Say(self._conn, (Command(command.data[cut:], command.pongs_max),))
        return [Begin(self._conn, command.data[:cut]), *between, rest]

    def _say(self, commands: Sequence[Command]) -> list[Step]:
        steps: list[Step] = []
        together: list[Command] = []
        for command in commands:
            if b'"headers":' in command.data:
                has_headers = b'"headers":true' in command.data
                self._voice = replace(self._voice, talks_headers=has_headers)
            if not _FOR_ONE_READ.match(command.data):
                together.append(command)
            elif len(command.data) <= ONE_READ_BYTES and command.data.endswith(b"\n"):
                steps += self._split(together)
                steps.append(Say(self._conn, (command,)))
                together = []
        return [*steps, *self._split(together)]

    def _split(self, commands: Sequence[Command]) -> list[Step]:
        """Cut at random places, mostly nowhere."""
        if not commands:
            return []
        size = sum(len(command.data) for command in commands)
        if size < 2 or chance(self._draw, 60):
            return [Say(self._conn, tuple(commands))]
        # Near the beginning there are more places that matter: long payloads come last.
        count, end = self._draw.randrange(1, 4), min(size, 200)
        cuts = sorted({self._draw.randrange(1, end) for _ in range(count)})
        return [Say(self._conn, tuple(commands), tuple(cuts))]
