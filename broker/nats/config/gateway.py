"""The block `gateway`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .block import Wrong, array, boolean, fill, integer, text
from .elsewhere import (
    Elsewhere,
    authorization,
    check_server_tls,
    check_write_timeout_field,
    checked,
    read_block,
    set_listen,
    set_port,
    span,
)
from .node import go_type
from .url import read_url, read_urls
from .wording import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .block import Report, Setter
    from .node import Node


def read_gateway(node: Node, report: Report) -> Elsewhere:
    """Read the block. Raises Broken."""
    return read_block("Expected gateway to be a map, got", _GATEWAY, node, report)


def _set_gateway_name(found: Elsewhere, node: Node, _: Report) -> None:
    if " " in text(node):
        raise Wrong("gateway name cannot contain spaces", node.place)
    found.name = text(node)


def _set_gateways(found: Elsewhere, node: Node, report: Report) -> None:
    if not isinstance(node.value, list):
        # nats-server has forgotten where it is, and reads the block no further.
        kind = go_type(node.value)
        report.wrong(f"Expected gateways field to be an array, got {kind}", None)
        return
    for one in node.value:
        if isinstance(one.value, dict):
            found.has_peers = True
            fill(object(), _REMOTE_GATEWAY, one, report)
        else:
            report.wrong(
                f"Expected gateway entry to be a map/struct, got {plain(one.value)}", one.place
            )


def _check_gateway_url(_: object, node: Node, __: Report) -> None:
    read_url(node, "gateway")


def _check_gateway_urls(_: object, node: Node, report: Report) -> None:
    read_urls(array(node), "gateway", report)


_REMOTE_GATEWAY: Mapping[str, Setter[object]] = {
    "name": checked(text),
    "tls": check_server_tls,
    "url": _check_gateway_url,
    "urls": _check_gateway_urls,
}

_GATEWAY: Mapping[str, Setter[Elsewhere]] = {
    "name": _set_gateway_name,
    "listen": set_listen,
    "port": set_port,
    **dict.fromkeys(("host", "net", "advertise"), checked(text)),
    "authorization": authorization("Gateway"),
    "tls": check_server_tls,
    "connect_retries": checked(integer),
    "connect_backoff": checked(boolean),
    "gateways": _set_gateways,
    **dict.fromkeys(("reject_unknown", "reject_unknown_cluster"), checked(boolean)),
    "write_deadline": span("write_deadline"),
    "write_timeout": check_write_timeout_field,
}
