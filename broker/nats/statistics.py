"""What the server counts since it started."""


class Statistics:
    """Totals of what clients that are gone left behind, and of events that belong to no client.

    The traffic of open connections is in their clients; /varz adds both.
    """

    __slots__ = (
        "in_bytes",
        "in_msgs",
        "out_bytes",
        "out_msgs",
        "slow_consumers",
        "stale_connections",
        "stalled_clients",
        "total_connections",
    )

    def __init__(self) -> None:
        self.total_connections = 0
        self.in_msgs = self.in_bytes = self.out_msgs = self.out_bytes = 0
        self.slow_consumers = 0
        self.stale_connections = 0
        self.stalled_clients = 0
