"""Dialogues with a real server."""

from __future__ import annotations

import re
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from tests.broker.nats.dialogue import Dialogue, connect_line, unheard

from .config_text import config_text
from .real_server import READY_S, await_greeting, free_port, started

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence
    from pathlib import Path

AT_ONCE = 4
_PONG = b"PONG\r\n"
_MESSAGE = re.compile(rb"^MSG [^\r]* (\d+)\r\n", re.MULTILINE)


class Line:
    """One connection to a server, which has sent its greeting."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=READY_S)
        self._heard = b""
        self.is_open = True
        while not self._heard.endswith(b"\r\n"):
            self._heard += self._socket.recv(65_536)
        self._heard = b""

    def say(self, sent: bytes) -> None:
        """Send something."""
        if self.is_open:
            self._socket.sendall(sent)

    def hear_out(self) -> bytes:
        """Give what was heard until the answer to a PING sent now, or until the end."""
        if self.is_open:
            self.say(b"PING\r\n")
            while not self._heard.endswith(_PONG):
                try:
                    data = self._socket.recv(65_536)
                except ConnectionResetError:
                    data = b""
                if not data:
                    self.is_open = False
                    break
                self._heard += data
        heard, self._heard = self._heard.removesuffix(_PONG), b""
        # Its own PING, some two seconds after CONNECT, may come into a slow dialogue.
        return re.sub(rb"(?m)^PING\r\n", b"", heard)

    def hear_messages(self, count: int) -> bytes:
        """Give what was heard until so many whole messages have come."""
        while len(found := list(_MESSAGE.finditer(self._heard))) < count or (
            len(self._heard) < found[-1].end() + int(found[-1][1]) + 2
        ):
            self._heard += self._socket.recv(65_536)
        heard, self._heard = self._heard, b""
        return heard

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


@contextmanager
def configured(executable: str, text: str, directory: Path) -> Generator[int]:
    """Run a server with a configuration; gives its port."""
    port = free_port()
    file = directory / f"{port}.conf"
    file.write_text(text)
    log = file.with_suffix(".log")
    command = (executable, "-a", "127.0.0.1", "-p", str(port), "-c", str(file))
    with log.open("wb") as lines, started(*command, stderr=lines) as process:
        try:
            await_greeting(port, process)
        except OSError:
            raise AssertionError(log.read_text()) from None
        yield port


def differences(executable: str, dialogues: Sequence[Dialogue], directory: Path) -> list[str]:
    """Take the turns of dialogues, each with a server of its own.

    Gives what is heard otherwise than they say.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = [pool.submit(_differences, executable, each, directory) for each in dialogues]
        return [difference for each in found for difference in each.result()]


def _differences(executable: str, dialogue: Dialogue, directory: Path) -> list[str]:
    with ExitStack() as stack:
        port = stack.enter_context(configured(executable, config_text(dialogue.options), directory))
        lines: dict[str, Line] = {}

        def say(who: str, said: bytes) -> dict[str, bytes]:
            if who not in lines:
                lines[who] = Line(port)
                stack.callback(lines[who].close)
                said = connect_line(who, dialogue.manners) + said
            lines[who].say(said)
            speaker = lines[who].hear_out()
            others = {name: line.hear_out() for name, line in lines.items() if name != who}
            return {who: speaker, **others}

        return unheard(dialogue, say)
