"""What was typed and heard in a session, as a transcript."""

from __future__ import annotations

from natsim.conformance.transcripts.parse import typed_size
from natsim.conformance.transcripts.transcript import CLOSED
from natsim.conformance.transcripts.write import greeting, heard, typed

PING, PONG = b"PING\r\n", b"PONG\r\n"


class Recording:
    """Takes a session line by line.

    pongs_due: PONGs that typed PINGs still have to bring.
    """

    def __init__(self, where: str, info: bytes) -> None:
        self.pongs_due = 0
        self._lines = [
            f"$ natsim transcript --record {where}",
            greeting(info),
        ]
        self._command = b""
        self._wanted_bytes = 0
        self._waiting: list[str] = []  # what was heard while a command was not typed to its end

    @property
    def is_half_typed(self) -> bool:
        """Tell whether the server waits for the rest of a payload."""
        return bool(self._command)

    def said(self, line: bytes) -> None:
        """Take a line that was typed, with its end."""
        if not self._command:
            size = typed_size(line.decode("utf-8", "surrogateescape"))
            self._wanted_bytes = 0 if size is None else len(line) + size + 2
        self._command += line
        if len(self._command) >= self._wanted_bytes:
            self.pongs_due += self._command.strip().upper() == b"PING"
            self._end_command()

    def heard(self, frame: bytes) -> None:
        """Take a frame of the server; its PING and a later INFO are passed over in a play."""
        if frame == PING or frame.startswith(b"INFO "):
            return
        self.pongs_due -= frame == PONG
        self._hear(heard(frame))

    def closed(self) -> None:
        """Note that the server has ended the connection."""
        self._hear(CLOSED)

    def text(self) -> str:
        """Give the transcript."""
        lines = self._lines
        if self._command:
            # What proves something by PING would be taken for the payload that is missing.
            lines = [*lines[:2], "# no barriers", *lines[2:], typed(self._command), *self._waiting]
        return "".join(f"{line}\n" for line in lines)

    def _hear(self, text: str) -> None:
        (self._waiting if self._command else self._lines).append(text)

    def _end_command(self) -> None:
        self._lines += [typed(self._command), *self._waiting]
        self._command, self._waiting = b"", []
