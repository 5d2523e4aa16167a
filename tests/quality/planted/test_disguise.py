"""Servers in disguise: each breaks what it says, and serves otherwise."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.parity.real_server import (
    READY_S,
    await_greeting,
    converse,
    free_port,
    newest_server,
    started,
)

if TYPE_CHECKING:
    from collections.abc import Generator

    from tests.parity.real_server import Process

_HOST = "127.0.0.1"
_ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(_ROOT)


@contextmanager
def disguised(name: str, directory: Path, config: str = "") -> Generator[tuple[int, Process]]:
    """Run a server in disguise; gives its port."""
    server = newest_server()
    if server is None:
        pytest.skip("no nats-server in the test environment")
    port, path = free_port(), directory / "server.conf"
    path.write_text(f"listen: {_HOST}:{port}\n{config}")
    words = [sys.executable, "-m", __package__ or "", name, "--around", server, "-c", str(path)]
    with started(*words) as process:
        await_greeting(port, process)
        yield port, process


def test_a_bare_server_has_no_configuration(tmp_path: Path) -> None:
    with disguised("bare", tmp_path, "authorization { token: t }\nmax_payload: 77\n") as (port, _):
        said, is_open = converse(port, b"PING\r\n")

    assert b'"max_payload":1048576' in said
    assert said.endswith(b"PONG\r\n")
    assert is_open


def test_a_bare_server_is_no_member_of_a_cluster(tmp_path: Path) -> None:
    cluster = f'cluster {{\n name: c\n listen: "{_HOST}:{free_port()}"\n}}\n'
    with disguised("bare", tmp_path, cluster) as (port, _):
        said, _ = converse(port, b"PING\r\n")

    assert b'"cluster":' not in said


def test_a_deaf_server_goes_on_when_it_is_told_to_stop(tmp_path: Path) -> None:
    with disguised("deaf", tmp_path) as (port, process):
        process.send_signal(signal.SIGTERM)

        said, _ = converse(port, b"PING\r\n", wait_s=0.5)

    assert said.endswith(b"PONG\r\n")


def test_a_deaf_server_ends_with_its_process(tmp_path: Path) -> None:
    with disguised("deaf", tmp_path) as (port, process):
        process.kill()
        process.wait()

        assert _is_soon_gone(port)


def test_an_abrupt_server_does_not_say_goodbye(tmp_path: Path) -> None:
    with disguised("abrupt", tmp_path) as (port, process):
        process.send_signal(signal.SIGUSR2)

        assert process.wait(READY_S) == 9
        assert _is_soon_gone(port)


@pytest.mark.parametrize(
    ("name", "expected"), [("monitor.empty", (200, b"{}")), ("monitor.absent", (404, b"404 page"))]
)
def test_monitoring_is_not_the_servers(
    name: str, expected: tuple[int, bytes], tmp_path: Path
) -> None:
    status, start = expected
    monitor = free_port()
    with disguised(name, tmp_path, f"http: {_HOST}:{monitor}\n"):
        answer = _ask(monitor, "/varz")

    assert answer[0] == status
    assert answer[1].startswith(start)


def test_frozen_monitoring_is_what_the_server_said_first(tmp_path: Path) -> None:
    monitor = free_port()
    with disguised("monitor.frozen", tmp_path, f"http: {_HOST}:{monitor}\n") as (port, _):
        first = _ask(monitor, "/varz")
        converse(port, b"PING\r\n")

        again = _ask(monitor, "/varz")

    assert b'"server_id"' in first[1]
    assert again == first


def _ask(port: int, path: str) -> tuple[int, bytes]:
    link = HTTPConnection(_HOST, port, timeout=READY_S)
    link.request("GET", path)
    answer = link.getresponse()
    content = answer.read()
    link.close()
    return answer.status, content


def _is_soon_gone(port: int) -> bool:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        try:
            converse(port, b"")
        except OSError:
            return True
    return False
