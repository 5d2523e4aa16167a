"""The proxy as a program: before a server, and as if it were one."""

from __future__ import annotations

import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.certificates import Authority
from tests.parity.real_server import (
    READY_S,
    await_greeting,
    converse,
    free_port,
    newest_server,
    running,
    started,
)

from .disguise import DISGUISES
from .modes import MODES

if TYPE_CHECKING:
    from collections.abc import Iterator

_HOST = "127.0.0.1"
_ROOT = Path(__file__).parents[3]
_PLANTED = (sys.executable, "-m", __package__ or "")
_THREE = b"SUB foo 1\r\n" + b"PUB foo 1\r\nx\r\n" * 3
_QUIET = b'CONNECT {"verbose":false}\r\n'
_TWO_OF_THREE = b"MSG foo 1 1\r\nx\r\n" * 2


def _answer(port: int) -> tuple[bytes, bool]:
    """Publish three messages; give what comes of them, and if the connection stays open."""
    # A proxy that has just started on a busy machine is not quick.
    heard, is_open = converse(port, _QUIET + _THREE, wait_s=1.0)
    return heard.partition(b"\r\n")[2], is_open


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

    assert [line.split()[0] for line in listed.stdout.splitlines()] == [*MODES, *DISGUISES]


def test_a_mode_before_a_server_says_where_it_listens(server: str) -> None:
    with running(server) as port:
        command = [*_PLANTED, "lost.every-third", "--upstream", f"127.0.0.1:{port}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as proxy:
            assert proxy.stdout is not None
            ready = proxy.stdout.readline()
            answer = _answer(int(ready.rpartition(":")[2]))
            proxy.terminate()

    assert ready.startswith("ready 127.0.0.1:")
    assert answer == (_TWO_OF_THREE, True)


@pytest.fixture(params=["flags", "port", "listen"])
def as_server(request: pytest.FixtureRequest, server: str, tmp_path: Path) -> Iterator[int]:
    """Be a server that loses every third message; gives the port it was told to take."""
    port = free_port()
    config = tmp_path / "server.conf"
    config.write_text(f"listen: {_HOST}:{port}" if request.param == "listen" else f"port: {port}")
    by_flags, by_file = ("-a", _HOST, "-p", str(port)), ("-c", str(config))
    flags = by_flags if request.param == "flags" else by_file
    with started(*_PLANTED, "lost.every-third", "--around", server, *flags) as process:
        await_greeting(port, process)
        yield port


def test_a_mode_around_a_server_listens_where_the_server_was_told_to(as_server: int) -> None:
    answer = _answer(as_server)

    assert answer == (_TWO_OF_THREE, True)


def test_a_mode_around_a_server_passes_its_version(server: str) -> None:
    version = [server, "--version"]

    around = subprocess.run(
        [*_PLANTED, "healthy", "--around", *version], capture_output=True, check=True
    )

    assert around.stdout == subprocess.run(version, capture_output=True, check=True).stdout


@pytest.mark.parametrize(("sent", "status"), [(signal.SIGTERM, 0), (signal.SIGQUIT, 2)])
def test_a_mode_around_a_server_ends_as_the_server_ends(
    server: str, sent: signal.Signals, status: int
) -> None:
    port = free_port()
    with started(*_PLANTED, "healthy", "--around", server, "-a", _HOST, "-p", str(port)) as process:
        await_greeting(port, process)

        process.send_signal(sent)

        assert process.wait(READY_S) == status
    assert _is_free(port)


def test_a_mode_around_a_server_leaves_nothing_behind_when_it_is_killed(server: str) -> None:
    port = free_port()
    with started(*_PLANTED, "healthy", "--around", server, "-a", _HOST, "-p", str(port)) as process:
        await_greeting(port, process)

    assert _is_free(port)


def test_tls_goes_through_a_mode_unbroken(server: str, tmp_path: Path) -> None:
    port, authority = free_port(), Authority()
    cert, key = authority.issue().write(tmp_path, "server")
    context = ssl.create_default_context(cafile=authority.write(tmp_path))
    flags = ["-a", _HOST, "-p", str(port), "--tls", "--tlscert", cert, "--tlskey", key]
    with started(*_PLANTED, "doubled.every-third", "--around", server, *flags) as process:
        await_greeting(port, process)

        with socket.create_connection((_HOST, port), timeout=READY_S) as plain:
            greeting = plain.recv(4096)
            with context.wrap_socket(plain, server_hostname="localhost") as secure:
                secure.sendall(b"PING\r\n")
                answer = secure.recv(4096)

    assert b'"tls_required":true' in greeting
    assert answer == b"PONG\r\n"


def test_an_info_of_a_mode_around_a_server_names_the_port_of_the_proxy(server: str) -> None:
    port = free_port()
    with started(*_PLANTED, "healthy", "--around", server, "-a", _HOST, "-p", str(port)) as process:
        await_greeting(port, process)

        info, _ = converse(port, b"")

    assert f'"port":{port},'.encode() in info


def _is_free(port: int) -> bool:
    """Wait until nobody listens on a port any more."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        try:
            socket.create_connection((_HOST, port), timeout=1).close()
        except OSError:
            return True
    return False
