"""The network of a world: names, addresses, handshakes, and what leaves at the end of an instant.

Laws of the file: an address belongs to one node for ever; bursts leave in the order of their
stream's name, never in the order the nodes happened to run.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from hashlib import blake2b
from typing import TYPE_CHECKING

from natsim.harness.entropy import source_key

from .link import Direction
from .tcp import Burst, Endpoint, Socket, Stream
from .transport import SimTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .clock import Clock
    from .node import Node
    from .topology import Topology
    from .trace import Trace

SECOND_NS = 1_000_000_000

SYN_RETRY_NS = SECOND_NS
SYN_ATTEMPTS_MAX = 7
"""A SYN without answer is sent again after 1 s, 2 s, 4 s... and given up after 127 s (Linux)."""

_LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "")


class Network:
    """Every wire of a world."""

    def __init__(self, seed: int, clock: Clock, topology: Topology, trace: Trace) -> None:
        self._seed = seed
        self._clock = clock
        self._topology = topology
        self._trace = trace
        self._nodes: dict[str, Node] = {}
        self._addresses: dict[str, str] = {}
        self._directions: dict[tuple[str, str], Direction] = {}
        self._connection_counts: dict[tuple[str, str], int] = {}
        self._dirty: list[Stream] = []
        self._streams: list[Stream] = []
        self._endpoints: dict[str, dict[str, Endpoint]] = {}

    # Names and wires.

    def add(self, node: Node) -> str:
        """Give a node its address."""
        number = len(self._nodes) + 1
        address = f"10.0.{number >> 8}.{number & 255}"
        self._nodes[node.name] = node
        self._addresses[address] = node.name
        self._endpoints[node.name] = {}
        return address

    def resolve(self, host: str) -> str:
        """Give the address of a name. Raises socket.gaierror for one nobody has."""
        if host in self._addresses or host in _LOCAL:
            return host
        if host not in self._nodes:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return self._nodes[host].address

    def name_of(self, address: str) -> str:
        """Give the name of an address, or the address when it has none."""
        return self._addresses.get(address, address)

    def direction(self, sender: str, receiver: str) -> Direction:
        """Give one way of the link between two nodes."""
        direction = self._directions.get((sender, receiver))
        if direction is None:
            wire = self._topology.wire(sender, receiver)
            link = "-".join(sorted((sender, receiver)))
            direction = Direction(self._clock, link, sender, receiver, wire)
            self._directions[sender, receiver] = direction
        return direction

    def sockets(self, node: str) -> list[Endpoint]:
        """List the sockets a node's kernel holds, oldest first."""
        return list(self._endpoints[node].values())

    def connections_between(self, sender: str, receiver: str) -> list[str]:
        """Name the open connections between two nodes."""
        return [
            endpoint.name
            for endpoint in self._endpoints[sender].values()
            if endpoint.peer.node.name == receiver and endpoint.state is Socket.OPEN
        ]

    # What streams and endpoints need.

    @property
    def now_ns(self) -> int:
        """True time."""
        return self._clock.now_ns

    def call_at(self, at_ns: int, action: Callable[[], None]) -> None:
        """Let something happen at a time."""
        self._clock.call_at(at_ns, action)

    def key(self, name: str) -> bytes:
        """Make the key of a stream's draws."""
        return source_key(self._seed, name)

    def new_digest(self) -> blake2b:
        """Make the digest of a stream."""
        return blake2b(digest_size=16)

    def dirty(self, stream: Stream) -> None:
        """Note that a stream has something to send at the end of this instant."""
        if not stream.is_dirty:
            stream.is_dirty = True
            self._dirty.append(stream)

    def forget(self, endpoint: Endpoint) -> None:
        """Drop a socket from its kernel."""
        self._endpoints[endpoint.node.name].pop(endpoint.name, None)

    def trace_burst(self, stream: Stream, burst: Burst, at_ns: int) -> None:
        """Note a burst under way."""
        kind = "fin" if burst.has_fin else "burst"
        self._trace.add(self.now_ns, kind, stream.name, burst.offset, len(burst.data), at_ns)

    def trace_reset(self, stream: Stream, at_ns: int) -> None:
        """Note an RST under way."""
        self._trace.add(self.now_ns, "rst", stream.name, stream.offset, 0, at_ns)

    # The end of an instant.

    def flush(self) -> bool:
        """Send what was written in this instant; tell whether there was any."""
        dirty = self._dirty
        if not dirty:
            return False
        self._dirty = []
        if len(dirty) > 1:
            dirty.sort(key=_stream_name)
        for stream in dirty:
            stream.flush()
        return True

    def digests(self) -> Iterator[tuple[str, bytes]]:
        """Give the digest of every stream there was, by name."""
        for stream in sorted(self._streams, key=_stream_name):
            yield stream.name, stream.digest.digest()

    # Handshakes.

    async def connect(self, node: Node, host: str, port: int) -> SimTransport:
        """Open a connection from a node.

        Raises socket.gaierror, ConnectionRefusedError, or TimeoutError when no SYN got through.
        """
        loop = node.loop
        address = self.resolve(host)
        target = node.name if address in _LOCAL else self._addresses[address]
        count = self._connection_counts.get((node.name, target), 0) + 1
        self._connection_counts[node.name, target] = count
        name = f"{node.name}>{target}:{port}#{count}"
        future: asyncio.Future[Endpoint] = loop.create_future()
        attempt = _Handshake(self, name, node, self._nodes[target], port, future)
        attempt.send_syn()
        try:
            endpoint = await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                future.result().close()
            raise
        return SimTransport(endpoint, loop)

    def establish(self, name: str, client: Node, server: Node, port: int) -> Endpoint:
        """Make the two ends of a connection; gives the client's."""
        near = Endpoint(self, client, name, (client.address, client.take_port()))
        far = Endpoint(self, server, name, (server.address, port))
        near.peer, far.peer = far, near
        far.is_embryo = True
        near.out = Stream(self, near, far, name + ">")
        far.out = Stream(self, far, near, name + "<")
        self._streams += (near.out, far.out)
        self._endpoints[client.name][name] = near
        # A node that connects to itself has both ends.
        self._endpoints[server.name][name + "/far" if client is server else name] = far
        return near


class _Handshake:
    """One SYN, its repetitions, and the answer."""

    def __init__(
        self,
        network: Network,
        name: str,
        client: Node,
        server: Node,
        port: int,
        future: asyncio.Future[Endpoint],
    ) -> None:
        self._network = network
        self._name = name
        self._key = network.key(name + "/handshake")
        self._client = client
        self._server = server
        self._port = port
        self._future = future
        self._attempt = 0

    @property
    def _is_over(self) -> bool:
        loop = self._future.get_loop()
        return self._future.done() or self._client.loop is not loop or loop.is_closed()

    def send_syn(self) -> None:
        """Send SYN, and again when no answer came in time."""
        network = self._network
        if self._is_over:
            return
        if self._attempt == SYN_ATTEMPTS_MAX:
            self._fail(TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)))
            return
        there = network.direction(self._client.name, self._server.name)
        self._launch(there, 0, self._syn_arrived)
        self._attempt += 1
        wait_ns = SYN_RETRY_NS << (self._attempt - 1)
        network.call_at(network.now_ns + wait_ns, self.send_syn)

    def _syn_arrived(self) -> None:
        if self._server.is_off:
            return
        listener = self._server.listener(self._port)
        if listener is not None and listener.is_full:
            return
        back = self._network.direction(self._server.name, self._client.name)
        self._launch(back, 1, self._refused if listener is None else self._accepted)

    def _launch(self, direction: Direction, offset: int, arrive: Callable[[], None]) -> None:
        network = self._network
        now_ns = network.now_ns
        at_ns = direction.fate(self._key, offset, self._attempt, now_ns)
        if at_ns is None:
            return
        direction.carry(0, at_ns - now_ns, lambda at_ns: network.call_at(at_ns, arrive))

    def _refused(self) -> None:
        text = os.strerror(errno.ECONNREFUSED)
        self._fail(ConnectionRefusedError(errno.ECONNREFUSED, text))

    def _accepted(self) -> None:
        if self._is_over:
            return
        near = self._network.establish(self._name, self._client, self._server, self._port)
        # The ACK that completes the handshake is the first thing on the stream.
        near.out.open()
        self._future.set_result(near)

    def _fail(self, error: OSError) -> None:
        if not self._is_over:
            self._future.set_exception(error)


def _stream_name(stream: Stream) -> str:
    return stream.name
