"""The block `cluster`: natsim takes its name alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .block import Wrong, array, boolean, duration, integer, text, texts
from .elsewhere import (
    Elsewhere,
    authorization,
    check_compression,
    check_server_tls,
    check_write_timeout_field,
    checked,
    read_block,
    set_listen,
    set_port,
    span,
)
from .permissions import check_subjects, read_permissions
from .source import text_of
from .url import read_urls
from .wording import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .block import Report, Setter
    from .node import Node

_ROUTE_PING_MAX_NS = 30_000_000_000


def read_cluster(node: Node, report: Report) -> Elsewhere:
    """Read the block. Raises Broken."""
    return read_block("Expected map to define cluster, got", _CLUSTER, node, report)


def _set_cluster_name(found: Elsewhere, node: Node, _: Report) -> None:
    if " " in text(node):
        raise Wrong("cluster name cannot contain spaces", node.place)
    found.name = text(node)


def _set_routes(found: Elsewhere, node: Node, report: Report) -> None:
    found.has_peers = bool(read_urls(array(node), "route", report))


def _check_cluster_permissions(_: object, node: Node, report: Report) -> None:
    if not isinstance(node.value, dict):
        # nats-server has forgotten where it is.
        raise Wrong(f"Expected permissions to be a map/struct, got {plain(node.value)}", None)
    permissions = report.demand(read_permissions, node)
    if permissions.responses is not None:
        raise Wrong("Cluster permissions do not support dynamic responses", node.place)
    for way, rules in (("import", permissions.publish), ("export", permissions.subscribe)):
        for kind, subjects in (("allow", rules.allow), ("deny", rules.deny)):
            try:
                check_subjects(
                    [text_of(one) for one in subjects],
                    with_queues=False,
                    place=node.place,
                )
            except Wrong as error:
                raise Wrong(f"cluster {way} {kind}: {error.mistake.text}", node.place) from error


def _check_pinned_accounts(_: object, node: Node, report: Report) -> None:
    texts("accounts", node, report)


def _check_route_ping(_: object, node: Node, report: Report) -> None:
    if duration("ping_interval", node, report) > _ROUTE_PING_MAX_NS:
        report.warn(
            "Cluster 'ping_interval' will reset to 30s which is the max for routes", node.place
        )


_CLUSTER: Mapping[str, Setter[Elsewhere]] = {
    "name": _set_cluster_name,
    "listen": set_listen,
    "port": set_port,
    **dict.fromkeys(("host", "net", "cluster_advertise", "advertise"), checked(text)),
    "authorization": authorization("Cluster"),
    "routes": _set_routes,
    "tls": check_server_tls,
    **dict.fromkeys(("no_advertise", "connect_backoff"), checked(boolean)),
    **dict.fromkeys(("connect_retries", "pool_size", "ping_max"), checked(integer)),
    "permissions": _check_cluster_permissions,
    "accounts": _check_pinned_accounts,
    "compression": check_compression,
    "ping_interval": _check_route_ping,
    "write_deadline": span("write_deadline"),
    "write_timeout": check_write_timeout_field,
}
