"""The parser of the client port: bytes in, commands out, right at every cut.

Laws of the file: how the bytes were cut into pieces never changes what comes out, nor where an
error is seen (a wrong byte is an error at once, without waiting for the end of its line); memory is
bounded by one control line and one payload; nothing but ProtocolError is ever raised.

Source: docs.nats.io, client protocol; edges as nats-server 2.15.1 was seen to treat them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from natsim.broker.effects import CloseReason

from .commands import (
    Command,
    Complaint,
    Connect,
    Info,
    Okay,
    Ping,
    Pong,
    Publish,
    PublishLine,
    Subscribe,
    Unsubscribe,
)
from .limits import NUMBER_DIGITS_MAX
from .quote import quoted_bytes

_HEAD = re.compile(
    rb"(?:(PUB|HPUB|SUB|UNSUB|HMSG|-ERR)[ \t]+|(CONNECT|INFO)[ \t]*|(PING|PONG|\+OK))",
    re.IGNORECASE,
)
_VERBS = (
    b"PUB",
    b"HPUB",
    b"SUB",
    b"UNSUB",
    b"HMSG",
    b"-ERR",
    b"CONNECT",
    b"INFO",
    b"PING",
    b"PONG",
    b"+OK",
)
_SUBSCRIBE_SPLIT = re.compile(rb"[ \t\r\n]+")
_PUBLISH_SPLIT = re.compile(rb"[ \t]+")
_CRLF = b"\r\n"


class ProtocolError(Exception):
    """The client broke the protocol; the connection closes.

    reply: the text of -ERR, None when nats-server closes without a word. reason: for /connz.
    detail: what the server logs.
    """

    def __init__(self, reply: str | None, reason: CloseReason, detail: str) -> None:
        super().__init__(detail)
        self.reply = reply
        self.reason = reason
        self.detail = detail


class Parser:
    """Cuts the byte stream of one client into commands.

    Feed bytes, then call `next` until it gives None. A PUB or HPUB comes twice: its PublishLine as
    soon as the control line is in, its Publish when the payload is.

    max_control_line: may change between two calls. data, pos: what is fed and not yet parsed. While
    `is_between_commands`, a caller may take whole commands from there itself and move pos behind
    them.
    """

    __slots__ = ("_line", "_missing", "_parts", "_skipped", "data", "max_control_line", "pos")

    def __init__(self, max_control_line: int) -> None:
        self.data = b""
        self.pos = 0
        self.max_control_line = max_control_line
        self._skipped: Command | None = None  # PING, PONG and +OK ignore the rest of their line
        self._line: PublishLine | None = None  # whose payload is being read
        self._missing = 0
        self._parts: list[bytes] = []

    @property
    def is_between_commands(self) -> bool:
        """Whether data[pos] is the first byte of a command."""
        return self._line is None and self._skipped is None

    def feed(self, data: bytes) -> None:
        """Take more bytes from the network."""
        # What is left is a beginning of a control line: at most max_control_line and a little.
        self.data = self.data[self.pos :] + data if self.pos < len(self.data) else data
        self.pos = 0

    def forget(self) -> None:
        """Drop what is fed and not yet parsed: the connection is over."""
        self.data = b""
        self.pos = self._missing = 0
        self._parts = []

    def next(self) -> Command | None:
        """Give the next command, or None when more bytes are needed. Raises ProtocolError."""
        if self._line is not None:
            return self._payload(self._line)
        if self._skipped is not None:
            return self._rest_of_line(self._skipped)
        if self.pos >= len(self.data):
            return None
        head = _HEAD.match(self.data, self.pos)
        if head is None:
            self._expect_prefix_of_a_verb()
            return None
        plain = head.group(3)
        if plain is not None:
            self.pos = head.end()
            self._skipped = self._PLAIN[plain.upper()]()
            return self._rest_of_line(self._skipped)
        return self._with_argument((head.group(1) or head.group(2)).upper(), head.end())

    def _with_argument(self, verb: bytes, start: int) -> Command | None:
        # The first byte after the separators belongs to the argument, even CR or LF.
        end = self.data.find(b"\n", start + 1)
        if end < 0:
            self._keep_argument(verb, start)
            return None
        argument = _without_cr(self.data[start:end])
        self._check_control_line(argument)
        text = self.data[self.pos : end + 1]
        self.pos = end + 1
        return self._ARGUMENT[verb](self, argument, text)

    def _keep_argument(self, verb: bytes, start: int) -> None:
        argument = self.data[start:]
        self._check_control_line(_without_cr(argument))
        # A run of separators has no bound of its own: keep one.
        self.data = verb + b" " + argument
        self.pos = 0

    def _check_control_line(self, argument: bytes) -> None:
        if len(argument) > self.max_control_line:
            raise ProtocolError(
                "maximum control line exceeded",
                CloseReason.MAX_CONTROL_LINE_EXCEEDED,
                "maximum control line exceeded",
            )

    def _expect_prefix_of_a_verb(self) -> None:
        rest = self.data[self.pos : self.pos + 8].upper()
        if not any(verb.startswith(rest) for verb in _VERBS):
            raise _unknown_operation()

    def _rest_of_line(self, command: Command) -> Command | None:
        end = self.data.find(b"\n", self.pos)
        if end < 0:
            self.pos = len(self.data)
            return None
        self._skipped = None
        self.pos = end + 1
        return command

    def _begin_payload(self, line: PublishLine) -> PublishLine:
        self._line = line
        self._missing = line.size + len(_CRLF)
        return line

    def _payload(self, line: PublishLine) -> Publish | None:
        part = self.data[self.pos : self.pos + self._missing]
        self.pos += len(part)
        self._missing -= len(part)
        if part:
            self._parts.append(part)
        if self._missing >= len(_CRLF):
            return None
        # The payload is whole: what is here of its end must be CR, LF.
        frame = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        if not _CRLF.startswith(frame[line.size :]):
            raise _unknown_operation()
        if self._missing:
            self._parts = [frame]
            return None
        self._line = None
        self._parts = []
        return Publish(line, frame)

    def _publish(self, argument: bytes, text: bytes) -> PublishLine:
        words = _PUBLISH_SPLIT.split(argument.strip(b" \t"))
        if len(words) not in (2, 3) or not words[0]:
            raise _bad_argument("processPub Parse Error", argument)
        size = _number(words[-1])
        if size is None:
            raise _bad_argument("processPub Bad or Missing Size", argument)
        reply = words[1] if len(words) == 3 else b""
        return self._begin_payload(PublishLine(text, words[0], reply, None, 0, words[-1], size))

    def _publish_with_headers(self, argument: bytes, text: bytes) -> PublishLine:
        words = _PUBLISH_SPLIT.split(argument.strip(b" \t"))
        if len(words) not in (3, 4):
            raise _bad_argument("processHeaderPub Parse Error", argument)
        header_size, size = _number(words[-2]), _number(words[-1])
        if header_size is None:
            raise _bad_argument("processHeaderPub Bad or Missing Header Size", argument)
        if size is None:
            raise _bad_argument("processHeaderPub Bad or Missing Total Size", argument)
        if header_size > size:
            raise _bad_argument("processHeaderPub Header Size larger then TotalSize", argument)
        reply = words[1] if len(words) == 4 else b""
        return self._begin_payload(
            PublishLine(text, words[0], reply, words[-2], header_size, words[-1], size)
        )

    def _subscribe(self, argument: bytes, _: bytes) -> Subscribe:
        words = _SUBSCRIBE_SPLIT.split(argument.strip(b" \t\r\n"))
        if len(words) not in (2, 3):
            raise _bad_argument("processSub Parse Error", argument)
        return Subscribe(words[0], words[1] if len(words) == 3 else b"", words[-1])

    def _unsubscribe(self, argument: bytes, _: bytes) -> Unsubscribe:
        words = _SUBSCRIBE_SPLIT.split(argument.strip(b" \t\r\n"))
        if len(words) not in (1, 2) or not words[0]:
            raise _bad_argument("processUnsub Parse Error", argument)
        # A maximum that is no number is not an error: it is as if there were none.
        return Unsubscribe(words[0], (_number(words[1]) or 0) if len(words) == 2 else 0)

    def _message_with_headers(self, _: bytes, text: bytes) -> PublishLine:
        # HMSG is a server's word. On the client port nats-server reads it as an empty publication
        # to nowhere, whatever its argument says.
        return self._begin_payload(PublishLine(text, b"", b"", None, 0, b"0", 0))

    def _connect(self, argument: bytes, _: bytes) -> Connect:
        return Connect(argument)

    def _info(self, argument: bytes, _: bytes) -> Info:
        return Info(argument)

    def _complaint(self, argument: bytes, _: bytes) -> Complaint:
        return Complaint(argument)

    _PLAIN: ClassVar[dict[bytes, Callable[[], Command]]] = {
        b"PING": Ping,
        b"PONG": Pong,
        b"+OK": Okay,
    }
    _ARGUMENT: ClassVar[dict[bytes, Callable[[Parser, bytes, bytes], Command]]] = {
        b"PUB": _publish,
        b"HPUB": _publish_with_headers,
        b"SUB": _subscribe,
        b"UNSUB": _unsubscribe,
        b"HMSG": _message_with_headers,
        b"CONNECT": _connect,
        b"INFO": _info,
        b"-ERR": _complaint,
    }


def _without_cr(raw: bytes) -> bytes:
    # nats-server drops one byte at the end of the line when a CR stood anywhere behind the first.
    return raw[:-1] if b"\r" in raw[1:] else raw


def _number(text: bytes) -> int | None:
    if 1 <= len(text) <= NUMBER_DIGITS_MAX and text.isdigit():
        return int(text)
    return None


def _unknown_operation() -> ProtocolError:
    return ProtocolError(
        "Unknown Protocol Operation", CloseReason.PROTOCOL_VIOLATION, "Client parser ERROR"
    )


def _bad_argument(what: str, argument: bytes) -> ProtocolError:
    return ProtocolError(
        None, CloseReason.PROTOCOL_VIOLATION, f"{what}: {quoted_bytes(argument).decode()}"
    )
