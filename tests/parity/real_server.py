"""A real nats-server for the tests that compare with one."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    Process: TypeAlias = subprocess.Popen[bytes]

READY_S = 10.0
QUIET_S = 0.2


def newest_server() -> str | None:
    """Find the nats-server of the test environment, which is the version we follow."""
    inside = Path(sysconfig.get_path("scripts")) / "nats-server"
    return str(inside) if inside.exists() else None


def other_server() -> str | None:
    """Find another nats-server on PATH."""
    found = shutil.which("nats-server", path="/usr/sbin:/usr/bin:/usr/local/bin")
    return found if found != newest_server() else None


def our_server() -> list[str]:
    """Give the command that serves our broker with nats-server's flags."""
    return [sys.executable, "-m", "natsim", "serve"]


@contextmanager
def running(*command: str) -> Generator[int]:
    """Run a server on loopback; gives its port."""
    port = free_port()
    with started(*command, "-a", "127.0.0.1", "-p", str(port)) as process:
        await_greeting(port, process)
        yield port


@contextmanager
def started(*command: str, stderr: int | IO[bytes] = subprocess.DEVNULL) -> Generator[Process]:
    """Run a process until the block ends, whether it serves yet or not."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def free_port() -> int:
    """Find a port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def await_greeting(port: int, process: Process) -> None:
    """Wait until a process greets clients. Raises OSError when it ends, or never does."""

    def listen() -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
            assert client.recv(4) == b"INFO"

    persist(listen, process)


def await_port(port: int, process: Process) -> None:
    """Wait until a process takes connections. Raises OSError when it ends, or never does."""
    persist(lambda: socket.create_connection(("127.0.0.1", port), timeout=1).close(), process)


def persist(attempt: Callable[[], object], process: Process) -> None:
    """Ask a process until it answers. Raises OSError when it ends, or never does."""
    deadline = time.monotonic() + READY_S
    while True:
        try:
            attempt()
        except OSError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def ask(port: int, sent: bytes) -> tuple[bytes, bool]:
    """Say something to a server; give what it answers after its greeting, and if it stays open."""
    heard, is_open = converse(port, sent)
    return heard.partition(b"\r\n")[2], is_open


def converse(port: int, sent: bytes, wait_s: float = 0.0) -> tuple[bytes, bool]:
    """Say something to a server and hear it until it is quiet, or for wait_s if that is longer.

    Gives all it says, its greeting first, and if it stays open.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=READY_S) as client:
        heard = b""
        while not heard.endswith(b"\r\n"):
            heard += client.recv(4096)
        if heard.count(b"\r\n") == 1:
            client.sendall(sent)
        end_s = time.monotonic() + wait_s
        try:
            while True:
                client.settimeout(max(QUIET_S, end_s - time.monotonic()))
                data = client.recv(65_536)
                if not data:
                    return heard, False
                heard += data
        except TimeoutError:
            return heard, True
        except ConnectionError:
            return heard, False
