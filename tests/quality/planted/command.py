"""What a client writes, cut into commands without holding anything up that no mode wants to see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LINE_MAX = 4100
"""As long as a line may grow before it is passed on unseen: the server refuses it by then."""

EVERYTHING = frozenset([b""])
"""Wanted is every line, also those that are no commands."""

_KEPT_MAX = 1 << 20  # bytes of one line; what goes on after them is passed on unread
_CRLF_SIZE = 2
_WORD = re.compile(rb"[A-Za-z+-]*")
_WITH_PAYLOAD = (b"PUB", b"HPUB")


@dataclass(frozen=True, slots=True)
class Command:
    """One line of a client with its end, without the payload that may follow.

    pieces: how many reads it took until it was whole.
    """

    line: bytes
    pieces: int = 1

    @property
    def verb(self) -> bytes:
        """The first word in capitals; empty when the line does not begin with a letter."""
        word = _word(self.line)
        return next((known for known in (b"PING", b"PONG") if word.startswith(known)), word)

    @property
    def args(self) -> list[bytes]:
        """The words after the first, whatever parts them; those of CONNECT are one."""
        rest = self.line[len(_word(self.line)) :].strip(b" \t\r\n")
        return [rest] if self.verb == b"CONNECT" else rest.split()

    @property
    def argument_size(self) -> int:
        """Bytes that count towards the limit of a control line."""
        rest = self.line[len(_word(self.line)) :].lstrip(b" \t")
        return len(rest.removesuffix(b"\n").removesuffix(b"\r"))

    @property
    def payload_size(self) -> int:
        """Bytes of headers and payload that follow, without their line end."""
        if self.verb not in _WITH_PAYLOAD or not self.args or not self.args[-1].isdigit():
            return 0
        return int(self.args[-1][:9])


class CommandCutter:
    """Cuts what comes from a client, in pieces of any size.

    wanted: the verbs whose lines are held until they are whole.
    """

    def __init__(self, wanted: frozenset[bytes], line_max: int) -> None:
        self._wanted = wanted
        self._line_max = line_max
        self._line = b""
        self._pieces = 0
        self._passed = 0  # bytes of the line that are under way already
        self._payload = 0  # bytes to come before the next line
        self._is_payload_skipped = False
        self._is_unreadable = False

    def feed(self, data: bytes) -> Iterator[bytes | tuple[Command, bool]]:
        """Take more bytes; give, in turn, what to pass on as it is, and each whole line.

        A line comes with whether it was held, or was passed on already.
        """
        at = 0
        while at < len(data):
            if self._is_unreadable:
                yield data[at:]
                return
            if self._payload:
                piece = data[at : at + self._payload]
                self._payload -= len(piece)
                at += len(piece)
                if not self._is_payload_skipped:
                    yield piece
                continue
            end = data.find(b"\n", at) + 1
            self._line += data[at : end or len(data)]
            self._pieces += 1
            at = end or len(data)
            is_held = self._is_held()
            if not is_held:
                yield self._line[self._passed :]
                self._passed = len(self._line)
            if end:
                yield from self._whole_line(is_held)
            self._is_unreadable = len(self._line) > _KEPT_MAX

    def skip_payload(self) -> None:
        """Let the payload of the line given last go no further."""
        self._is_payload_skipped = True

    def _whole_line(self, is_held: bool) -> Iterator[tuple[Command, bool]]:
        command = Command(self._line, self._pieces)
        self._line, self._pieces, self._passed = b"", 0, 0
        self._payload = command.payload_size + _CRLF_SIZE if command.verb in _WITH_PAYLOAD else 0
        self._is_payload_skipped = False
        yield command, is_held

    def _is_held(self) -> bool:
        is_whole = self._line.endswith(b"\n")
        if self._passed or (len(self._line) > self._line_max and not is_whole):
            return False
        if self._wanted is EVERYTHING:
            return True
        word = _word(self._line)
        if len(word) == len(self._line):
            return any(verb.startswith(word) for verb in self._wanted)
        return Command(self._line).verb in self._wanted


def _word(line: bytes) -> bytes:
    found = _WORD.match(line)
    assert found is not None
    return found[0].upper()
