"""PING and PONG that are missing, doubled, misspelt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.quality.planted.mode import planted
from tests.quality.planted.session import PONG, Session

if TYPE_CHECKING:
    from tests.quality.planted.command import Command

_AREA = "core.ping"


@planted("ping.unanswered", "PING is not answered.", _AREA)
class Unanswered(Session):
    def pong(self, line: bytes) -> Iterable[bytes]:
        return ()


@planted("ping.first-only", "Only the first PING of a connection is answered.", _AREA)
class FirstOnly(Session):
    answered = 0

    def pong(self, line: bytes) -> Iterable[bytes]:
        self.answered += 1
        return (line,) if self.answered == 1 else ()


@planted("ping.before-connect", "PING before CONNECT is not answered.", _AREA, "core.connect")
class BeforeConnect(Session):
    def pong(self, line: bytes) -> Iterable[bytes]:
        if self.options:
            yield line


@planted("ping.twice", "PING is answered twice.", _AREA)
class AnsweredTwice(Session):
    def pong(self, line: bytes) -> Iterable[bytes]:
        return line, line


@planted("ping.small", "PONG is written pong.", _AREA, "core.grammar")
class SmallPong(Session):
    def pong(self, line: bytes) -> Iterable[bytes]:
        yield line.lower()


@planted("ping.echoes", "PONG repeats what was behind PING.", _AREA, "core.grammar")
class Echoes(Session):
    verbs = frozenset([b"PING"])

    def command(self, command: Command) -> Iterable[bytes]:
        yield self.in_turn(b"PONG" + command.line[4:].rstrip(b"\r\n") + b"\r\n")


@planted(
    "ping.strict", "PING with anything behind it is an unknown operation.", _AREA, "core.grammar"
)
class Strict(Session):
    verbs = frozenset([b"PING"])

    def command(self, command: Command) -> Iterable[bytes]:
        is_bare = command.line.rstrip(b"\r\n").upper() == b"PING"
        yield self.pass_on(command) if is_bare else self.refuse()


@planted("ping.pong-answered", "A PONG of the client is answered.", _AREA)
class PongAnswered(Session):
    verbs = frozenset([b"PONG"])

    def command(self, command: Command) -> Iterable[bytes]:
        yield self.pass_on(command)
        yield self.in_turn(PONG)


@planted("ping.pong-refused", "A PONG that nobody asked for is an error.", _AREA)
class PongRefused(Session):
    verbs = frozenset([b"PONG"])
    asked = 0

    def ping(self, line: bytes) -> Iterable[bytes]:
        self.asked += 1
        yield line

    def command(self, command: Command) -> Iterable[bytes]:
        yield self.pass_on(command) if self.asked else self.refuse()


@planted("ping.never", "The server never sends a PING.", _AREA, "core.slow")
class Never(Session):
    def ping(self, line: bytes) -> Iterable[bytes]:
        self.to_server(PONG)
        return ()
