"""The proxy as a program: before a server, and as if it were one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.parity.real_server import ask, await_greeting, free_port, newest_server, running, started

from .modes import MODES

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).parents[3]
_PLANTED = (sys.executable, "-m", __package__ or "")
_THREE = b"SUB foo 1\r\n" + b"PUB foo 1\r\nx\r\n" * 3
_QUIET = b'CONNECT {"verbose":false}\r\n'
_TWO_OF_THREE = b"MSG foo 1 1\r\nx\r\n" * 2


@pytest.fixture
def server() -> str:
    found = newest_server()
    if found is None:
        pytest.skip("no nats-server in the test environment")
    return found


@pytest.fixture(autouse=True)
def _in_the_repository(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(_ROOT)


def test_the_list_names_every_mode() -> None:
    listed = subprocess.run([*_PLANTED, "--list"], capture_output=True, text=True, check=True)

    assert [line.split()[0] for line in listed.stdout.splitlines()] == list(MODES)


def test_a_mode_before_a_server_says_where_it_listens(server: str) -> None:
    with running(server) as port:
        command = [*_PLANTED, "lost.every-third", "--upstream", f"127.0.0.1:{port}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as proxy:
            assert proxy.stdout is not None
            ready = proxy.stdout.readline()
            answer = ask(int(ready.rpartition(":")[2]), _QUIET + _THREE)
            proxy.terminate()

    assert ready.startswith("ready 127.0.0.1:")
    assert answer == (_TWO_OF_THREE, True)


@pytest.fixture(params=["flags", "port", "listen"])
def as_server(request: pytest.FixtureRequest, server: str, tmp_path: Path) -> Iterator[int]:
    port = free_port()
    config = tmp_path / "server.conf"
    config.write_text(
        {"port": f"host: 127.0.0.1, port: {port}", "listen": f"listen: 127.0.0.1:{port}"}.get(
            request.param, ""
        )
    )
    flags = (
        ["-a", "127.0.0.1", "-p", str(port)] if request.param == "flags" else ["-c", str(config)]
    )
    with started(*_PLANTED, "lost.every-third", "--around", server, *flags) as process:
        await_greeting(port, process)
        yield port


def test_a_mode_around_a_server_listens_where_the_server_was_told_to(as_server: int) -> None:
    answer = ask(as_server, _QUIET + _THREE)

    assert answer == (_TWO_OF_THREE, True)


def test_a_mode_around_a_server_passes_its_version(server: str) -> None:
    version = [server, "--version"]

    around = subprocess.run(
        [*_PLANTED, "healthy", "--around", *version], capture_output=True, check=True
    )

    assert around.stdout == subprocess.run(version, capture_output=True, check=True).stdout
