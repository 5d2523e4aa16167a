"""Clients that mean harm, a few of them; `python -m benchmarks.hostile` brings many."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import bcrypt
import pytest
from tests.harness.wire import HOST

from .configured import configured
from .serving import READY_S, greeting
from .test_load import MEGABYTE, resident_bytes, resident_peak_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from .configured import Configured

MONITORED = "http: 127.0.0.1:-1\nwebsocket { host: 127.0.0.1, port: -1, no_tls: true"


def stays_silent(port: int, beginning: bytes) -> bytes:
    """Begin something and never finish; give what is heard until the server ends it."""
    with socket.create_connection((HOST, port), READY_S) as client:
        client.sendall(beginning)
        said = b""
        try:
            while data := client.recv(4096):
                said += data
        except ConnectionResetError:
            pass
        return said


def test_who_never_finishes_connect_is_cut(tmp_path: Path) -> None:
    config = "authorization { user: a, password: a, timeout: 0.2 }"

    with configured(tmp_path, config) as it:
        said = stays_silent(it.port, b'CONNECT {"user":')

    assert said.endswith(b"-ERR 'Authentication Timeout'\r\n")


def test_who_never_finishes_an_upgrade_is_cut(tmp_path: Path) -> None:
    with configured(tmp_path, f'{MONITORED}, handshake_timeout: "200ms" }}') as it:
        assert stays_silent(it.port_of("websocket clients on"), b"GET / HTTP/1.1\r\nA:") == b""


def test_who_never_finishes_a_request_is_cut(tmp_path: Path) -> None:
    with configured(tmp_path, f"{MONITORED} }}") as it:
        assert stays_silent(it.port_of("http monitor on"), b"GET /varz HTTP/1.1\r\nA:") == b""


@pytest.mark.parametrize(
    "line", [b"PUB foo 999999999\r\n", b"HPUB foo 999999998 999999999\r\nNATS/1.0\r\n"]
)
def test_a_gigabyte_is_refused_before_it_comes(line: bytes, tmp_path: Path) -> None:
    with configured(tmp_path, "max_payload: 1MB") as it:
        said = stays_silent(it.port, b'CONNECT {"verbose":false,"headers":true}\r\n' + line)

    assert said.endswith(b"-ERR 'Maximum Payload Violation'\r\n")


def test_a_gigabyte_that_may_come_is_given_back_when_its_client_goes(tmp_path: Path) -> None:
    with configured(tmp_path, "max_payload: -1") as it:
        before = resident_bytes(it.serving.process.pid)
        with socket.create_connection((HOST, it.port), READY_S) as client:
            client.sendall(b'CONNECT {"verbose":false}\r\nPUB foo 999999999\r\n')
            for _ in range(64):
                client.sendall(bytes(MEGABYTE))
        # Which is answered behind what came before.
        assert greeting(it.port).startswith(b"INFO ")

        assert resident_peak_bytes(it.serving.process.pid) - before < 96 * MEGABYTE


def test_who_logs_in_slowly_keeps_nobody_waiting(tmp_path: Path) -> None:
    hashed = bcrypt.hashpw(b"right", bcrypt.gensalt(11)).decode()
    config = f'authorization {{ users: [ {{ user: a, password: "{hashed}" }} ], timeout: 60 }}'

    with configured(tmp_path, config) as it:
        answers = [log_in(it) for _ in range(8)]
        # None of eight is through when another has its greeting.
        assert greeting(it.port).startswith(b"INFO ")
        are_waiting = sum(answer.is_alive() for answer in answers)
        for answer in answers:
            answer.join(READY_S)

    assert are_waiting > 0


def log_in(it: Configured) -> threading.Thread:
    def talk() -> None:
        with socket.create_connection((HOST, it.port), READY_S) as client:
            said = client.makefile("rb")
            said.readline()
            client.sendall(b'CONNECT {"verbose":false,"user":"a","pass":"right"}\r\nPING\r\n')
            assert b"PONG\r\n" in (said.readline(), said.readline())

    thread = threading.Thread(target=talk)
    thread.start()
    return thread
