"""The block `leafnodes`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.broker.nats.nkey import KeyKind, is_public_key
from natsim.broker.nats.quote import quoted

from .authorization import set_authorization_timeout
from .block import Broken, Wrong, boolean, fill, text
from .elsewhere import (
    Elsewhere,
    check_compression,
    check_tls,
    check_write_timeout_field,
    checked,
    read_block,
    set_listen,
    set_port,
    span,
)
from .node import go_type
from .permissions import check_subjects
from .url import read_url, read_urls
from .wording import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .block import Report, Setter
    from .node import Node

_VERSION = re.compile(r"v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:-[\w.-]+)?", re.ASCII)
_LEAST_LEAF_VERSION = (2, 8, 0)


def read_leafnodes(node: Node, report: Report) -> Elsewhere:
    """Read the block. Raises Broken."""
    return read_block("Expected map to define a leafnode, got", _LEAFNODES, node, report)


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
    **dict.fromkeys(("pass", "password", "account"), checked(text)),
    "proxy_required": checked(boolean),
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
    **dict.fromkeys(("url", "username", "password"), checked(text)),
    "timeout": span("proxy timeout"),
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
        checked(boolean),
    ),
    **dict.fromkeys(("url", "urls"), _check_leaf_urls),
    **dict.fromkeys(("account", "local", "creds", "credentials", "nkey", "seed"), checked(text)),
    "tls": check_tls,
    **dict.fromkeys(
        ("deny_imports", "deny_import", "deny_exports", "deny_export"), _check_subject_list
    ),
    **dict.fromkeys(("jetstream_cluster_migrate", "js_cluster_migrate"), _check_migrate),
    "compression": check_compression,
    "first_info_timeout": span("first_info_timeout"),
    "dial_timeout": span("dial_timeout"),
    "proxy": _check_proxy,
}


def _check_leaf_version(_: object, node: Node, __: Report) -> None:
    version = _VERSION.fullmatch(text(node))
    if version is None:
        raise Wrong("invalid leafnode's minimum version: invalid semver", node.place)
    if tuple(int(part or 0) for part in version.groups()) < _LEAST_LEAF_VERSION:
        raise Wrong("the minimum version should be at least 2.8.0", node.place)


_LEAFNODES: Mapping[str, Setter[Elsewhere]] = {
    "listen": set_listen,
    "port": set_port,
    **dict.fromkeys(("host", "net", "leafnode_advertise", "advertise"), checked(text)),
    "authorization": _check_leaf_authorization,
    "remotes": _set_remotes,
    **dict.fromkeys(("reconnect", "reconnect_delay", "reconnect_interval"), span("reconnect")),
    "dial_timeout": span("dial_timeout"),
    "tls": check_tls,
    **dict.fromkeys(("no_advertise", "isolate_leafnode_interest", "isolate"), checked(boolean)),
    **dict.fromkeys(("min_version", "minimum_version"), _check_leaf_version),
    "compression": check_compression,
    "write_deadline": span("write_deadline"),
    "write_timeout": check_write_timeout_field,
}
