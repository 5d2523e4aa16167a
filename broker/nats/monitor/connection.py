"""One connection as /connz tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.nats.auth.outcome import raw_user
from natsim.broker.nats.duration import go_duration
from natsim.broker.nats.json_text import Fields, present
from natsim.broker.nats.options.account import GLOBAL_ACCOUNT
from natsim.broker.nats.times import go_time, uptime
from natsim.record import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from natsim.broker.effects import CloseReason
    from natsim.broker.events import PeerCertificate
    from natsim.broker.nats.client import Client
    from natsim.broker.nats.closed import Closed
    from natsim.broker.nats.subscription import Subscription
    from natsim.broker.now import Now

    from .subscription_list import SubscriptionList

_MICROSECOND_NS, _MILLISECOND_NS = 1_000, 1_000_000


@record
class Connection:
    """A connection, open or not. end: now, or when it was closed. reason: None while it is open."""

    client: Client
    end: Now
    reason: CloseReason | None
    subscriptions: Sequence[Subscription]

    @property
    def uptime_ns(self) -> int:
        """How long it lasts, or lasted."""
        return self.end.mono_ns - self.client.start.mono_ns

    @property
    def user(self) -> str:
        """As whom it came, empty for nobody."""
        identity = self.client.identity
        return raw_user(self.client.options) if identity is None else identity.user

    def fields(self, subscriptions: SubscriptionList, *, with_auth: bool) -> Fields:
        """Give what is told of it; with_auth: also who it is."""
        account = None if self.reason is None else self.client.account
        return {
            **self._numbers(),
            **self._words(with_auth=with_auth),
            **subscriptions.fields(self.subscriptions, account),
            **self._credentials(with_auth=with_auth),
        }

    def _numbers(self) -> Fields:
        client = self.client
        fields: Fields = {
            "cid": client.cid,
            "kind": "Client",
            "type": client.kind.value,
            "ip": client.peer_host,
            "port": client.peer_port,
            "start": go_time(client.start.wall_ns),
            "last_activity": go_time(client.last_activity.wall_ns),
        }
        if self.reason is not None:
            fields |= {"stop": go_time(self.end.wall_ns), "reason": self.reason.value}
        fields |= {
            "rtt": _rtt(client.rtt_ns),
            "uptime": uptime(self.uptime_ns),
            "idle": uptime(self.end.mono_ns - client.last_activity.mono_ns),
            "pending_bytes": client.pending_bytes,
            "in_msgs": client.in_msgs,
            "out_msgs": client.out_msgs,
            "in_bytes": client.in_bytes,
            "out_bytes": client.out_bytes,
        }
        if client.stalls:
            fields["stalls"] = client.stalls
        fields["subscriptions"] = len(self.subscriptions)
        return fields

    def _words(self, *, with_auth: bool) -> Fields:
        client = self.client
        options, tls = client.options, client.tls
        fields: Fields = {"name": options.name, "lang": options.lang, "version": options.version}
        if tls is not None:
            fields |= {"tls_version": tls.version, "tls_cipher_suite": tls.cipher_suite}
            if with_auth and self.reason is None and tls.peer is not None:
                fields["tls_peer_certs"] = [_certificate(tls.peer)]
            fields["tls_first"] = tls.is_first
        if with_auth:
            fields["authorized_user"] = self.user
            if client.account.name != GLOBAL_ACCOUNT:
                fields["account"] = client.account.name
        return present(fields)

    def _credentials(self, *, with_auth: bool) -> Fields:
        # Of a closed connection nats-server tells them without being asked for.
        identity, is_open = self.client.identity, self.reason is None
        if is_open and not with_auth:
            return {}
        fields: Fields = {}
        if identity is not None:
            fields |= {"jwt": identity.jwt, "issuer_key": identity.issuer_key}
        if with_auth and (is_open or self.client.account.name != GLOBAL_ACCOUNT):
            fields["name_tag"] = self.client.account.name_tag
        if identity is not None:
            fields["tags"] = identity.tags
        return present(fields)


def open_connection(client: Client, now: Now) -> Connection:
    """Look at a client that is there."""
    return Connection(client, now, None, tuple(client.subscriptions.values()))


def closed_connection(closed: Closed) -> Connection:
    """Look at a client that is gone."""
    return Connection(closed.client, closed.stop, closed.reason, closed.subscriptions)


def _rtt(rtt_ns: int) -> str:
    rtt_ns = max(rtt_ns, 0)
    if _MICROSECOND_NS < rtt_ns < _MILLISECOND_NS:
        rtt_ns -= rtt_ns % _MICROSECOND_NS
    return go_duration(rtt_ns)


def _certificate(peer: PeerCertificate) -> Fields:
    return {
        "subject": peer.subject,
        "spki_sha256": peer.spki_sha256,
        "cert_sha256": peer.cert_sha256,
    }
