"""A server under attack."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from natsim.harness.stage.launch import leashed
from natsim.harness.stage.ports import LOOPBACK

from .failed import BenchmarkFailed

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

READY_S = 20.0
ANSWER_S = 60.0


class Besieged:
    """A running server. Its ports are of loopback."""

    def __init__(self, pid: int, ports: Mapping[str, int]) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self.port = ports["nats"]
        self.monitor_port = ports["monitoring"]
        self.websocket_port = ports["websocket"]

    def resident_bytes(self) -> int:
        """Tell the memory it has."""
        return self._bytes("VmRSS")

    def peak_bytes(self) -> int:
        """Tell the most memory it had."""
        return self._bytes("VmHWM")

    def dial(self) -> socket.socket:
        """Connect, and say nothing."""
        return socket.create_connection((LOOPBACK, self.port), ANSWER_S)

    def is_up(self) -> bool:
        """Tell whether it still greets."""
        try:
            with self.dial() as client:
                return client.recv(4) == b"INFO"
        except OSError:
            return False

    def _bytes(self, name: str) -> int:
        line = next(one for one in self._status.read_text().splitlines() if one.startswith(name))
        return int(line.split()[1]) * 1024


class HonestClient:
    """One that behaves, while others do not. connect: what it says first."""

    def __init__(self, server: Besieged, connect: bytes) -> None:
        self._socket = server.dial()
        self._said = self._socket.makefile("rb")
        self._said.readline()
        self.send(connect)
        self.ping_s()

    def send(self, data: bytes) -> None:
        """Write; waits when the server does not take more."""
        self._socket.sendall(data)

    def ping_s(self) -> float:
        """Ask for PONG; tell how long it took."""
        begun = time.monotonic()
        self.send(b"PING\r\n")
        while (line := self._said.readline()) != b"PONG\r\n":
            # The server may ask as well, or tell where it is.
            if line == b"PING\r\n":
                self.send(b"PONG\r\n")
            elif not line.startswith(b"INFO "):
                raise BenchmarkFailed(f"an honest client got {line!r} for PONG")
        return time.monotonic() - begun


@contextmanager
def besieged(command: Sequence[str], config: str) -> Generator[Besieged, None, None]:
    """Run a server until the block ends, with monitoring and WebSocket, on free ports."""
    with TemporaryDirectory() as directory:
        file = Path(directory) / "server.conf"
        file.write_text(
            f"listen: {LOOPBACK}:-1\nhttp: {LOOPBACK}:-1\n"
            f"websocket {{ host: {LOOPBACK}, port: -1, no_tls: true }}\n"
            f'ports_file_dir: "{directory}"\n{config}\n'
        )
        process = subprocess.Popen(
            leashed([*command, "-c", str(file)]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield Besieged(process.pid, _ports(Path(directory)))
        finally:
            process.kill()
            process.wait()


def _ports(directory: Path) -> dict[str, int]:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        for file in directory.glob("*.ports"):
            # A real server writes it where it is read.
            text = file.read_text()
            if text.endswith("}"):
                urls: dict[str, list[str]] = json.loads(text)
                return {kind: int(each[0].rpartition(":")[2]) for kind, each in urls.items()}
        time.sleep(0.01)
    raise BenchmarkFailed("a server did not start")
