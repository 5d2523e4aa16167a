"""A client's connection, as the broker remembers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .connect import ConnectOptions
from .parser import Parser

if TYPE_CHECKING:
    from .fanout import Fanout
    from .subscription import Subscription

_DEFAULT_OPTIONS = ConnectOptions()


class Client:
    """Everything the broker holds for one connection.

    conn: the driver's number. cid: the number told in INFO, never used twice.
    subscriptions: by sid. out: chunks to send at the end of the event in hand.
    pending_bytes: sent and in out, not yet taken by the network.
    fanouts: publish lines seen once (None) or compiled, for sublist generation fanout_generation.
    pings_out: PINGs without PONG. rtt_ns: -1 until measured.
    ping_at_ns, resume_at_ns: when an alarm is due, -1 for none.
    """

    __slots__ = (
        "cid",
        "conn",
        "fanout_bytes",
        "fanout_generation",
        "fanouts",
        "in_bytes",
        "in_msgs",
        "is_closed",
        "is_connected",
        "is_told_connect_info",
        "last_in_ns",
        "last_ping_in_ns",
        "options",
        "out",
        "out_bytes",
        "out_msgs",
        "parser",
        "peer_host",
        "peer_port",
        "pending_bytes",
        "ping_at_ns",
        "ping_sent_ns",
        "pings_out",
        "resume_at_ns",
        "rtt_ns",
        "subscriptions",
    )

    def __init__(
        self, conn: int, cid: int, peer_host: str, peer_port: int, max_control_line: int
    ) -> None:
        self.conn = conn
        self.cid = cid
        self.peer_host = peer_host
        self.peer_port = peer_port
        self.parser = Parser(max_control_line)
        self.options = _DEFAULT_OPTIONS
        self.is_connected = False
        self.is_told_connect_info = False
        self.is_closed = False
        self.subscriptions: dict[bytes, Subscription] = {}
        self.out: list[bytes] = []
        self.pending_bytes = 0
        self.fanouts: dict[bytes, Fanout | None] = {}
        self.fanout_generation = -1
        self.fanout_bytes = 0
        self.in_msgs = self.in_bytes = self.out_msgs = self.out_bytes = 0
        self.last_in_ns = self.last_ping_in_ns = -1
        self.ping_sent_ns = -1
        self.pings_out = 0
        self.rtt_ns = -1
        self.ping_at_ns = self.resume_at_ns = -1

    @property
    def label(self) -> str:
        """The prefix of the client's log lines."""
        return f"{self.peer_host}:{self.peer_port} - cid:{self.cid}"
