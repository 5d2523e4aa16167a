"""A real nats-server and our broker, each with its monitor, side by side."""

from __future__ import annotations

import asyncio
import http.client
import secrets
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from natsim.broker.nats.broker import Broker
from natsim.broker.nats.identity import make_identity
from natsim.broker.nats.options import MonitorOptions, Options
from natsim.broker.now import Now
from natsim.harness.driver import Driver
from natsim.harness.monitor import MonitorListener
from natsim.harness.process_statistics import ProcessMeter

from .real_server import READY_S, free_port, persist, started

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Answer:
    """What a monitor says."""

    status: int
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Monitored:
    """A running server. port: of NATS. http_port: of its monitor."""

    port: int
    http_port: int

    def get(self, target: str, method: str = "GET") -> Answer:
        """Ask the monitor."""
        connection = http.client.HTTPConnection(HOST, self.http_port, timeout=READY_S)
        try:
            connection.request(method, target)
            response = connection.getresponse()
            headers = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, headers, response.read().decode())
        finally:
            connection.close()


class Wire:
    """A client of raw bytes."""

    def __init__(self, server: Monitored) -> None:
        self._socket = socket.create_connection((HOST, server.port), timeout=READY_S)
        self._buffer = b""
        self.until(b"\r\n")

    def say(self, sent: bytes) -> None:
        """Say something, and see that it was heard: that its PING is answered."""
        self._socket.sendall(sent + b"PING\r\n")
        self.until(b"PONG\r\n")

    def say_last(self, sent: bytes) -> None:
        """Say something that ends the connection."""
        self._socket.sendall(sent)
        with suppress(ConnectionResetError):
            while self._socket.recv(65_536):
                pass
        self._socket.close()

    def until(self, end: bytes) -> None:
        """Read up to and with some bytes."""
        while end not in self._buffer:
            self._buffer += self._socket.recv(65_536)
        self._buffer = self._buffer[self._buffer.index(end) + len(end) :]

    def hang_up(self) -> None:
        """Close; what was sent is read first, so that it ends with FIN."""
        self._socket.close()


@contextmanager
def real(executable: str, config: str, folder: Path) -> Generator[Monitored]:
    """Run a nats-server. config: without addresses."""
    port, http_port = free_port(), free_port()
    file = folder / "server.conf"
    file.write_text(f'listen: "{HOST}:{port}"\nhttp: "{HOST}:{http_port}"\n{config}')
    server = Monitored(port, http_port)
    with started(executable, "-c", str(file)) as process:
        # Who connects to NATS itself would be seen by the monitor; this is not counted.
        persist(lambda: server.get("/nope"), process)
        yield server


@contextmanager
def ours(options: Options) -> Generator[Monitored]:
    """Run our broker in a thread of this process. options: without addresses."""
    port, http_port = free_port(), free_port()
    monitor = replace(options.monitor or MonitorOptions(), host=HOST, port=http_port)
    options = replace(options, host=HOST, port=port, monitor=monitor)
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()
    ready = threading.Event()

    async def serve() -> None:
        identity = make_identity(options.server_name, "test", secrets.randbelow)
        broker = Broker(options, identity, secrets.randbelow, _now())
        driver = Driver(broker, loop, _now, lambda _: None)
        listener = MonitorListener(loop, broker, _now, ProcessMeter())
        await driver.listen(HOST, port)
        await listener.listen(HOST, http_port)
        ready.set()
        await ended.wait()
        listener.close()
        driver.close()
        await driver.wait_closed()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(READY_S)
        yield Monitored(port, http_port)
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(READY_S)
        loop.close()


def _now() -> Now:
    return Now(time.monotonic_ns(), time.time_ns())
