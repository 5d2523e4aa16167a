"""`natsim serve` as a process, for tests."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import signal
    from collections.abc import Generator

READY_S = 20.0

_LISTENING = re.compile(r"Listening for client connections on (.+):(\d+)")


class Serving:
    """A running server. lines: its log so far, without pid and time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self.raw: list[str] = []
        self.port = 0
        self._ready = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.raw.append(line)
            text = line[line.find("[", 1) :].rstrip("\n")
            self.lines.append(text)
            if listening := _LISTENING.search(line):
                self.port = int(listening[2])
            if "Server is ready" in line:
                self._ready.set()
        self._ready.set()

    def wait_ready(self) -> None:
        """Wait until it serves."""
        assert self._ready.wait(READY_S), self.raw
        assert self.port, self.raw

    def end(self, number: signal.Signals) -> int:
        """Send a signal; give the exit status, with the log complete."""
        self.process.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Wait for the end; give the exit status."""
        status = self.process.wait(READY_S)
        self._reader.join(READY_S)
        return status


@contextmanager
def serving(*flags: str) -> Generator[Serving, None, None]:
    """Run a server on a free port of loopback until the block ends."""
    process = launch("-a", "127.0.0.1", "-p", "-1", *flags)
    it = Serving(process)
    try:
        it.wait_ready()
        yield it
    finally:
        process.kill()
        it.wait()
        assert process.stderr is not None
        process.stderr.close()


def launch(*flags: str) -> subprocess.Popen[str]:
    """Start `natsim serve` with flags and nothing more."""
    return subprocess.Popen(
        [sys.executable, "-m", "natsim", "serve", *flags],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def await_line(it: Serving, text: str) -> str:
    """Wait for a line of the log."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        for line in list(it.lines):
            if text in line:
                return line
        time.sleep(0.005)
    raise AssertionError(it.raw)


def greeting(port: int) -> bytes:
    """Connect, and give the first line that the server says."""
    with socket.create_connection(("127.0.0.1", port), READY_S) as client:
        return client.makefile("rb").readline()
