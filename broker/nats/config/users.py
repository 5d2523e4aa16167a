"""The array `users` of an authorization or an account."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from natsim.broker.nats.nkey import KeyKind, is_public_key
from natsim.broker.nats.options import ConnectionType, Permissions, UserOptions

from .block import Broken, boolean, fields, fill, text, texts
from .permissions import read_permissions
from .wording import plain, quoted_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .block import Report, Setter
    from .node import Node


@dataclass(slots=True)
class _Draft:
    name: str = ""
    password: str = ""
    nkey: str = ""
    permissions: Permissions | None = None
    connection_types: tuple[ConnectionType, ...] = ()


def read_users(node: Node, report: Report) -> list[UserOptions]:
    """Read users; those that are no map are noted and left out. Raises Broken."""
    if not isinstance(node.value, list):
        raise Broken(f"Expected users field to be an array, got {plain(node.value)}", node.place)
    users: list[UserOptions] = []
    for entry in node.value:
        if isinstance(entry.value, dict):
            users.append(_user(entry, report))
        else:
            report.wrong(
                f"Expected user entry to be a map/struct, got {plain(entry.value)}", entry.place
            )
    return users


def with_default(
    users: Iterable[UserOptions], permissions: Permissions | None
) -> list[UserOptions]:
    """Give the permissions to those who have none of their own."""
    return [
        user if user.permissions is not None else replace(user, permissions=permissions)
        for user in users
    ]


def _user(entry: Node, report: Report) -> UserOptions:
    draft = _Draft()
    fill(draft, _FIELDS, entry, report)
    # A mistake in the whole is placed where the last field is.
    last = [node.place for _, node in fields(entry)] or [entry.place]
    if not draft.nkey and not draft.name:
        raise Broken("User entry requires a user", last[-1])
    if draft.nkey:
        if not is_public_key(draft.nkey, KeyKind.USER):
            raise Broken("Not a valid public nkey for a user", last[-1])
        if draft.name or draft.password:
            raise Broken("Nkey users do not take usernames or passwords", last[-1])
    return UserOptions(
        name=draft.name,
        password=draft.password,
        nkey=draft.nkey,
        permissions=draft.permissions,
        connection_types=draft.connection_types,
    )


def _set_name(draft: _Draft, node: Node, _: Report) -> None:
    draft.name = text(node)


def _set_password(draft: _Draft, node: Node, _: Report) -> None:
    draft.password = text(node)


def _set_nkey(draft: _Draft, node: Node, _: Report) -> None:
    draft.nkey = text(node)


def _set_permissions(draft: _Draft, node: Node, report: Report) -> None:
    draft.permissions = report.attempt(read_permissions, node)


def _set_connection_types(draft: _Draft, node: Node, report: Report) -> None:
    names = [name.upper() for name in texts("allowed connection types", node, report)]
    known = {kind.value: kind for kind in ConnectionType}
    unknown = [name for name in names if name not in known]
    if unknown:
        report.wrong(f"invalid connection types {quoted_list(unknown)}", node.place)
    draft.connection_types = tuple(known[name] for name in dict.fromkeys(names) if name in known)


def set_proxy_required(_: object, node: Node, report: Report) -> None:
    """Read whether clients must come through a proxy, which is more than natsim has."""
    if boolean(node):
        report.wrong("natsim has no proxies; use nats-server for proxy_required", node.place)


_FIELDS: Mapping[str, Setter[_Draft]] = {
    "nkey": _set_nkey,
    **dict.fromkeys(("user", "username"), _set_name),
    **dict.fromkeys(("pass", "password"), _set_password),
    **dict.fromkeys(("permission", "permissions", "authorization"), _set_permissions),
    **dict.fromkeys(
        ("allowed_connection_types", "connection_types", "clients"), _set_connection_types
    ),
    "proxy_required": set_proxy_required,
}
