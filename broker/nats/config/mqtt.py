"""The block `mqtt`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .block import Wrong, boolean, integer, text
from .elsewhere import (
    Elsewhere,
    check_simple_auth,
    check_tls,
    checked,
    read_block,
    set_listen,
    set_port,
    span,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .block import Report, Setter
    from .node import Node

_IN_FLIGHT_MAX = 65_535


def read_mqtt(node: Node, report: Report) -> Elsewhere:
    """Read the block. Raises Broken."""
    return read_block("Expected mqtt to be a map, got", _MQTT, node, report)


def _check_in_flight(_: object, node: Node, __: Report) -> None:
    if not 0 <= integer(node) <= _IN_FLIGHT_MAX:
        raise Wrong(
            f"invalid value {integer(node)}, should in [0..{_IN_FLIGHT_MAX}] range", node.place
        )


def _warn_of_replicas(_: object, node: Node, report: Report) -> None:
    report.misused(
        "consumer_replicas",
        "consumer replicas setting ignored in this server version",
        node.place,
    )


_MQTT: Mapping[str, Setter[Elsewhere]] = {
    "listen": set_listen,
    "port": set_port,
    **dict.fromkeys(("host", "net", "no_auth_user", "js_domain"), checked(text)),
    "tls": check_tls,
    **dict.fromkeys(("authorization", "authentication"), check_simple_auth),
    **dict.fromkeys(("ack_wait", "ackwait"), span("ack_wait")),
    **dict.fromkeys(("js_api_timeout", "api_timeout"), span("js_api_timeout")),
    **dict.fromkeys(("max_ack_pending", "max_pending", "max_inflight"), _check_in_flight),
    "stream_replicas": checked(integer),
    "consumer_replicas": _warn_of_replicas,
    **dict.fromkeys(
        ("consumer_memory_storage", "reject_qos2_publish", "downgrade_qos2_subscribe"),
        checked(boolean),
    ),
    **dict.fromkeys(
        ("consumer_inactive_threshold", "consumer_auto_cleanup"),
        span("consumer_inactive_threshold"),
    ),
}
