"""+OK that is missing, misplaced, or not deserved."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from tests.quality.planted.mode import planted
from tests.quality.planted.session import OK, Session, json_of

if TYPE_CHECKING:
    from tests.quality.planted.command import Command

_AREA = "core.connect"
_AREAS = {
    b"CONNECT": "core.connect",
    b"SUB": "core.sub",
    b"UNSUB": "core.unsub",
    b"PUB": "core.pub",
    b"HPUB": "core.headers",
}
_STILL_OK = b"-ERR 'Invalid Publish Subject'\r\n"  # a +OK follows


class _NoOkFor(Session):
    """Knows which +OK is for which command. silent: the verb that gets none."""

    verbs = frozenset(_AREAS)
    silent: ClassVar[bytes]

    def command(self, command: Command) -> Iterable[bytes]:
        said = json_of(command.args[0]) or {} if command.verb == b"CONNECT" else {}
        if said.get("verbose", self.is_verbose):
            self.unanswered.append(command.verb)
        yield self.pass_on(command)

    @property
    def unanswered(self) -> deque[bytes]:
        """Verbs whose +OK, or -ERR, is still to come."""
        if self._unanswered is None:
            self._unanswered = deque[bytes]()
        return self._unanswered

    _unanswered: deque[bytes] | None = None

    def ok(self, line: bytes) -> Iterable[bytes]:
        if not self.unanswered or self.unanswered.popleft() != self.silent:
            yield line

    def error(self, line: bytes) -> Iterable[bytes]:
        if line != _STILL_OK and self.unanswered:
            self.unanswered.popleft()
        yield line


for _verb, _area in _AREAS.items():
    planted(
        f"verbose.no-ok-for-{_verb.decode().lower()}",
        f"A verbose connection hears no +OK for {_verb.decode()}.",
        *dict.fromkeys((_area, _AREA)),
    )(type(f"NoOkFor{_verb.decode()}", (_NoOkFor,), {"silent": _verb}))


@planted("verbose.ok-late", "The +OK of a PUB follows the message it causes.", _AREA)
class OkLate(Session):
    def batch(self, frames: list[bytes]) -> Iterable[bytes]:
        late: list[bytes] = []
        for frame in frames:
            if frame == OK:
                late.append(frame)
                continue
            if not frame.startswith((b"MSG ", b"HMSG ")):
                yield from late
                late = []
            yield from self.frame(frame)
        yield from late


@planted("verbose.ok-for-ping", "A verbose connection hears +OK for PING.", _AREA, "core.ping")
class OkForPing(Session):
    def pong(self, line: bytes) -> Iterable[bytes]:
        yield line
        if self.is_verbose:
            yield OK


@planted(
    "verbose.ok-after-error", "A verbose connection hears +OK after an error.", _AREA, "core.errors"
)
class OkAfterError(Session):
    def error(self, line: bytes) -> Iterable[bytes]:
        yield line
        if self.is_verbose and line != _STILL_OK:
            yield OK


@planted("verbose.ok-word", "+OK has no plus.", _AREA, "core.grammar")
class OkWord(Session):
    def ok(self, line: bytes) -> Iterable[bytes]:
        yield line[1:]
