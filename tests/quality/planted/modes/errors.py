"""Errors that say or do the wrong thing, and the right thing where it is none."""

from __future__ import annotations

from collections.abc import Iterable

from tests.quality.planted.command import EVERYTHING, Command
from tests.quality.planted.mode import planted
from tests.quality.planted.session import UNKNOWN, Session, error_line

_AREA = "core.errors"
_INVALID = b"-ERR 'Invalid Subject'\r\n"
_INVALID_PUBLISH = b"-ERR 'Invalid Publish Subject'\r\n"
_KNOWN = (b"PUB", b"HPUB", b"SUB", b"UNSUB", b"PING", b"PONG", b"CONNECT", b"INFO", b"+OK", b"-ERR")
_ARGUMENTS = {b"PUB": (2, 3), b"HPUB": (3, 4), b"SUB": (2, 3), b"UNSUB": (1, 2)}


@planted("errors.text", "An unknown operation has another text.", _AREA, "core.grammar")
class TextChanged(Session):
    def error(self, line: bytes) -> Iterable[bytes]:
        yield error_line(b"Parser Error") if line == UNKNOWN else line


@planted("errors.case", "The text of an error is in small letters.", _AREA)
class SmallLetters(Session):
    def error(self, line: bytes) -> Iterable[bytes]:
        yield b"-ERR" + line[4:].lower()


@planted("errors.verb", "-ERR is written -err.", _AREA, "core.grammar")
class SmallVerb(Session):
    def error(self, line: bytes) -> Iterable[bytes]:
        yield line.replace(b"-ERR", b"-err", 1)


@planted("errors.quotes", "The text of an error has no quotes.", _AREA)
class NoQuotes(Session):
    def error(self, line: bytes) -> Iterable[bytes]:
        yield line.replace(b"'", b"")


@planted("errors.twice", "Every error is said twice.", _AREA)
class Twice(Session):
    def error(self, line: bytes) -> Iterable[bytes]:
        return line, line


@planted("errors.silent", "A connection is closed without its -ERR.", _AREA)
class Silent(Session):
    def error(self, line: bytes) -> Iterable[bytes]:
        if line in (_INVALID, _INVALID_PUBLISH):
            yield line


@planted("errors.stays-open", "After an error that is fatal, the connection stays open.", _AREA)
class StaysOpen(Session):
    has_erred = False

    def error(self, line: bytes) -> Iterable[bytes]:
        self.has_erred = True
        yield line

    def server_left(self) -> None:
        self.is_closing |= not self.has_erred or self.has_client_left


@planted(
    "errors.unknown-ignored",
    "A line that begins with no known word is passed over.",
    _AREA,
    "core.grammar",
)
class UnknownIgnored(Session):
    verbs = EVERYTHING

    def command(self, command: Command) -> Iterable[bytes]:
        if command.verb in _KNOWN or not command.verb:
            yield self.pass_on(command)


@planted(
    "errors.arguments-ignored",
    "A command with the wrong number of arguments is passed over.",
    _AREA,
    "core.grammar",
    "core.pub",
)
class ArgumentsIgnored(Session):
    verbs = frozenset(_ARGUMENTS)

    def command(self, command: Command) -> Iterable[bytes]:
        is_right = len(command.args) in _ARGUMENTS[command.verb]
        yield self.pass_on(command) if is_right else self.swallow()


@planted(
    "errors.arguments-answered",
    "Wrong arguments are answered with an -ERR.",
    _AREA,
    "core.grammar",
    "core.pub",
)
class ArgumentsAnswered(Session):
    has_erred = False

    def error(self, line: bytes) -> Iterable[bytes]:
        self.has_erred = True
        yield line

    def server_left(self) -> None:
        if not self.has_erred and not self.has_client_left:
            self.to_client(error_line(b"Parser Error"))
        self.is_closing = True


@planted(
    "errors.subject-silent",
    "A SUB of an invalid subject is ignored without an error.",
    _AREA,
    "core.sub",
)
class SubjectSilent(Session):
    def error(self, line: bytes) -> Iterable[bytes]:
        if line != _INVALID:
            yield line


@planted(
    "errors.subject-closes", "A SUB of an invalid subject closes the connection.", _AREA, "core.sub"
)
class SubjectCloses(Session):
    def error(self, line: bytes) -> Iterable[bytes]:
        yield line
        self.is_closing |= line == _INVALID


@planted(
    "errors.subject-unchecked",
    "A SUB of a subject with an empty token is taken.",
    _AREA,
    "core.sub",
)
class SubjectUnchecked(Session):
    verbs = frozenset([b"SUB"])

    def command(self, command: Command) -> Iterable[bytes]:
        is_empty = bool(command.args) and b"" in command.args[0].split(b".")
        yield self.swallow() if is_empty else self.pass_on(command)


@planted(
    "errors.tail-unchecked",
    "A SUB with `>` before its end is taken.",
    _AREA,
    "core.subjects",
    "core.sub",
)
class TailUnchecked(Session):
    verbs = frozenset([b"SUB"])

    def command(self, command: Command) -> Iterable[bytes]:
        is_wrong = bool(command.args) and b">" in command.args[0].split(b".")[:-1]
        yield self.swallow() if is_wrong else self.pass_on(command)


@planted(
    "errors.pedantic-closes",
    "A pedantic connection is closed for an invalid subject.",
    _AREA,
    "core.connect",
    "core.pub",
)
class PedanticCloses(Session):
    def error(self, line: bytes) -> Iterable[bytes]:
        yield line
        self.is_closing |= line == _INVALID_PUBLISH


@planted(
    "errors.pedantic-text",
    "A pedantic connection hears Invalid Subject for a PUB.",
    _AREA,
    "core.connect",
    "core.pub",
)
class PedanticText(Session):
    def error(self, line: bytes) -> Iterable[bytes]:
        yield _INVALID if line == _INVALID_PUBLISH else line


@planted(
    "errors.pedantic-drops",
    "What a pedantic connection hears an error for is not published.",
    _AREA,
    "core.connect",
    "core.pub",
)
class PedanticDrops(Session):
    verbs = frozenset([b"PUB", b"HPUB"])

    def command(self, command: Command) -> Iterable[bytes]:
        tokens = command.args[0].split(b".") if command.args else []
        if self.option("pedantic", True) and any(each in (b"", b"*", b">") for each in tokens):
            yield self.in_turn(_INVALID_PUBLISH)
            yield self.swallow()
        else:
            yield self.pass_on(command)
