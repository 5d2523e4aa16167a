"""The INFO line."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from natsim.broker.events import ConnectionKind

from .identity import API_LEVEL, LIKE_VERSION
from .json_text import json_bytes

if TYPE_CHECKING:
    from .client import Client
    from .state import State

_Fields: TypeAlias = dict[str, str | int | bool]


def greeting_line(state: State, client: Client, *, is_auth_required: bool) -> bytes:
    """Write the INFO a connection is greeted with.

    The keys stand in nats-server's order; there is a space before CR LF, as it writes one.
    """
    return _line(_fields(state, client, is_auth_required, client.nonce.decode()))


def connect_info_line(state: State, client: Client, *, is_auth_required: bool) -> bytes:
    """Write the INFO that follows the first PONG of a protocol-1 client since nats-server 2.12."""
    told: _Fields = {"connect_info": True, "remote_account": client.account.name}
    if client.account is state.accounts.system_account:
        told["acc_is_sys"] = True
    return _line({**_fields(state, client, is_auth_required, ""), **told})


def lame_duck_line(state: State, client: Client, *, is_auth_required: bool) -> bytes:
    """Write the INFO that asks a client to go elsewhere."""
    return _line({**_fields(state, client, is_auth_required, ""), "ldm": True})


def _fields(state: State, client: Client, is_auth_required: bool, nonce: str) -> _Fields:
    options = state.options
    host, port = _address(state, client)
    fields: _Fields = {
        "server_id": state.identity.server_id,
        "server_name": state.identity.name,
        "version": LIKE_VERSION,
        "proto": 1,
        "go": state.identity.runtime,
        "host": host,
        "port": port,
        "headers": options.has_headers,
    }
    if is_auth_required:
        fields["auth_required"] = True
    tls = options.tls
    if client.kind is ConnectionKind.WEBSOCKET:
        tls = options.websocket.tls if options.websocket is not None else None
    if tls is not None:
        fields["tls_available" if tls.allow_non_tls else "tls_required"] = True
        if tls.verify or tls.verify_and_map:
            fields["tls_verify"] = True
    fields["max_payload"] = client.max_payload
    fields["client_id"] = client.cid
    fields["client_ip"] = client.peer_host
    if nonce:
        fields["nonce"] = nonce
    return fields


def _address(state: State, client: Client) -> tuple[str, int]:
    options = state.options
    host, port, advertise = options.host, options.port, options.client_advertise
    if client.kind is ConnectionKind.WEBSOCKET and options.websocket is not None:
        websocket = options.websocket
        host, port, advertise = websocket.host, websocket.port, websocket.advertise
    return announced_address(host, port, advertise)


def announced_address(host: str, port: int, advertise: str) -> tuple[str, int]:
    """Give the address that clients are told. advertise: in its place, empty for none."""
    if not advertise:
        return host, port
    # `host`, `host:port`, `[v6]:port`: the port of the listener stands in for a missing one.
    name, colon, number = advertise.rpartition(":")
    if not colon or not number.isdigit() or name.endswith(":"):
        return advertise, port
    return name.strip("[]"), int(number)


def _line(fields: _Fields) -> bytes:
    return b"INFO " + json_bytes({**fields, "api_lvl": API_LEVEL}, None) + b" \r\n"
