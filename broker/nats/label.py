"""How log lines name a client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.events import ConnectionKind

from .quote import quoted

if TYPE_CHECKING:
    from .client import Client


def address_label(client: Client) -> str:
    """Name a connection by where it comes from and its number."""
    number = "wid" if client.kind is ConnectionKind.WEBSOCKET else "cid"
    return f"{client.peer_host}:{client.peer_port} - {number}:{client.cid}"


def client_label(client: Client) -> str:
    """Name a client by all it has said of itself.

    As nats-server 2.15.1: the software and the name, then the account and the user.
    """
    options = client.options
    software = f"v{options.version}" if options.version else ""
    said = ":".join(part for part in (software, options.lang, options.name) if part)
    user = _user(client)
    known = f"{client.account.name}/{user}" if user else ""
    parts = [quoted(part) for part in (said, known) if part]
    return " - ".join([address_label(client), *parts])


def _user(client: Client) -> str:
    options = client.options
    if options.nkey:
        return f"nkey:{options.nkey}"
    if options.user:
        return f"user:{options.user}"
    if options.jwt and client.identity is not None:
        return f"jwt:{client.identity.subject}"
    return "token" if options.auth_token else ""
