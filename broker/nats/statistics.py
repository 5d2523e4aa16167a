"""What the server counts since it started."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .client import Client


class AccountStatistics:
    """Totals of what the clients of one account that are gone left behind."""

    __slots__ = ("in_bytes", "in_msgs", "out_bytes", "out_msgs", "slow_consumers")

    def __init__(self) -> None:
        self.in_msgs = self.in_bytes = self.out_msgs = self.out_bytes = 0
        self.slow_consumers = 0

    def add_traffic(self, client: Client) -> None:
        """Take over the traffic of a client that is going."""
        self.in_msgs += client.in_msgs
        self.in_bytes += client.in_bytes
        self.out_msgs += client.out_msgs
        self.out_bytes += client.out_bytes

    def leave_out_traffic(self, client: Client) -> None:
        """Let what a client sent and got before it came here not count."""
        self.in_msgs -= client.in_msgs
        self.in_bytes -= client.in_bytes
        self.out_msgs -= client.out_msgs
        self.out_bytes -= client.out_bytes


class Statistics(AccountStatistics):
    """Totals of what clients that are gone left behind, and of events that belong to no client.

    The traffic of open connections is in their clients; /varz adds both.
    http_requests: by path of the endpoint.
    """

    __slots__ = (
        "http_requests",
        "stale_connections",
        "stalled_clients",
        "total_connections",
    )

    def __init__(self) -> None:
        super().__init__()
        self.total_connections = 0
        self.stale_connections = 0
        self.stalled_clients = 0
        self.http_requests: dict[str, int] = {}

    def count_request(self, path: str) -> None:
        """Count a request for monitoring. path: of an endpoint, so that there are only so many."""
        self.http_requests[path] = self.http_requests.get(path, 0) + 1
