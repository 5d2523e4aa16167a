"""Deliveries that arrive, but not as they were sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.quality.planted.mode import planted
from tests.quality.planted.session import Session

if TYPE_CHECKING:
    from tests.quality.planted.message import Message

_CUT = 32_768


class _Payloads(Session):
    """Changes payloads, and sets their sizes right."""

    def message(self, message: Message) -> Iterable[Message]:
        changed = self.payload(message.payload)
        yield message if changed == message.payload else message.with_payload(changed)

    def payload(self, payload: bytes) -> bytes:
        """Give what becomes of a payload."""
        raise NotImplementedError


@planted(
    "corrupted.last-byte", "The last byte of a payload is another.", "core.payload", "core.pub"
)
class LastByte(_Payloads):
    def payload(self, payload: bytes) -> bytes:
        return payload[:-1] + bytes([payload[-1] ^ 1]) if payload else payload


@planted(
    "corrupted.seven-bits", "Payloads lose the eighth bit of each byte.", "core.payload", "core.pub"
)
class SevenBits(_Payloads):
    def payload(self, payload: bytes) -> bytes:
        return bytes(byte & 0x7F for byte in payload)


@planted(
    "corrupted.text", "What is not UTF-8 in a payload is replaced.", "core.payload", "core.pub"
)
class Text(_Payloads):
    def payload(self, payload: bytes) -> bytes:
        return payload.decode(errors="replace").encode()


@planted("corrupted.line-ends", "CRLF inside a payload becomes LF.", "core.payload", "core.pub")
class LineEnds(_Payloads):
    def payload(self, payload: bytes) -> bytes:
        return payload.replace(b"\r\n", b"\n")


@planted("corrupted.nul", "A payload ends at its first NUL.", "core.payload", "core.pub")
class Nul(_Payloads):
    def payload(self, payload: bytes) -> bytes:
        return payload.partition(b"\0")[0]


@planted("corrupted.cut", "Payloads are cut at 32 KiB.", "core.payload", "core.limits", "core.pub")
class Cut(_Payloads):
    def payload(self, payload: bytes) -> bytes:
        return payload[:_CUT]


@planted("corrupted.trimmed", "White space around a payload is lost.", "core.payload", "core.pub")
class Trimmed(_Payloads):
    def payload(self, payload: bytes) -> bytes:
        return payload.strip()


@planted("corrupted.size", "The size of a message says one byte less.", "core.payload", "core.pub")
class Size(Session):
    def message(self, message: Message) -> Iterable[Message]:
        size = int(message.size)
        yield replace(message, size=b"%d" % (size - 1)) if size else message


@planted(
    "corrupted.subject-case",
    "Subjects arrive in small letters.",
    "core.sub",
    "core.subjects",
    "core.pub",
)
class SubjectCase(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield replace(message, subject=message.subject.lower())


@planted(
    "corrupted.subject-pattern",
    "A message carries the pattern as its subject.",
    "core.subjects",
    "core.sub",
    "core.pub",
)
class SubjectPattern(Session):
    def message(self, message: Message) -> Iterable[Message]:
        subscription = self.subscriptions.get(message.sid)
        yield replace(message, subject=subscription.subject) if subscription else message


@planted(
    "corrupted.subject-cut",
    "Subjects lose what is behind their third token.",
    "core.subjects",
    "core.sub",
    "core.pub",
)
class SubjectCut(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield replace(message, subject=b".".join(message.subject.split(b".")[:3]))


@planted("corrupted.sid", "Sids that are numbers lose leading zeros.", "core.sub", "core.pub")
class SidNumber(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield replace(message, sid=message.sid.lstrip(b"0") or message.sid)


@planted("corrupted.sid-cut", "Sids are cut at eight characters.", "core.sub", "core.pub")
class SidCut(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield replace(message, sid=message.sid[:8])
