"""A TCP proxy: the wire between one client and one server, where faults take hold.

Laws of the file: one port for one pair, so a cut needs no look at who is who; a port is bound to
loopback; everything runs in the event loop that runs the clients.
"""

from __future__ import annotations

import asyncio
import socket
from enum import Enum
from typing import TYPE_CHECKING

from natsim.harness.entropy import Source

from .base import StageError
from .flow import Flow
from .ports import LOOPBACK
from .relay import Relay

if TYPE_CHECKING:
    from collections.abc import Callable

NO_LATENCY = (0, 0)

_BACKLOG = 128


class Way(Enum):
    """The two ways of a wire."""

    UP = "up"  # client to server
    DOWN = "down"


class Proxy:
    """Passes what a client and a server say to each other; open it in a running event loop.

    target: the server's real port. seed: keys the delays, with the names of the two ends.
    failed: told when the proxy cannot go on.
    """

    def __init__(
        self,
        client: str,
        server: str,
        target: int,
        seed: int,
        failed: Callable[[StageError], None],
        latency_ns: tuple[int, int] = NO_LATENCY,
    ) -> None:
        self.client = client
        self.server = server
        self.port = 0
        self._target = (LOOPBACK, target)
        self._failed = failed
        self._relays: dict[Relay, None] = {}
        self._listener: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._flows = {
            way: Flow(name, latency_ns, Source(seed, f"{client}-{server}/{way.value}"))
            for way, name in ((Way.UP, f"{client}>{server}"), (Way.DOWN, f"{server}>{client}"))
        }

    @property
    def name(self) -> str:
        """The pair, `p1-n1`."""
        return f"{self.client}-{self.server}"

    @property
    def connections(self) -> int:
        """How many connections stand, from the client to the server."""
        return sum(relay.is_joined for relay in self._relays)

    @property
    def held_bytes(self) -> int:
        """How many bytes wait in the proxy."""
        return sum(relay.held_bytes for relay in self._relays)

    def server_side_ports(self) -> set[int]:
        """Give the local ports of the connections to the server: those that may exist."""
        ports = (relay.server_side_port for relay in self._relays)
        return {port for port in ports if port is not None}

    def flow(self, way: Way) -> Flow:
        """Give one way of the wire."""
        return self._flows[way]

    def open(self) -> None:
        """Take a port and accept. Raises OSError when there is none."""
        self._loop = asyncio.get_running_loop()
        self._listener = socket.create_server((LOOPBACK, 0), backlog=_BACKLOG)
        self._listener.setblocking(False)
        self.port = int(self._listener.getsockname()[1])
        self._loop.add_reader(self._listener, self._on_client)

    def close(self) -> None:
        """Accept no more, close all connections."""
        if self._listener is not None and self._loop is not None:
            self._loop.remove_reader(self._listener)
            self._listener.close()
            self._listener = None
        for relay in list(self._relays):
            relay.close()

    # Faults.

    def cut(self, way: Way) -> None:
        """Hold back what goes one way; nests."""
        self._flows[way].cut()
        self._pump()

    def heal(self, way: Way) -> None:
        """Undo one cut: the last one lets everything held go on."""
        self._flows[way].heal()
        self._pump()

    def slow(self, latency_ns: tuple[int, int]) -> None:
        """Take another latency, both ways, for what is sent from now on."""
        for flow in self._flows.values():
            flow.slow(latency_ns)

    def unslow(self, latency_ns: tuple[int, int]) -> None:
        """Undo the last `slow` with this latency."""
        for flow in self._flows.values():
            flow.unslow(latency_ns)

    def _pump(self) -> None:
        for relay in list(self._relays):
            relay.pump()

    def _on_client(self) -> None:
        assert self._listener is not None
        assert self._loop is not None
        try:
            client, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return
        except OSError as error:
            self._loop.remove_reader(self._listener)
            self._failed(StageError(f"the proxy {self.name} cannot accept: {error.strerror}"))
            return
        flows = (self._flows[Way.UP], self._flows[Way.DOWN])
        relay = Relay(self._loop, client, self._target, flows, self._forget)
        self._relays[relay] = None
        relay.start()

    def _forget(self, relay: Relay) -> None:
        self._relays.pop(relay, None)
