"""The wires of a stage of processes: a proxy for each pair of a client and a server.

Laws of the file: a client knows a server by its own proxy alone; a cut that leaks, through its
proxy or around it, is a StageError.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from .base import StageError, StageUnavailable
from .ports import LOOPBACK
from .proxy import NO_LATENCY, Proxy, Way
from .sockets import can_see_sockets, connections_to, is_ours

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping

    from natsim.harness.history.entry import Json
    from natsim.harness.plan.plan import Partition, Plan, SlowLink

    from .base import Achieved


class Wires:
    """All wires between the clients and the servers of a plan.

    failed: told when a proxy cannot go on.
    """

    def __init__(self, plan: Plan, failed: Callable[[StageError], None]) -> None:
        self._clients = [client.name for client in plan.clients]
        self._servers = [server.name for server in plan.servers]
        self._latencies = {frozenset(link.ends): link.latency_ns for link in plan.links}
        self._seed = plan.seed
        self._failed = failed
        self._ports: Mapping[str, int] = {}
        self._proxies: dict[tuple[str, str], Proxy] = {}

    def open(self, ports: Mapping[str, int]) -> None:
        """Open all proxies; ports: the servers' real ones. Raises StageUnavailable."""
        self._ports = ports
        for client in self._clients:
            for server in self._servers:
                latency_ns = self._latencies.get(frozenset((client, server)), NO_LATENCY)
                proxy = Proxy(client, server, ports[server], self._seed, self._failed, latency_ns)
                try:
                    proxy.open()
                except OSError as error:
                    raise StageUnavailable(
                        f"there is no port for the proxy {proxy.name}: {error.strerror}"
                    ) from error
                self._proxies[client, server] = proxy

    def close(self) -> None:
        """Close all proxies and their connections."""
        for proxy in self._proxies.values():
            proxy.close()

    def url(self, client: str, server: str) -> str:
        """Tell where a client's proxy to a server is."""
        return f"nats://{LOOPBACK}:{self._proxies[client, server].port}"

    def connections_to(self, server: str) -> dict[str, Json]:
        """Count the connections that stand to a server, by pair, as in `{"p1-n1": 1}`."""
        return _connections(proxy for (_, to), proxy in self._proxies.items() if to == server)

    def pair(self, one: str, other: str) -> tuple[str, str] | None:
        """Put the client before the server; None for two of a kind, which have no wire."""
        for client, server in ((one, other), (other, one)):
            if client in self._clients and server in self._servers:
                return client, server
        return None

    # Faults.

    def cut(self, fault: Partition) -> Achieved:
        """Hold back what a partition loses.

        What the kernel had taken from a proxy before counts as arrived.
        """
        ways = self._lost_ways(fault)
        for proxy, way in ways:
            proxy.cut(way)
        return {
            "cut": [proxy.flow(way).name for proxy, way in ways],
            "connections": _connections(proxy for proxy, _ in ways),
            "seen_by_kernel": can_see_sockets(),
        }

    def heal(self, fault: Partition) -> Achieved:
        """Let what a partition held back go on."""
        ways = self._lost_ways(fault)
        held_bytes = sum(proxy.held_bytes for proxy in {proxy: None for proxy, _ in ways})
        leaked_bytes = sum(proxy.flow(way).leaked_bytes for proxy, way in ways)
        for proxy, way in ways:
            proxy.heal(way)
        return {
            "healed": [proxy.flow(way).name for proxy, way in ways],
            "connections": _connections(proxy for proxy, _ in ways),
            "held_bytes": held_bytes,
            "leaked_bytes": leaked_bytes,
        }

    def slow(self, fault: SlowLink) -> Achieved:
        """Let a wire take the fault's latency."""
        proxy = self._proxy(fault)
        proxy.slow(fault.latency_ns)
        return _latency(proxy)

    def unslow(self, fault: SlowLink) -> Achieved:
        """Let a wire take the latency it had before."""
        proxy = self._proxy(fault)
        proxy.unslow(fault.latency_ns)
        return _latency(proxy)

    def check(self, servers: Container[str]) -> None:
        """Raise StageError if anything passes a cut: its proxy, or around it.

        servers: to which no connection but a proxy's may lead while any wire to them is cut.
        """
        cut: dict[int, str] = {}
        allowed: set[tuple[int, int]] = set()
        for (_, server), proxy in self._proxies.items():
            allowed |= {(port, self._ports[server]) for port in proxy.server_side_ports()}
            for way in Way:
                flow = proxy.flow(way)
                if flow.is_cut and server in servers:
                    cut[self._ports[server]] = server
                if flow.leaked_bytes:
                    raise StageError(
                        f"the cut of {flow.name} leaks: {flow.leaked_bytes} bytes passed its proxy"
                    )
        if not cut or not can_see_sockets():
            return
        for connection in connections_to(cut):
            is_proxy = (connection.local_port, connection.remote_port) in allowed
            if not is_proxy and is_ours(connection):
                raise StageError(
                    f"the partition leaks: natsim's port {connection.local_port} is connected to "
                    f"{cut[connection.remote_port]} ({LOOPBACK}:{connection.remote_port}) past "
                    "every proxy"
                )

    def _proxy(self, fault: SlowLink) -> Proxy:
        one, other = fault.ends
        pair = self.pair(one, other)
        if pair is None:
            raise StageError(f"fault {fault.id}: there is no wire between {one} and {other}")
        return self._proxies[pair]

    def _lost_ways(self, fault: Partition) -> list[tuple[Proxy, Way]]:
        """List what a partition cuts: the proxy and the way. Two servers have no wire yet."""
        ways: list[tuple[Proxy, Way]] = []
        for left, right in combinations(fault.sides, 2):
            if fault.is_one_way and left is not fault.sides[0]:
                continue
            for one in left:
                for other in right:
                    ways += self._ways_between(one, other, fault)
        return ways

    def _ways_between(self, one: str, other: str, fault: Partition) -> list[tuple[Proxy, Way]]:
        pair = self.pair(one, other)
        if pair is None:
            return []
        proxy = self._proxies[pair]
        there, back = (Way.UP, Way.DOWN) if pair[0] == one else (Way.DOWN, Way.UP)
        return [(proxy, there)] if fault.is_one_way else [(proxy, there), (proxy, back)]


def _connections(proxies: Iterable[Proxy]) -> dict[str, Json]:
    return {proxy.name: proxy.connections for proxy in proxies if proxy.connections}


def _latency(proxy: Proxy) -> Achieved:
    low, high = proxy.flow(Way.UP).latency_ns
    return {"latency_ns": f"{low}..{high}"}
