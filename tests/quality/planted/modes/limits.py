"""Limits that are one off, not there, or do not end what they should."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.quality.planted.mode import planted
from tests.quality.planted.session import Session, error_line

if TYPE_CHECKING:
    from tests.quality.planted.command import Command
    from tests.quality.planted.message import Message

_AREA = "core.limits"
_PAYLOAD = b"Maximum Payload Violation"
_CONTROL_LINE = b"maximum control line exceeded"
_CONTROL_LINE_MAX = 4096
_SUBSCRIPTIONS = 64
_SUBJECT = 256
_ENDLESS = 1 << 20
_LIMITED = frozenset([b"PUB", b"HPUB", b"SUB", b"UNSUB", b"CONNECT"])


class _Payloads(Session):
    verbs = frozenset([b"PUB", b"HPUB"])

    @property
    def max_payload(self) -> int:
        """Tell what INFO said."""
        said = self.server_info["max_payload"]
        assert isinstance(said, int)
        return said


@planted(
    "limits.payload-one-less",
    "A payload of max_payload is refused.",
    _AREA,
    "core.payload",
    "core.pub",
)
class PayloadOneLess(_Payloads):
    def command(self, command: Command) -> Iterable[bytes]:
        is_refused = command.payload_size == self.max_payload
        yield self.refuse(_PAYLOAD) if is_refused else self.pass_on(command)


@planted(
    "limits.payload-one-more",
    "A payload of max_payload and one is no error.",
    _AREA,
    "core.payload",
    "core.pub",
)
class PayloadOneMore(_Payloads):
    def command(self, command: Command) -> Iterable[bytes]:
        is_taken = command.payload_size == self.max_payload + 1
        yield self.swallow() if is_taken else self.pass_on(command)


@planted(
    "limits.payload-open",
    "A payload above max_payload does not close the connection.",
    _AREA,
    "core.payload",
    "core.errors",
    "core.pub",
)
class PayloadOpen(_Payloads):
    def command(self, command: Command) -> Iterable[bytes]:
        if command.payload_size > self.max_payload:
            self.swallow_payload()
            yield self.in_turn(error_line(_PAYLOAD))
        else:
            yield self.pass_on(command)


@planted(
    "limits.payload-headers",
    "Headers do not count towards max_payload.",
    _AREA,
    "core.headers",
    "core.payload",
    "core.pub",
)
class PayloadHeaders(_Payloads):
    def command(self, command: Command) -> Iterable[bytes]:
        size = command.payload_size
        header_size = b"".join(command.args[-2:-1]) if command.verb == b"HPUB" else b""
        headers = int(header_size) if header_size.isdigit() else 0
        is_taken = size > self.max_payload >= size - headers
        yield self.swallow() if is_taken else self.pass_on(command)


@planted(
    "limits.payload-text",
    "The error of max_payload is in small letters.",
    _AREA,
    "core.payload",
    "core.errors",
    "core.pub",
)
class PayloadText(Session):
    def error(self, line: bytes) -> Iterable[bytes]:
        yield line.replace(_PAYLOAD, _PAYLOAD.lower())


@planted(
    "limits.control-line-one-less", "A control line of the limit is refused.", _AREA, "core.grammar"
)
class ControlLineOneLess(Session):
    verbs = _LIMITED

    def command(self, command: Command) -> Iterable[bytes]:
        is_refused = command.argument_size == _CONTROL_LINE_MAX
        yield self.refuse(_CONTROL_LINE) if is_refused else self.pass_on(command)


@planted(
    "limits.control-line-one-more",
    "A control line of the limit and one is no error.",
    _AREA,
    "core.grammar",
)
class ControlLineOneMore(Session):
    verbs = _LIMITED
    line_max = 2 * _CONTROL_LINE_MAX

    def command(self, command: Command) -> Iterable[bytes]:
        is_taken = command.argument_size == _CONTROL_LINE_MAX + 1
        yield self.swallow() if is_taken else self.pass_on(command)


@planted(
    "limits.control-line-endless",
    "A control line that does not end is never refused.",
    _AREA,
    "core.grammar",
)
class ControlLineEndless(Session):
    verbs = _LIMITED
    line_max = _ENDLESS


@planted(
    "limits.control-line-text",
    "The error of a control line is in capitals.",
    _AREA,
    "core.errors",
    "core.grammar",
)
class ControlLineText(Session):
    def error(self, line: bytes) -> Iterable[bytes]:
        yield line.replace(_CONTROL_LINE, _CONTROL_LINE.title())


@planted("limits.subscriptions", "A connection may have 64 subscriptions.", _AREA, "core.sub")
class Subscriptions(Session):
    verbs = frozenset([b"SUB"])

    def command(self, command: Command) -> Iterable[bytes]:
        is_full = len(self.subscriptions) >= _SUBSCRIPTIONS
        refusal = error_line(b"maximum subscriptions exceeded")
        yield self.in_turn(refusal) if is_full else self.pass_on(command)


@planted("limits.subject", "Subjects of more than 256 bytes are lost.", _AREA, "core.sub")
class LongSubject(Session):
    def message(self, message: Message) -> Iterable[Message]:
        if len(message.subject) <= _SUBJECT:
            yield message
