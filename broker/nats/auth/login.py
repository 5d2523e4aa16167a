"""What a client shows to be let in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from natsim.broker.events import ConnectionKind
from natsim.record import record

if TYPE_CHECKING:
    from natsim.broker.events import PeerCertificate, Upgrade
    from natsim.broker.nats.connect import ConnectOptions


@record
class Login:
    """A CONNECT, and the connection it came on.

    options: what CONNECT says over what held before. nonce: of the connection's INFO, empty if it
    had none. peer: None without TLS or without a certificate. host: the client's address.
    """

    options: ConnectOptions
    nonce: str
    host: str
    kind: ConnectionKind = ConnectionKind.CLIENT
    peer: PeerCertificate | None = None
    upgrade: Upgrade | None = None


def with_cookies(options: ConnectOptions, upgrade: Upgrade | None) -> ConnectOptions:
    """Take from the cookies of a WebSocket what CONNECT leaves out."""
    if upgrade is None:
        return options
    return replace(
        options,
        jwt=options.jwt or upgrade.jwt,
        user=options.user or upgrade.user,
        password=options.password or upgrade.password,
        auth_token=options.auth_token or upgrade.token,
    )


def has_no_credentials(options: ConnectOptions) -> bool:
    """Tell if a client brings nothing that a table of users could look at, but perhaps an nkey."""
    return not (options.user or options.password or options.auth_token)


def is_allowed_on(kind: ConnectionKind, types: tuple[str, ...]) -> bool:
    """Tell if a user held to these ways of connecting may use this one; none means all."""
    return not types or _TYPE_OF_KIND[kind] in types


_TYPE_OF_KIND = {ConnectionKind.CLIENT: "STANDARD", ConnectionKind.WEBSOCKET: "WEBSOCKET"}
