"""A real nats-server with a configuration, knocked at and reloaded."""

from __future__ import annotations

import json
import re
import signal
import socket
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

from .houses import Knock, connect_line
from .real_server import READY_S, await_port, free_port, started

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Generator
    from pathlib import Path

VIOLATION = b"-ERR 'Authorization Violation'\r\n"


@dataclass(frozen=True)
class Entry:
    """How a knock ended. shown: what /connz says of who came in, or the log of who did not."""

    is_admitted: bool
    shown: dict[str, Any] | str


class GuardedServer:
    """A running server. port, monitor_port: of loopback. log: its file."""

    def __init__(self, process: subprocess.Popen[bytes], directory: Path, ports: Ports) -> None:
        self._process = process
        self._directory = directory
        self._ports = ports
        self.port = ports.client
        self._log = directory / "server.log"

    def knock(self, knock: Knock) -> tuple[dict[str, Any], Entry]:
        """Try to come in; give INFO and what comes of it."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=READY_S) as client:
            info, answer = _say(client, knock)
            if answer == b"PONG\r\n":
                return info, Entry(True, self._connz(info["client_id"]))
            assert answer == VIOLATION
            return info, Entry(False, self._complaint(info["client_id"]))

    def stay(self, knock: Knock) -> tuple[dict[str, Any], socket.socket]:
        """Come in and stay; give INFO and the connection."""
        client = socket.create_connection(("127.0.0.1", self.port), timeout=READY_S)
        info, answer = _say(client, knock)
        assert answer == b"PONG\r\n"
        return info, client

    def reload(self, config: str) -> None:
        """Change the configuration and have it read."""
        write_config(self._directory, self._ports, config)
        before = self._log.read_text().count("Reloaded server configuration")
        self._process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + READY_S
        while self._log.read_text().count("Reloaded server configuration") == before:
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.02)

    def warnings(self, count: int = 0) -> list[str]:
        """Give the texts of the warnings in the log, once there are so many."""
        deadline = time.monotonic() + READY_S
        while len(found := re.findall(r"\[WRN\] (.*)", self._log.read_text())) < count:
            assert time.monotonic() < deadline, found
            time.sleep(0.01)
        return found

    def peer(self) -> dict[str, str]:
        """Give what /connz says of the certificate of the only client."""
        certificate: dict[str, str] = self._only_connection("")["tls_peer_certs"][0]
        return certificate

    def _only_connection(self, query: str) -> dict[str, Any]:
        address = f"http://127.0.0.1:{self._ports.monitor}/connz?auth=1{query}"
        with urlopen(address, timeout=READY_S) as reply:
            connection: dict[str, Any] = json.load(reply)["connections"][0]
        return connection

    def _connz(self, cid: int) -> dict[str, Any]:
        connection = self._only_connection(f"&cid={cid}")
        keys = ("authorized_user", "account", "jwt", "issuer_key", "name_tag", "tags")
        shown = {key: connection[key] for key in keys if key in connection}
        if "authorized_user" in shown:
            shown["authorized_user"] = without_chance(shown["authorized_user"])
        return shown

    def _complaint(self, cid: int) -> str:
        lines = self._log.read_text().splitlines()
        found = [line for line in lines if f"cid:{cid} - authentication error" in line]
        return found[-1].partition(f"cid:{cid} - ")[2]


@dataclass(frozen=True)
class Ports:
    client: int
    monitor: int


@contextmanager
def serving(executable: str, config: str, directory: Path) -> Generator[GuardedServer]:
    """Run a server with a configuration, its files in a directory."""
    ports = Ports(free_port(), free_port())
    file = write_config(directory, ports, config)
    with started(executable, "-c", str(file)) as process:
        await_port(ports.client, process)
        await_port(ports.monitor, process)
        yield GuardedServer(process, directory, ports)


def write_config(directory: Path, ports: Ports, config: str) -> Path:
    file = directory / "server.conf"
    file.write_text(
        f'listen: "127.0.0.1:{ports.client}"\nhttp: "127.0.0.1:{ports.monitor}"\n'
        f'log_file: "{directory / "server.log"}"\n{config}\n'
    )
    return file


def without_chance(user: str) -> str:
    """Hide the name that nats-server draws for strangers."""
    return re.sub(r"^nats-[0-9A-Za-z]{8}$", "nats-********", user)


def _say(client: socket.socket, knock: Knock) -> tuple[dict[str, Any], bytes]:
    stream = client.makefile("rwb")
    info: dict[str, Any] = json.loads(stream.readline().removeprefix(b"INFO "))
    stream.write(connect_line(knock, info.get("nonce", "")))
    stream.flush()
    answer = stream.readline()
    return info, answer
