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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

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
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [*command, "-a", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await_ready(port)
        yield port
    finally:
        process.kill()
        process.wait()


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


def _await_ready(port: int) -> None:
    deadline = time.monotonic() + READY_S
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
                assert client.recv(4) == b"INFO"
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
