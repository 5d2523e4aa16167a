"""Our server and a real one, each a process in a folder of its own, told the same."""

from __future__ import annotations

import re
import socket
import subprocess
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

READY_S = 20.0
"""Long, since the machine may be busy with other tests."""

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
    (re.compile(r"(?<=nats-server_)\d+|(?<=natsim_)\d+"), "PID"),
    (re.compile(r"\d{4}(?:\.\d\d){5}\.\d{9}"), "STAMP"),
    (re.compile(r" on [\d.]+:53: no such host"), ": no such host"),
    # Go's addresses in memory.
    (re.compile(r"0x[0-9a-f]+"), "ADDRESS"),
]
_GO_ALONE = re.compile(r"Git:      \[|Go build: ")


class SideServer:
    """One of the two. folder: where it runs, so that both name files alike."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._command = command
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def write(self, name: str, text: str) -> None:
        """Write a file where it runs."""
        (self.folder / name).write_text(text)

    def read(self, name: str) -> list[str]:
        """Read a file it wrote, without what is of chance."""
        return without_chance((self.folder / name).read_text())

    def end_by_itself(self, *flags: str) -> tuple[int, list[str], str]:
        """Run it; give exit status, stderr without what is of chance, and stdout."""
        ended = subprocess.run(
            [*self._command, *flags],
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=READY_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return ended.returncode, without_chance(ended.stderr), ended.stdout

    def start(self, *flags: str) -> None:
        """Start it and wait until it is ready. What it says on stderr is its log."""
        with (self.folder / "stderr").open("wb") as stderr:
            self._process = subprocess.Popen(
                [*self._command, *flags],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
            )

    def start_with(self, config: str, *flags: str) -> None:
        """Start it with a configuration, on a free port of loopback, and wait until it is ready."""
        self.configure(config)
        self.start("-c", "server.conf", *flags)
        self.wait_for("Server is ready")

    def configure(self, config: str) -> None:
        """Write the configuration; on a free port of loopback."""
        self.write("server.conf", f"listen: 127.0.0.1:-1\n{config}\n")

    def reload(self, config: str) -> None:
        """Change the configuration and have it read; the log says when it is over."""
        self.configure(config)
        before = self._said().count("eload")
        self.signal("HUP")
        self.wait_until(
            lambda said: (
                bool(re.search(r"(?:Reloaded|Failed to reload) server conf", said[0:]))
                and said.count("eload") > before
                and said.rstrip().splitlines()[-1].count("server configuration") > 0
            )
        )

    def signal(self, name: str) -> None:
        """Send it a signal."""
        import signal as signals

        assert self._process is not None
        self._process.send_signal(signals.Signals[f"SIG{name}"])

    def wait_for(self, text: str, name: str = "stderr") -> None:
        """Wait until it has said something."""
        self.wait_until(lambda said: text in said, name)

    def wait_until(self, is_so: Callable[[str], bool], name: str = "stderr") -> None:
        """Wait until what it said so far is as it should be."""
        deadline = time.monotonic() + READY_S
        while not is_so(self._said(name)):
            assert time.monotonic() < deadline, self._said(name)
            assert self._process is not None
            assert self._process.poll() is None, self._said(name)
            time.sleep(0.01)

    def wait(self) -> int:
        """Wait until it has ended; give its exit status."""
        assert self._process is not None
        return self._process.wait(READY_S)

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

    def kill(self) -> None:
        """End it, whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _said(self, name: str = "stderr") -> str:
        path = self.folder / name
        return path.read_text(errors="replace") if path.exists() else ""


def without_chance(text: str) -> list[str]:
    """Give lines as they would be at any start of either server."""
    lines = [line for line in text.splitlines() if not _GO_ALONE.search(line)]
    for pattern, word in _OF_CHANCE:
        lines = [pattern.sub(word, line) for line in lines]
    return lines
