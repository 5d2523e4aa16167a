"""Headers that are not passed on as they were written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.quality.planted.mode import planted
from tests.quality.planted.session import Session

if TYPE_CHECKING:
    from tests.quality.planted.message import Message

_AREA = "core.headers"
_VERSION = b"NATS/1.0"
_LONG = 1024


class _Headers(Session):
    """Changes the lines of header blocks that are well formed, and sets their sizes right."""

    def message(self, message: Message) -> Iterable[Message]:
        block = message.headers
        if not block.startswith(_VERSION) or not block.endswith(b"\r\n\r\n"):
            yield message
            return
        first, *lines = block.removesuffix(b"\r\n\r\n").split(b"\r\n")
        changed = b"\r\n".join([self.first(first), *self.lines(lines)]) + b"\r\n\r\n"
        yield message if changed == block else message.with_headers(changed)

    def first(self, line: bytes) -> bytes:
        """Give what becomes of the first line."""
        return line

    def lines(self, lines: list[bytes]) -> Iterable[bytes]:
        """Give what becomes of the headers."""
        return lines


@planted("headers.reversed", "Headers come last one first.", _AREA)
class Reversed(_Headers):
    def lines(self, lines: list[bytes]) -> Iterable[bytes]:
        return reversed(lines)


@planted("headers.sorted", "Headers come in the order of their names.", _AREA)
class Sorted(_Headers):
    def lines(self, lines: list[bytes]) -> Iterable[bytes]:
        return sorted(lines, key=_name)


@planted("headers.small", "Names of headers come in small letters.", _AREA)
class Small(_Headers):
    def lines(self, lines: list[bytes]) -> Iterable[bytes]:
        return (_name(line).lower() + line[len(_name(line)) :] for line in lines)


@planted("headers.title", "Names of headers come in Title-Case.", _AREA)
class Title(_Headers):
    def lines(self, lines: list[bytes]) -> Iterable[bytes]:
        return (_name(line).title() + line[len(_name(line)) :] for line in lines)


@planted("headers.merged", "Headers of one name are merged into one.", _AREA)
class Merged(_Headers):
    def lines(self, lines: list[bytes]) -> Iterable[bytes]:
        merged: dict[bytes, bytes] = {}
        for line in lines:
            name, _, value = line.partition(b":")
            merged[name] = merged[name] + b"," + value if name in merged else value
        return (name + b":" + value if value else name for name, value in merged.items())


@planted("headers.last-one", "Of headers of one name, the last one is kept.", _AREA)
class LastOne(_Headers):
    def lines(self, lines: list[bytes]) -> Iterable[bytes]:
        return {_name(line): line for line in lines}.values()


@planted("headers.spaces", "White space around values is made one space.", _AREA)
class Spaces(_Headers):
    def lines(self, lines: list[bytes]) -> Iterable[bytes]:
        for line in lines:
            name, colon, value = line.partition(b":")
            yield name + colon + (b" " + value.strip() if colon else b"")


@planted("headers.empty-lost", "Headers without a value are lost.", _AREA)
class EmptyLost(_Headers):
    def lines(self, lines: list[bytes]) -> Iterable[bytes]:
        return (line for line in lines if line.partition(b":")[2].strip())


@planted("headers.colon", "A value ends at its first colon.", _AREA)
class Colon(_Headers):
    def lines(self, lines: list[bytes]) -> Iterable[bytes]:
        return (b":".join(line.split(b":")[:2]) for line in lines)


@planted("headers.status", "The status behind NATS/1.0 is lost.", _AREA)
class Status(_Headers):
    def first(self, line: bytes) -> bytes:
        return _VERSION


@planted("headers.description", "The words behind a status are lost.", _AREA)
class Description(_Headers):
    def first(self, line: bytes) -> bytes:
        return b" ".join(line.split(b" ")[:2])


@planted("headers.stripped", "Messages come without their headers.", _AREA)
class Stripped(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield message.with_headers(b"") if message.headers else message


@planted("headers.as-payload", "Headers come as part of the payload.", _AREA)
class AsPayload(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield message.with_content(b"", message.content) if message.headers else message


@planted("headers.size", "The header size says one byte less.", _AREA)
class HeaderSize(Session):
    def message(self, message: Message) -> Iterable[Message]:
        size = int(message.header_size or b"0")
        yield replace(message, header_size=b"%d" % (size - 1)) if size else message


@planted("headers.total", "The total size does not count the headers.", _AREA)
class TotalSize(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield replace(message, size=b"%d" % len(message.payload)) if message.headers else message


@planted("headers.payload", "Messages with headers come without their payload.", _AREA)
class PayloadLost(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield message.with_payload(b"") if message.headers else message


@planted("headers.line-ends", "Lines of headers end in LF.", _AREA)
class LineEnds(Session):
    def message(self, message: Message) -> Iterable[Message]:
        changed = message.headers.replace(b"\r\n", b"\n")
        yield message if changed == message.headers else message.with_headers(changed)


@planted("headers.malformed", "Messages whose header block is malformed are lost.", _AREA)
class MalformedLost(Session):
    def message(self, message: Message) -> Iterable[Message]:
        block = message.headers
        if not block or (block.startswith(_VERSION) and block.endswith(b"\r\n\r\n")):
            yield message


@planted("headers.long", "Messages with more than 1 KiB of headers are lost.", _AREA)
class LongLost(Session):
    def message(self, message: Message) -> Iterable[Message]:
        if len(message.headers) <= _LONG:
            yield message


def _name(line: bytes) -> bytes:
    return line.partition(b":")[0]
