"""What a client says of itself in CONNECT, and INFO from a client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .go_json import (
    Fits,
    is_bool,
    is_byte,
    is_bytes,
    is_int,
    is_list_of_texts,
    is_permission,
    is_text,
    read_fields,
    whole,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectOptions:
    """The options of CONNECT that a core server reads, with what holds before one is sent.

    verbose and pedantic are true until a client says otherwise.
    """

    verbose: bool = True
    pedantic: bool = True
    echo: bool = True
    headers: bool = False
    no_responders: bool = False
    protocol: int = 0
    name: str = ""
    lang: str = ""
    version: str = ""
    user: str = ""
    password: str = ""
    auth_token: str = ""
    nkey: str = ""
    jwt: str = ""
    sig: str = ""
    account: str = ""
    new_account: bool = False
    tls_required: bool = False
    proxy_sig: str = ""


_CONNECT_FIELDS: Mapping[str, Fits] = {
    "verbose": is_bool,
    "pedantic": is_bool,
    "echo": is_bool,
    "headers": is_bool,
    "no_responders": is_bool,
    "protocol": is_int,
    "name": is_text,
    "lang": is_text,
    "version": is_text,
    "user": is_text,
    "pass": is_text,
    "auth_token": is_text,
    "nkey": is_text,
    "jwt": is_text,
    "sig": is_text,
    "account": is_text,
    "new_account": is_bool,
    "tls_required": is_bool,
    "proxy_sig": is_text,
    "import": is_permission,
    "export": is_permission,
}
_ATTRIBUTES = {"pass": "password", "import": None, "export": None}
"""Where a field is not kept under its own name; None if a core server makes nothing of it."""

_INFO_FIELDS: Mapping[str, Fits] = {
    **dict.fromkeys(
        ("server_id", "server_name", "version", "git_commit", "go", "host", "ip", "client_ip",
         "nonce", "cluster", "domain", "compression", "remote_account", "route_account",
         "route_acc_add_reqid", "gateway", "gateway_url", "xkey"), is_text),
    **dict.fromkeys(
        ("headers", "auth_required", "tls_required", "tls_verify", "tls_available", "jetstream",
         "cluster_dynamic", "ldm", "connect_info", "acc_is_sys", "lnoc", "lnocu",
         "info_on_connect", "gateway_nrp", "gateway_iom"), is_bool),
    **dict.fromkeys(
        ("proto", "port", "api_lvl", "route_pool_size", "route_pool_idx"), is_int),
    **dict.fromkeys(
        ("connect_urls", "ws_connect_urls", "gateway_urls", "leafnode_urls"), is_list_of_texts),
    **dict.fromkeys(("import", "export"), is_permission),
    **dict.fromkeys(("gossip_mode", "gateway_cmd"), is_byte),
    "max_payload": whole(-(2**31), 2**31 - 1),
    "client_id": whole(0, 2**64 - 1),
    "gateway_cmd_payload": is_bytes,
}  # fmt: skip


def read_connect(text: bytes, before: ConnectOptions) -> ConnectOptions:
    """Read the argument of CONNECT over what held before; missing fields keep their value.

    Raises ProtocolError without a reply for bad JSON and wrong types.
    """
    changes: dict[str, Any] = {}
    for name, value in read_fields(text, _CONNECT_FIELDS):
        attribute = _ATTRIBUTES.get(name, name)
        if attribute is not None:
            changes[attribute] = value
    return replace(before, **changes)


def read_info(text: bytes) -> None:
    """Check INFO from a client, which a server decodes and throws away. Raises ProtocolError."""
    for _ in read_fields(text, _INFO_FIELDS):
        pass
