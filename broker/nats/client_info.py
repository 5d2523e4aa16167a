"""What others are told of a client: responders in other accounts, and the system account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.events import ConnectionKind

from .auth.outcome import raw_user
from .json_text import present
from .times import go_time

if TYPE_CHECKING:
    from natsim.broker.now import Now

    from .client import Client
    from .json_text import Fields

_ORDER = (
    "start",
    "host",
    "id",
    "acc",
    "svc",
    "user",
    "name",
    "lang",
    "ver",
    "rtt",
    "server",
    "stop",
    "jwt",
    "issuer_key",
    "name_tag",
    "tags",
    "kind",
    "client_type",
)


def brief_info(client: Client) -> Fields:
    """Tell where a client belongs and how far away it is."""
    return present({"acc": client.account.name, "rtt": max(client.rtt_ns, 0)})


def full_info(client: Client, server_name: str) -> Fields:
    """Tell all there is of a client, as an import with `share` lets others know."""
    info = {**_portrait(client), **brief_info(client), "server": server_name}
    return in_order(info)


def event_info(client: Client, stop: Now | None) -> Fields:
    """Tell all there is of a client in an event. stop: when it left, None if it came."""
    info = {**_portrait(client), "acc": client.account.name, "name_tag": client.account.name_tag}
    if stop is not None:
        info |= present({"rtt": max(client.rtt_ns, 0), "stop": go_time(stop.wall_ns)})
    return in_order(info)


def in_order(info: Fields) -> Fields:
    """Put what is told of a client in nats-server's order."""
    return {name: info[name] for name in _ORDER if name in info}


def _portrait(client: Client) -> Fields:
    options, identity = client.options, client.identity
    is_websocket = client.kind is ConnectionKind.WEBSOCKET
    return present(
        {
            "start": go_time(client.start.wall_ns),
            "host": client.peer_host,
            "id": client.cid,
            "user": raw_user(options, identity.subject if identity is not None else ""),
            "name": options.name,
            "lang": options.lang,
            "ver": options.version,
            "jwt": options.jwt,
            "issuer_key": identity.issuer_key if identity is not None else "",
            "tags": identity.tags if identity is not None else (),
            "kind": "Client",
            "client_type": "websocket" if is_websocket else "nats",
        }
    )
