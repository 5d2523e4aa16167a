"""Lines that are written differently, and lines that are refused for how they are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.quality.planted.command import EVERYTHING, Command
from tests.quality.planted.mode import planted
from tests.quality.planted.session import Session

if TYPE_CHECKING:
    from tests.quality.planted.message import Message

_AREA = "core.grammar"
_COMMANDS = frozenset([b"PUB", b"HPUB", b"SUB", b"UNSUB", b"PING", b"PONG", b"CONNECT"])
_WITH_WORDS = frozenset([b"PUB", b"HPUB", b"SUB", b"UNSUB"])
_AT_ONCE = 10


@planted("output.lf", "Every line of the server ends in LF.", _AREA, "core.pub")
class LineFeed(Session):
    def frame(self, frame: bytes) -> Iterable[bytes]:
        for each in super().frame(frame):
            yield each.replace(b"\r\n", b"\n", 1)


@planted("output.payload-lf", "Payloads are followed by LF.", _AREA, "core.payload", "core.pub")
class PayloadLineFeed(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield replace(message, end=b"\n")


@planted(
    "output.payload-bare",
    "Payloads are followed by no line end.",
    _AREA,
    "core.payload",
    "core.pub",
)
class PayloadBare(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield replace(message, end=b"")


@planted("output.small", "MSG is written msg.", _AREA, "core.sub", "core.pub")
class SmallMessage(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield replace(message, verb=message.verb.lower())


@planted("output.spaces", "The words of MSG are two spaces apart.", _AREA, "core.sub", "core.pub")
class TwoSpaces(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield replace(message, verb=message.verb + b" ")


@planted("output.tabs", "The words of MSG are a tab apart.", _AREA, "core.sub", "core.pub")
class Tabs(Session):
    def frame(self, frame: bytes) -> Iterable[bytes]:
        for each in super().frame(frame):
            line, end, rest = each.partition(b"\r\n")
            is_message = line.startswith((b"MSG ", b"HMSG "))
            yield line.replace(b" ", b"\t") + end + rest if is_message else each


class _Refusing(Session):
    """Finds some lines unknown operations."""

    verbs = _COMMANDS

    def command(self, command: Command) -> Iterable[bytes]:
        yield self.refuse() if self.is_refused(command) else self.pass_on(command)

    def is_refused(self, command: Command) -> bool:
        """Tell whether the line is one of those."""
        raise NotImplementedError


@planted("input.small", "Verbs in small letters are refused.", _AREA, "core.pub")
class SmallRefused(_Refusing):
    def is_refused(self, command: Command) -> bool:
        return not command.line.startswith(command.verb)


@planted("input.mixed", "Verbs in small and capital letters are refused.", _AREA)
class MixedRefused(_Refusing):
    def is_refused(self, command: Command) -> bool:
        return not command.line.startswith((command.verb, command.verb.lower()))


@planted("input.tab", "A tab does not part words.", _AREA, "core.pub")
class TabRefused(_Refusing):
    verbs = _WITH_WORDS

    def is_refused(self, command: Command) -> bool:
        return b"\t" in command.line


@planted("input.spaces", "More than one space between words is refused.", _AREA, "core.pub")
class SpacesRefused(_Refusing):
    verbs = _WITH_WORDS

    def is_refused(self, command: Command) -> bool:
        return b"  " in command.line.strip()


@planted("input.trailing-space", "A space at the end of a line is refused.", _AREA)
class TrailingSpaceRefused(_Refusing):
    verbs = _WITH_WORDS

    def is_refused(self, command: Command) -> bool:
        return command.line.rstrip(b"\r\n").endswith(b" ")


@planted("input.lf", "A line that ends in LF is refused.", _AREA, "core.pub")
class LineFeedRefused(_Refusing):
    def is_refused(self, command: Command) -> bool:
        return not command.line.endswith(b"\r\n")


@planted(
    "input.leading-zeros",
    "A size with leading zeros is refused.",
    _AREA,
    "core.payload",
    "core.pub",
)
class LeadingZerosRefused(_Refusing):
    verbs = frozenset([b"PUB", b"HPUB"])

    def is_refused(self, command: Command) -> bool:
        return any(
            len(each) > 1 and each[:1] == b"0" and each.isdigit() for each in command.args[1:]
        )


@planted("input.bare-connect", "CONNECT with no space behind it is refused.", _AREA, "core.connect")
class BareConnectRefused(_Refusing):
    verbs = frozenset([b"CONNECT"])

    def is_refused(self, command: Command) -> bool:
        return command.line[7:8] not in (b" ", b"\t")


@planted("input.split", "A command that comes in pieces is lost.", _AREA, "core.pub")
class SplitLost(Session):
    verbs = _WITH_WORDS

    def command(self, command: Command) -> Iterable[bytes]:
        yield self.pass_on(command) if command.pieces == 1 else self.swallow()


@planted("input.split-refused", "A command that comes in pieces is an unknown operation.", _AREA)
class SplitRefused(_Refusing):
    def is_refused(self, command: Command) -> bool:
        return command.pieces > 1


@planted(
    "input.pipelined",
    "Of commands that come at once, those behind the tenth PUB are lost.",
    _AREA,
    "core.order",
    "core.pub",
)
class PipelinedLost(Session):
    verbs = frozenset([b"PUB", b"HPUB"])
    at_once = 0

    def from_client(self, data: bytes) -> None:
        self.at_once = 0
        super().from_client(data)

    def command(self, command: Command) -> Iterable[bytes]:
        self.at_once += 1
        yield self.pass_on(command) if self.at_once <= _AT_ONCE else self.swallow()


@planted("input.blank-line", "A blank line is passed over.", _AREA, "core.errors")
class BlankLineTaken(Session):
    verbs = EVERYTHING

    def command(self, command: Command) -> Iterable[bytes]:
        if command.line.strip():
            yield self.pass_on(command)


@planted("input.leading-space", "Spaces before a verb are passed over.", _AREA, "core.errors")
class LeadingSpaceTaken(Session):
    verbs = EVERYTHING

    def command(self, command: Command) -> Iterable[bytes]:
        yield self.pass_on(Command(command.line.lstrip(b" ")) if command.verb == b"" else command)


@planted("input.ok", "+OK of a client is an unknown operation.", _AREA)
class OkRefused(_Refusing):
    verbs = frozenset([b"+OK"])

    def is_refused(self, command: Command) -> bool:
        return True
