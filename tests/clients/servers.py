"""Servers for the clients, each from the text of a configuration: ours, and the one we follow."""

from __future__ import annotations

import re
import signal
import subprocess
from enum import Enum
from typing import TYPE_CHECKING

from tests.harness.serve.serving import Serving
from tests.parity.real_server import newest_server, our_server

if TYPE_CHECKING:
    from pathlib import Path

HOST = "127.0.0.1"

_WEBSOCKET = re.compile(r"Listening for websocket clients on wss?://.+:(\d+)")


class Kind(Enum):
    """Whose server it is."""

    OURS = "natsim"
    REAL = "nats-server"

    def command(self) -> list[str] | None:
        """Give how it is started; None where it is not installed."""
        if self is Kind.OURS:
            return our_server()
        real = newest_server()
        return [real] if real else None


class Server:
    """A server that can be ended and started again, on its port.

    configuration: the file it is told by, in the folder that it runs in.
    """

    def __init__(self, command: list[str], configuration: str, folder: Path) -> None:
        self._command = [*command, "-a", HOST, "-c", configuration]
        self._folder = folder
        self._serving = self._start(port=-1)
        self.port = self._serving.port

    @property
    def websocket_port(self) -> int:
        """The port of its listener for browsers."""
        found = [heard for line in self._serving.lines if (heard := _WEBSOCKET.search(line))]
        assert found, self._serving.raw
        return int(found[0][1])

    def restart(self) -> None:
        """Kill it, and start it again."""
        self.kill()
        self._serving = self._start(self.port)

    def tell_it_is_a_lame_duck(self) -> None:
        self._serving.process.send_signal(signal.SIGUSR2)

    def kill(self) -> None:
        self._serving.process.kill()
        self._serving.wait()
        stderr = self._serving.process.stderr
        assert stderr is not None
        stderr.close()

    def _start(self, port: int) -> Serving:
        serving = Serving(
            subprocess.Popen(
                [*self._command, "-p", str(port)],
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        serving.wait_ready()
        return serving
