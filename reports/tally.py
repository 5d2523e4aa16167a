"""What is counted of each client, server, fault and message while a history is read."""

from .buckets import Row
from .confirmation import Confirmation
from .connection import Connection


class ClientTally:
    """The counts of one client."""

    __slots__ = (
        "confirmation",
        "connection",
        "deliveries",
        "errors",
        "name",
        "publishes",
        "refused",
        "requests",
        "requests_failed",
        "requests_ok",
        "requests_timed_out",
        "row",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.publishes = 0
        self.refused = 0
        self.deliveries = 0
        self.requests = 0
        self.requests_ok = 0
        self.requests_failed = 0
        self.requests_timed_out = 0
        self.errors = 0
        self.confirmation = Confirmation()
        self.connection = Connection()
        self.row = Row()


class ServerTally:
    """The counts of one server, as its clients tell them."""

    __slots__ = ("connections", "delivered", "name", "published", "row")

    def __init__(self, name: str) -> None:
        self.name = name
        self.published = 0
        self.delivered = 0
        self.connections = 0
        self.row = Row()


class FaultTally:
    """One fault from its begin to its end."""

    __slots__ = ("achieved_begin", "achieved_end", "begin_ns", "end_ns", "id", "kind")

    def __init__(self, fault: str, kind: str, begin_ns: int) -> None:
        self.id = fault
        self.kind = kind
        self.begin_ns = begin_ns
        self.end_ns: int | None = None
        self.achieved_begin = ""
        self.achieved_end = ""


class MessageTally:
    """A published message that no subscription has seen yet."""

    __slots__ = ("client", "epoch", "t")

    def __init__(self, client: ClientTally, t: int, epoch: str | None) -> None:
        self.client = client
        self.t = t
        self.epoch = epoch
