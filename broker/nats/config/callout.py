"""The block `auth_callout`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from natsim.broker.nats.nkey import KeyKind, is_public_key
from natsim.broker.nats.options import CalloutOptions
from natsim.broker.nats.options.account import GLOBAL_ACCOUNT
from natsim.broker.nats.quote import quoted

from .block import Broken, fields, fill, text
from .wording import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .block import Report, Setter
    from .node import Node


@dataclass(slots=True)
class _Draft:
    issuer: str = ""
    account: str = ""
    xkey: str = ""
    auth_users: list[str] = field(default_factory=list[str])
    allowed_accounts: list[str] = field(default_factory=list[str])


def read_callout(node: Node, report: Report) -> CalloutOptions:
    """Read who decides on clients. Raises Broken."""
    if not isinstance(node.value, dict):
        raise Broken(
            f"Expected authorization callout to be a map/struct, got {plain(node.value)}",
            node.place,
        )
    draft = _Draft()
    fill(draft, _FIELDS, node, report, _unknown)
    # A mistake in the whole is placed where the last field is.
    last = [value.place for _, value in fields(node)] or [node.place]
    if not draft.issuer:
        raise Broken("Authorization callouts require an issuer to be specified", last[-1])
    if not draft.auth_users:
        raise Broken("Authorization callouts require authorized users to be specified", last[-1])
    return CalloutOptions(
        issuer=draft.issuer,
        account=draft.account or GLOBAL_ACCOUNT,
        auth_users=tuple(draft.auth_users),
        xkey=draft.xkey,
        allowed_accounts=tuple(draft.allowed_accounts),
    )


def _unknown(key: str, node: Node, report: Report) -> None:
    if not node.is_used:
        report.wrong(f"Unknown field {quoted(key)} parsing authorization callout", node.place)


def _set_issuer(draft: _Draft, node: Node, _: Report) -> None:
    draft.issuer = text(node)
    if not is_public_key(draft.issuer, KeyKind.ACCOUNT):
        raise Broken(
            f"Expected callout user to be a valid public account nkey, got {quoted(draft.issuer)}",
            node.place,
        )


def _set_account(draft: _Draft, node: Node, _: Report) -> None:
    draft.account = text(node)


def _set_xkey(draft: _Draft, node: Node, _: Report) -> None:
    draft.xkey = text(node)
    if not is_public_key(draft.xkey, KeyKind.CURVE):
        raise Broken(
            f"Expected callout xkey to be a valid public xkey, got {quoted(draft.xkey)}",
            node.place,
        )


def _set_auth_users(draft: _Draft, node: Node, _: Report) -> None:
    draft.auth_users.extend(_names("auth_users", node))


def _set_allowed_accounts(draft: _Draft, node: Node, _: Report) -> None:
    draft.allowed_accounts.extend(_names("allowed accounts", node))


def _names(field_name: str, node: Node) -> list[str]:
    if not isinstance(node.value, list):
        raise Broken(f"Expected {field_name} field to be an array, got *conf.token", node.place)
    return [text(one) for one in node.value]


_FIELDS: Mapping[str, Setter[_Draft]] = {
    "issuer": _set_issuer,
    **dict.fromkeys(("account", "acc"), _set_account),
    **dict.fromkeys(("auth_users", "users"), _set_auth_users),
    **dict.fromkeys(("xkey", "key"), _set_xkey),
    "allowed_accounts": _set_allowed_accounts,
}
