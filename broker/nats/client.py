"""A client's connection, as the broker remembers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .alarms import no_alarms
from .connect import ConnectOptions
from .label import address_label
from .parser import Parser

if TYPE_CHECKING:
    from natsim.broker.events import ConnectionKind, TlsSession, Upgrade
    from natsim.broker.now import Now

    from .account import Account
    from .admission import Verification
    from .auth import Admitted
    from .fanout import Fanout
    from .permissions import ClientPermissions
    from .subscription import Subscription

_DEFAULT_OPTIONS = ConnectOptions()


class Client:
    """Everything the broker holds for one connection.

    conn: the driver's number. cid: the number told in INFO, never used twice.
    account: whose subjects it sees. nonce: what it has to sign, empty for none.
    identity: as whom it was admitted, None before that. label: how log lines name it.
    is_silent: nothing was received yet. is_expected_to_connect: its first command must be CONNECT.
    subscriptions: by sid. out: chunks to send at the end of the event in hand.
    pending_bytes: sent and in out, not yet taken by the network. flush_bytes: of these, what must
    be taken before the alarm WRITE, 0 while that is not set.
    fanouts: publish lines seen once (None) or compiled, for sublist generation fanout_generation.
    fanout_bytes: what they take. seen_bytes: of these, the ones seen once.
    held: what came while a login waits, None at other times. verification: that login, and what
    follows it.
    pings_out: PINGs without PONG. rtt_ns: -1 until measured or estimated.
    max_payload, max_subscriptions: -1 for no limit. permissions: None when all is allowed.
    """

    __slots__ = (
        "account",
        "cid",
        "conn",
        "due_ns",
        "fanout_bytes",
        "fanout_generation",
        "fanouts",
        "flush_bytes",
        "held",
        "identity",
        "in_bytes",
        "in_msgs",
        "is_closed",
        "is_connected",
        "is_expected_to_connect",
        "is_silent",
        "is_told_connect_info",
        "kind",
        "label",
        "last_activity",
        "last_in_ns",
        "max_payload",
        "max_subscriptions",
        "nonce",
        "options",
        "out",
        "out_bytes",
        "out_msgs",
        "parser",
        "peer_host",
        "peer_port",
        "pending_bytes",
        "permissions",
        "ping_sent_ns",
        "pings_out",
        "rtt_ns",
        "seen_bytes",
        "stalls",
        "start",
        "subscriptions",
        "tls",
        "upgrade",
        "verification",
    )

    def __init__(
        self,
        conn: int,
        cid: int,
        kind: ConnectionKind,
        peer: tuple[str, int],
        account: Account,
        max_control_line: int,
        now: Now,
    ) -> None:
        self.conn = conn
        self.cid = cid
        self.kind = kind
        self.peer_host, self.peer_port = peer
        self.account = account
        self.start = self.last_activity = now
        self.parser = Parser(max_control_line)
        self.options = _DEFAULT_OPTIONS
        self.identity: Admitted | None = None
        self.nonce = b""
        self.tls: TlsSession | None = None
        self.upgrade: Upgrade | None = None
        self.max_payload = self.max_subscriptions = -1
        self.permissions: ClientPermissions | None = None
        self.is_expected_to_connect = False
        self.is_silent = True
        self.is_connected = False
        self.is_told_connect_info = False
        self.is_closed = False
        self.held: list[bytes] | None = None
        self.verification: Verification | None = None
        self.subscriptions: dict[bytes, Subscription] = {}
        self.out: list[bytes] = []
        self.pending_bytes = 0
        self.flush_bytes = 0
        self.fanouts: dict[bytes, Fanout | None] = {}
        self.fanout_generation = -1
        self.fanout_bytes = self.seen_bytes = 0
        self.in_msgs = self.in_bytes = self.out_msgs = self.out_bytes = 0
        self.stalls = 0
        self.last_in_ns = -1
        self.ping_sent_ns = -1
        self.pings_out = 0
        self.rtt_ns = -1
        self.due_ns = no_alarms()
        self.label = address_label(self)
