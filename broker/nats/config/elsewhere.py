"""Blocks of what natsim does not have: they are read for their mistakes, then refused.

A block that switches nothing on is taken.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .address import listen
from .authorization import read_authorization, set_authorization_timeout
from .block import (
    Broken,
    Wrong,
    array,
    boolean,
    duration,
    fields,
    fill,
    integer,
    table,
    text,
    texts,
)
from .duration import DurationError, parse_duration
from .key import KeyKind, is_any_public_key, is_public_key
from .node import go_type
from .permissions import check_subjects, read_permissions
from .simple_auth import read_simple_auth
from .tls import read_server_tls, read_tls
from .url import read_url, read_urls
from .wording import plain, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .block import Report, Setter
    from .node import Node

_PORT_MAX = 65_535
_VERSION = re.compile(r"v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:-[\w.-]+)?", re.ASCII)
_LEAST_LEAF_VERSION = (2, 8, 0)
_ROUTE_PING_MAX_NS = 30_000_000_000


@dataclass(slots=True)
class Elsewhere:
    """What a block says of itself. name: of a cluster. is_on: it opens or dials connections."""

    name: str = ""
    port: int = 0
    has_peers: bool = False

    @property
    def is_on(self) -> bool:
        """Tell if the server would not be alone."""
        return self.port != 0 or self.has_peers


def read_cluster(node: Node, report: Report) -> Elsewhere:
    """Read the block `cluster`. Raises Broken."""
    return _block("Expected map to define cluster, got", _CLUSTER, node, report)


def read_gateway(node: Node, report: Report) -> Elsewhere:
    """Read the block `gateway`. Raises Broken."""
    return _block("Expected gateway to be a map, got", _GATEWAY, node, report)


def read_leafnodes(node: Node, report: Report) -> Elsewhere:
    """Read the block `leafnodes`. Raises Broken."""
    return _block("Expected map to define a leafnode, got", _LEAFNODES, node, report)


def read_mqtt(node: Node, report: Report) -> Elsewhere:
    """Read the block `mqtt`. Raises Broken."""
    return _block("Expected mqtt to be a map, got", _MQTT, node, report)


def read_proxies(node: Node, report: Report) -> bool:
    """Tell if proxies are trusted. Raises Broken."""
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Broken(f"expected proxies to be a map/struct, got {kind}", node.place)
    trusted = [0]
    fill(trusted, {"trusted": _set_trusted}, node, report)
    return trusted[-1] > 0


def read_ocsp(node: Node, report: Report) -> bool:
    """Tell if revocation is asked about. Raises Broken."""
    match node.value:
        case bool():
            return node.value
        case dict():
            return _ocsp_mode(node, report) != "never"
        case _:
            kind = go_type(node.value)
            raise Broken(f"error parsing ocsp config: unsupported type {kind}", node.place)


def _block(
    what: str, setters: Mapping[str, Setter[Elsewhere]], node: Node, report: Report
) -> Elsewhere:
    if not isinstance(node.value, dict):
        raise Broken(f"{what} {go_type(node.value)}", node.place)
    found = Elsewhere()
    try:
        fill(found, setters, node, report)
    except Broken as error:
        report.mistakes.append(error.mistake)
    return found


# Fields that several blocks have


def _checked(read: Callable[[Node], object]) -> Setter[object]:
    def check(_: object, node: Node, __: Report) -> None:
        read(node)

    return check


def _span(name: str) -> Setter[object]:
    def check(_: object, node: Node, report: Report) -> None:
        duration(name, node, report)

    return check


def _set_listen(found: Elsewhere, node: Node, _: Report) -> None:
    _host, found.port = listen(node)


def _set_port(found: Elsewhere, node: Node, _: Report) -> None:
    found.port = integer(node)


def _check_write_timeout(_: object, node: Node, __: Report) -> None:
    check_write_timeout(node)


def check_write_timeout(node: Node) -> str:
    """Give what is done with a client that does not read. Raises Wrong."""
    if text(node) not in ("default", "close", "retry"):
        raise Wrong("write_timeout must be 'default', 'close' or 'retry'", node.place)
    return text(node)


def _check_server_tls(_: object, node: Node, report: Report) -> None:
    report.attempt(read_server_tls, node)


def _check_tls(_: object, node: Node, report: Report) -> None:
    report.attempt(read_tls, node)


def _check_simple_auth(_: object, node: Node, report: Report) -> None:
    report.demand(read_simple_auth, node)


def _authorization(what: str) -> Setter[object]:
    def check(_: object, node: Node, report: Report) -> None:
        auth = report.demand(read_authorization, node)
        if auth.users is not None:
            raise Wrong(f"{what} authorization does not allow multiple users", node.place)
        if auth.token:
            raise Wrong(f"{what} authorization does not support tokens", node.place)
        if auth.callout is not None:
            raise Wrong(f"{what} authorization does not support callouts", node.place)
        if what == "Cluster" and auth.default_permissions is not None:
            report.misused(
                "authorization",
                'setting "permissions" within cluster authorization block is deprecated',
                node.place,
            )

    return check


def _check_compression(_: object, node: Node, __: Report) -> None:
    if isinstance(node.value, (str, bool)):
        return
    if not isinstance(node.value, dict):
        kind = go_type(node.value)
        raise Wrong(
            f'field "compression" should be a boolean or a structure, got {kind}', node.place
        )
    for key, value in fields(node):
        match key.lower():
            case "mode":
                text(value)
            case "rtt_thresholds" | "thresholds" | "rtts" | "rtt":
                for one in array(value):
                    _parse_span(one, value)
            case _ if not value.is_used:
                raise Wrong(f"unknown field {quoted(key)}", value.place)
            case _:
                pass


def _parse_span(node: Node, at: Node) -> None:
    try:
        parse_duration(text(node))
    except DurationError as error:
        raise Wrong(str(error), at.place) from error


# Cluster


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
                    [one.decode("utf-8", "surrogateescape") for one in subjects],
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
    "listen": _set_listen,
    "port": _set_port,
    **dict.fromkeys(("host", "net", "cluster_advertise", "advertise"), _checked(text)),
    "authorization": _authorization("Cluster"),
    "routes": _set_routes,
    "tls": _check_server_tls,
    **dict.fromkeys(("no_advertise", "connect_backoff"), _checked(boolean)),
    **dict.fromkeys(("connect_retries", "pool_size", "ping_max"), _checked(integer)),
    "permissions": _check_cluster_permissions,
    "accounts": _check_pinned_accounts,
    "compression": _check_compression,
    "ping_interval": _check_route_ping,
    "write_deadline": _span("write_deadline"),
    "write_timeout": _check_write_timeout,
}


# Gateway


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
    "name": _checked(text),
    "tls": _check_server_tls,
    "url": _check_gateway_url,
    "urls": _check_gateway_urls,
}

_GATEWAY: Mapping[str, Setter[Elsewhere]] = {
    "name": _set_gateway_name,
    "listen": _set_listen,
    "port": _set_port,
    **dict.fromkeys(("host", "net", "advertise"), _checked(text)),
    "authorization": _authorization("Gateway"),
    "tls": _check_server_tls,
    "connect_retries": _checked(integer),
    "connect_backoff": _checked(boolean),
    "gateways": _set_gateways,
    **dict.fromkeys(("reject_unknown", "reject_unknown_cluster"), _checked(boolean)),
    "write_deadline": _span("write_deadline"),
    "write_timeout": _check_write_timeout,
}


# Leafnodes


@dataclass(slots=True)
class _LeafAuth:
    user: str = ""
    nkey: str = ""
    users: list[str] | None = None


def _check_leaf_authorization(_: object, node: Node, report: Report) -> None:
    auth = report.demand(_leaf_authorization, node)
    if not auth.users:
        return
    if auth.user:
        raise Wrong("can not have a single user/pass and a users array", node.place)
    if auth.nkey:
        raise Wrong("can not have a single nkey and a users array", node.place)
    doubles = [name for at, name in enumerate(auth.users) if name in auth.users[:at]]
    if doubles:
        raise Wrong(
            f"duplicate user {quoted(doubles[0])} detected in leafnode authorization", node.place
        )


def _leaf_authorization(node: Node, report: Report) -> _LeafAuth:
    auth = _LeafAuth()
    fill(auth, _LEAF_AUTH, node, report)
    return auth


def _set_leaf_user(auth: _LeafAuth, node: Node, _: Report) -> None:
    auth.user = text(node)


def _set_leaf_nkey(auth: _LeafAuth, node: Node, report: Report) -> None:
    auth.nkey = text(node)
    if not is_public_key(auth.nkey, KeyKind.USER):
        report.wrong("Not a valid public nkey for leafnode authorization", node.place)


def _set_leaf_users(auth: _LeafAuth, node: Node, report: Report) -> None:
    auth.users = report.attempt(_leaf_users, node)


def _leaf_users(node: Node, report: Report) -> list[str]:
    if not isinstance(node.value, list):
        raise Broken(f"Expected users field to be an array, got {plain(node.value)}", node.place)
    names: list[str] = []
    for one in node.value:
        if isinstance(one.value, dict):
            user = _LeafAuth()
            fill(user, _LEAF_USER, one, report)
            names.append(user.user)
        else:
            report.wrong(
                f"Expected user entry to be a map/struct, got {plain(one.value)}", one.place
            )
    return names


def _check_leaf_timeout(_: object, node: Node, report: Report) -> None:
    set_authorization_timeout(node, report, "leafnode authorization")


_LEAF_USER: Mapping[str, Setter[_LeafAuth]] = {
    **dict.fromkeys(("user", "username"), _set_leaf_user),
    **dict.fromkeys(("pass", "password", "account"), _checked(text)),
    "proxy_required": _checked(boolean),
}

_LEAF_AUTH: Mapping[str, Setter[_LeafAuth]] = {
    **_LEAF_USER,
    "nkey": _set_leaf_nkey,
    "timeout": _check_leaf_timeout,
    "users": _set_leaf_users,
}


def _set_remotes(found: Elsewhere, node: Node, report: Report) -> None:
    if not isinstance(node.value, list):
        kind = go_type(node.value)
        raise Wrong(f"Expected remotes field to be an array, got {kind}", node.place)
    for one in node.value:
        if isinstance(one.value, dict):
            found.has_peers = True
            try:
                fill(object(), _REMOTE_LEAF, one, report)
            except Broken as error:
                report.mistakes.append(error.mistake)
                return
        else:
            report.wrong(
                f"Expected remote leafnode entry to be a map/struct, got {plain(one.value)}",
                one.place,
            )


def _check_leaf_urls(_: object, node: Node, report: Report) -> None:
    match node.value:
        case list():
            read_urls(node.value, "leafnode", report)
        case str():
            read_url(node, "leafnode")
        case _:
            raise Wrong(
                f"Expected remote leafnode url to be an array or string, got {plain(node.value)}",
                node.place,
            )


def _check_migrate(_: object, node: Node, __: Report) -> None:
    if not isinstance(node.value, (bool, dict)):
        kind = go_type(node.value)
        raise Wrong(
            f"Expected boolean or map for jetstream_cluster_migrate, got {kind}", node.place
        )


def _check_proxy(_: object, node: Node, report: Report) -> None:
    if not isinstance(node.value, dict):
        raise Wrong(f"Expected proxy to be a map, got {go_type(node.value)}", node.place)
    fill(object(), _PROXY, node, report)


_PROXY: Mapping[str, Setter[object]] = {
    **dict.fromkeys(("url", "username", "password"), _checked(text)),
    "timeout": _span("proxy timeout"),
}


def _check_subject_list(_: object, node: Node, __: Report) -> None:
    subjects = [text(one) for one in node.value] if isinstance(node.value, list) else [text(node)]
    check_subjects(subjects, with_queues=False, place=node.place)


_REMOTE_LEAF: Mapping[str, Setter[object]] = {
    **dict.fromkeys(
        (
            "no_randomize",
            "dont_randomize",
            "hub",
            "ws_compress",
            "ws_compression",
            "websocket_compress",
            "websocket_compression",
            "ws_no_masking",
            "websocket_no_masking",
            "isolate_leafnode_interest",
            "isolate",
            "request_isolation",
            "disabled",
            "ignore_discovered_servers",
        ),
        _checked(boolean),
    ),
    **dict.fromkeys(("url", "urls"), _check_leaf_urls),
    **dict.fromkeys(("account", "local", "creds", "credentials", "nkey", "seed"), _checked(text)),
    "tls": _check_tls,
    **dict.fromkeys(
        ("deny_imports", "deny_import", "deny_exports", "deny_export"), _check_subject_list
    ),
    **dict.fromkeys(("jetstream_cluster_migrate", "js_cluster_migrate"), _check_migrate),
    "compression": _check_compression,
    "first_info_timeout": _span("first_info_timeout"),
    "dial_timeout": _span("dial_timeout"),
    "proxy": _check_proxy,
}


def _check_leaf_version(_: object, node: Node, __: Report) -> None:
    version = _VERSION.fullmatch(text(node))
    if version is None:
        raise Wrong("invalid leafnode's minimum version: invalid semver", node.place)
    if tuple(int(part or 0) for part in version.groups()) < _LEAST_LEAF_VERSION:
        raise Wrong("the minimum version should be at least 2.8.0", node.place)


_LEAFNODES: Mapping[str, Setter[Elsewhere]] = {
    "listen": _set_listen,
    "port": _set_port,
    **dict.fromkeys(("host", "net", "leafnode_advertise", "advertise"), _checked(text)),
    "authorization": _check_leaf_authorization,
    "remotes": _set_remotes,
    **dict.fromkeys(("reconnect", "reconnect_delay", "reconnect_interval"), _span("reconnect")),
    "dial_timeout": _span("dial_timeout"),
    "tls": _check_tls,
    **dict.fromkeys(("no_advertise", "isolate_leafnode_interest", "isolate"), _checked(boolean)),
    **dict.fromkeys(("min_version", "minimum_version"), _check_leaf_version),
    "compression": _check_compression,
    "write_deadline": _span("write_deadline"),
    "write_timeout": _check_write_timeout,
}


# MQTT


def _check_in_flight(_: object, node: Node, __: Report) -> None:
    if not 0 <= integer(node) <= _PORT_MAX:
        raise Wrong(f"invalid value {integer(node)}, should in [0..{_PORT_MAX}] range", node.place)


def _warn_of_replicas(_: object, node: Node, report: Report) -> None:
    report.misused(
        "consumer_replicas",
        "consumer replicas setting ignored in this server version",
        node.place,
    )


_MQTT: Mapping[str, Setter[Elsewhere]] = {
    "listen": _set_listen,
    "port": _set_port,
    **dict.fromkeys(("host", "net", "no_auth_user", "js_domain"), _checked(text)),
    "tls": _check_tls,
    **dict.fromkeys(("authorization", "authentication"), _check_simple_auth),
    **dict.fromkeys(("ack_wait", "ackwait"), _span("ack_wait")),
    **dict.fromkeys(("js_api_timeout", "api_timeout"), _span("js_api_timeout")),
    **dict.fromkeys(("max_ack_pending", "max_pending", "max_inflight"), _check_in_flight),
    "stream_replicas": _checked(integer),
    "consumer_replicas": _warn_of_replicas,
    **dict.fromkeys(
        ("consumer_memory_storage", "reject_qos2_publish", "downgrade_qos2_subscribe"),
        _checked(boolean),
    ),
    **dict.fromkeys(
        ("consumer_inactive_threshold", "consumer_auto_cleanup"),
        _span("consumer_inactive_threshold"),
    ),
}


# Proxies and revocation


def _set_trusted(count: list[int], node: Node, report: Report) -> None:
    if not isinstance(node.value, list):
        kind = go_type(node.value)
        raise Wrong(f"expected proxies' trusted field to be an array, got {kind}", node.place)
    for one in node.value:
        if isinstance(one.value, dict):
            count.append(count[-1] + 1)
            fill(object(), _TRUSTED, one, report)
        else:
            kind = go_type(one.value)
            report.wrong(
                f"expected proxies' trusted entry to be a map/struct, got {kind}", one.place
            )


def _check_proxy_key(_: object, node: Node, __: Report) -> None:
    if not is_any_public_key(text(node)):
        raise Wrong(f"invalid proxy key {quoted(text(node))}", node.place)


_TRUSTED: Mapping[str, Setter[object]] = dict.fromkeys(("key", "public_key"), _check_proxy_key)


def _ocsp_mode(node: Node, report: Report) -> str:
    mode = "auto"
    for key, value in table(node).items():
        match key:
            case "mode":
                mode = text(value).lower()
                if mode not in ("always", "must", "never", "auto"):
                    report.wrong(
                        "error parsing ocsp config: unsupported ocsp mode string", value.place
                    )
            case "url":
                text(value)
            case "urls":
                # Go wants a type here that the language cannot give.
                raise Broken(
                    f"interface conversion: interface {{}} is {go_type(value.value)}, not []string",
                    value.place,
                )
            case _:
                raise Broken("error parsing ocsp config: unsupported field string", value.place)
    return mode
