"""The INFO line."""

import json
from typing import TypeAlias

from .identity import API_LEVEL, LIKE_VERSION, Identity
from .options import Options

_Fields: TypeAlias = dict[str, str | int | bool]


def info_line(identity: Identity, options: Options, cid: int, client_ip: str) -> bytes:
    """Write the INFO a server greets a connection with.

    The keys stand in nats-server's order; there is a space before CR LF, as it writes one.
    """
    return _line(_greeting(identity, options, cid, client_ip), {})


def connect_info_line(identity: Identity, options: Options, cid: int, client_ip: str) -> bytes:
    """Write the INFO that follows the first PONG of a protocol-1 client since nats-server 2.12."""
    told: _Fields = {"connect_info": True, "remote_account": "$G"}
    return _line(_greeting(identity, options, cid, client_ip), told)


def _greeting(identity: Identity, options: Options, cid: int, client_ip: str) -> _Fields:
    return {
        "server_id": identity.server_id,
        "server_name": identity.name,
        "version": LIKE_VERSION,
        "proto": 1,
        "go": identity.runtime,
        "host": options.host,
        "port": options.port,
        "headers": True,
        "max_payload": options.max_payload,
        "client_id": cid,
        "client_ip": client_ip,
    }


def _line(greeting: _Fields, told: _Fields) -> bytes:
    fields = {**greeting, **told, "api_lvl": API_LEVEL}
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
    return b"INFO " + text.encode() + b" \r\n"
