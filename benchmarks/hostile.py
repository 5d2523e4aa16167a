"""Clients that mean harm, against our server and a real one: does it stay up, and at what cost.

  python -m benchmarks.hostile [--connections 10000] [--megabytes 256] [--server PATH]

Every attack meets a server of its own. Exit status 1 when a server does not answer PING after one.
"""

from __future__ import annotations

import selectors
import socket
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import bcrypt
import click

from natsim.harness.file_limit import raise_file_limit
from natsim.harness.stage.executable import find_nats_server
from natsim.harness.stage.launch import our_server
from natsim.harness.stage.ports import LOOPBACK

from .besieged import ANSWER_S, Besieged, HonestClient, besieged

if TYPE_CHECKING:
    from collections.abc import Sequence

MIB = 1024 * 1024
PATIENCE_S = 8.0
LOGINS = 200
LOGIN_COST = 11
LORISES = 200
CONNECT = b'CONNECT {"verbose":false}\r\n'
CONNECT_RIGHT = b'CONNECT {"verbose":false,"user":"a","pass":"right"}\r\n'


@dataclass(frozen=True, slots=True)
class Scale:
    """How hard an attack is."""

    connections: int
    megabytes: int


Attack: TypeAlias = Callable[[Besieged, Scale], str]


def idle_connections(server: Besieged, scale: Scale) -> str:
    """Connect many and say nothing."""
    before, begun = server.resident_bytes(), time.monotonic()
    clients = [server.dial() for _ in range(scale.connections)]
    for client in clients:
        client.recv(4096)
    took = time.monotonic() - begun
    grown = server.resident_bytes() - before
    latency = HonestClient(server, CONNECT).ping_s()
    for client in clients:
        client.close()
    return (
        f"{grown / scale.connections / 1024:.1f} KiB a connection, all in {took:.1f} s, "
        f"PING then {latency * 1000:.1f} ms"
    )


def slow_loris(server: Besieged, port: int, head: bytes) -> str:
    """Send a byte a second of something that never ends, on many connections."""
    before = server.resident_bytes()
    clients = [socket.create_connection((LOOPBACK, port), ANSWER_S) for _ in range(LORISES)]
    begun = time.monotonic()
    ended_s: list[float] = []
    selector = selectors.DefaultSelector()
    for client in clients:
        client.setblocking(False)
        selector.register(client, selectors.EVENT_READ)
    sent = 0
    while len(ended_s) < LORISES and time.monotonic() - begun < PATIENCE_S:
        for key, _ in selector.select(0.1):
            assert isinstance(key.fileobj, socket.socket)
            if _has_ended(key.fileobj):
                selector.unregister(key.fileobj)
                ended_s.append(time.monotonic() - begun)
        if time.monotonic() - begun > sent:
            for key in list(selector.get_map().values()):
                assert isinstance(key.fileobj, socket.socket)
                with suppress(OSError):
                    key.fileobj.send(head[sent : sent + 1] or b"x")
            sent += 1
    grown = (server.resident_bytes() - before) / 1024
    for client in clients:
        client.close()
    last = f", the last after {max(ended_s):.1f} s" if ended_s else ""
    return f"{len(ended_s)} of {LORISES} cut within {PATIENCE_S:.0f} s{last}; {grown:.0f} KiB more"


def _has_ended(client: socket.socket) -> bool:
    try:
        return not client.recv(65_536)
    except OSError:
        return True


def slow_clients(server: Besieged, _: Scale) -> str:
    """Never finish CONNECT, where one must log in."""
    return slow_loris(server, server.port, b'CONNECT {"user":"')


def slow_http(server: Besieged, _: Scale) -> str:
    """Never finish a request for monitoring."""
    return slow_loris(server, server.monitor_port, b"GET /varz HTTP/1.1\r\nA: ")


def slow_websocket(server: Besieged, _: Scale) -> str:
    """Never finish an upgrade."""
    return slow_loris(server, server.websocket_port, b"GET / HTTP/1.1\r\nA: ")


def large_publication(server: Besieged, scale: Scale) -> str:
    """Announce a payload of 1 GB and send what of it is taken."""
    return _announce(server, scale, CONNECT + b"PUB foo 999999999\r\n")


def large_header(server: Besieged, scale: Scale) -> str:
    """Announce headers of 1 GB and send what of them is taken."""
    line = b"HPUB foo 999999998 999999999\r\nNATS/1.0\r\n"
    return _announce(server, scale, b'CONNECT {"verbose":false,"headers":true}\r\n' + line)


def _announce(server: Besieged, scale: Scale, said: bytes) -> str:
    before = server.resident_bytes()
    client = server.dial()
    client.makefile("rb").readline()
    sent, chunk = 0, b"A: b\r\n" * (MIB // 6)
    answer = "taken"
    try:
        client.sendall(said)
        while sent < scale.megabytes * MIB:
            client.sendall(chunk)
            sent += len(chunk)
    except OSError:
        answer = "refused"
    held = (server.resident_bytes() - before) / MIB
    client.close()
    time.sleep(1)
    left = (server.resident_bytes() - before) / MIB
    peak = server.peak_bytes() / MIB
    return (
        f"{sent / MIB:.0f} MiB sent, {answer}; {held:.0f} MiB more held, peak {peak:.0f} MiB, "
        f"{left:.0f} MiB more once it is gone"
    )


def logins(server: Besieged, _: Scale) -> str:
    """Have many passwords compared at once, while someone else asks for PONG."""
    other = HonestClient(server, CONNECT_RIGHT)
    clients = [server.dial() for _ in range(LOGINS)]
    heard = [client.makefile("rb") for client in clients]
    for said in heard:
        said.readline()
    begun = time.monotonic()
    done: list[float] = []

    def log_in() -> None:
        for client in clients:
            client.sendall(CONNECT_RIGHT + b"PING\r\n")
        for said in heard:
            # The server asks too, if it takes long.
            with suppress(OSError):
                if any(line == b"PONG\r\n" for line in said):
                    done.append(time.monotonic() - begun)

    thread = threading.Thread(target=log_in)
    thread.start()
    latencies: list[float] = []
    while thread.is_alive():
        latencies.append(other.ping_s())
        time.sleep(0.01)
    latencies.sort()
    for client in clients:
        client.close()
    return (
        f"{len(done)} of {LOGINS} in by {max(done, default=0):.1f} s; PING of another meanwhile: "
        f"median {latencies[len(latencies) // 2] * 1000:.1f} ms, "
        f"worst {latencies[-1] * 1000:.0f} ms of {len(latencies)}"
    )


def never_reads(server: Besieged, scale: Scale) -> str:
    """Subscribe and never read, while someone else publishes."""
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect((LOOPBACK, server.port))
    reader.sendall(CONNECT + b"SUB foo 1\r\nPING\r\n")
    time.sleep(0.3)
    before = server.resident_bytes()
    publisher = HonestClient(server, CONNECT)
    frame = b"PUB foo 65536\r\n" + bytes(65_536) + b"\r\n"
    begun = time.monotonic()
    for _ in range(scale.megabytes * 16):
        publisher.send(frame)
    publisher.ping_s()
    took = time.monotonic() - begun
    peak = (server.peak_bytes() - before) / MIB
    reader.close()
    return f"{scale.megabytes} MiB published in {took:.1f} s; at most {peak:.0f} MiB more"


_AUTHORIZED = 'authorization { users: [ { user: a, password: "{hash}" } ], timeout: 60 }'
_ATTACKS: Sequence[tuple[str, str, Attack]] = (
    ("idle connections", "max_connections: 100000", idle_connections),
    ("slow CONNECT", "authorization { user: a, password: b }", slow_clients),
    ("slow HTTP", "", slow_http),
    ("slow WebSocket", "", slow_websocket),
    ("PUB of 1 GB", "", large_publication),
    ("PUB of 1 GB, no limit", "max_payload: -1", large_publication),
    ("headers of 1 GB", "", large_header),
    ("headers of 1 GB, no limit", "max_payload: -1", large_header),
    ("200 bcrypt logins", _AUTHORIZED, logins),
    ("a client that never reads", "", never_reads),
    ("the same, max_pending 8 MiB", "max_pending: 8MB", never_reads),
)


@click.command()
@click.option("--connections", default=10_000, show_default=True)
@click.option("--megabytes", default=256, show_default=True)
@click.option("--server", "path", help="The nats-server, if not the one on PATH.")
@click.option("--part", default="", help="Only attacks whose name has this in it.")
def main(connections: int, megabytes: int, path: str | None, part: str) -> None:
    """Attack our server and a real one, one after the other."""
    raise_file_limit()
    hashed = bcrypt.hashpw(b"right", bcrypt.gensalt(LOGIN_COST, prefix=b"2a")).decode()
    servers = {"natsim": our_server(), "nats-server": [str(find_nats_server(path))]}
    is_well = True
    for name, config, attack in _ATTACKS:
        if part not in name:
            continue
        for who, command in servers.items():
            with besieged(command, config.replace("{hash}", hashed)) as server:
                said = attack(server, Scale(connections, megabytes))
                is_up = server.is_up()
            is_well &= is_up
            print(f"{name:28} {who:12} {said}{'' if is_up else '; DOWN'}", flush=True)
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
