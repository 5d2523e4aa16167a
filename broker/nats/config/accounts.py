"""The block `accounts`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from natsim.broker.nats.nkey import KeyKind, is_public_key
from natsim.broker.nats.options import (
    AccountLimits,
    AccountOptions,
    ServiceImport,
    StreamImport,
)
from natsim.broker.nats.options.account import GLOBAL_ACCOUNT
from natsim.broker.nats.quote import quoted

from .block import Broken, Wrong, fields, fill, integer, is_integer, text
from .exports import read_exports, refuse_tracing
from .imports import read_imports
from .jetstream import read_account_jetstream
from .mappings import read_mappings
from .node import Node, go_type
from .permissions import read_permissions
from .subject import is_literal, is_subject
from .users import read_users, with_default
from .wording import plain, quoted_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from natsim.broker.nats.options import Export, Permissions, UserOptions
    from natsim.broker.nats.options import Mapping as SubjectMapping

    from .block import Report, Setter
    from .imports import Import
    from .mistake import Place


@dataclass(slots=True)
class _Draft:
    nkey: str = ""
    exports: list[Export] = field(default_factory=list["Export"])
    imports: list[Import] = field(default_factory=list["Import"])
    users: list[UserOptions] = field(default_factory=list["UserOptions"])
    users_place: Place | None = None
    default_permissions: Permissions | None = None
    mappings: tuple[SubjectMapping, ...] = ()
    limits: AccountLimits = field(default_factory=AccountLimits)


@dataclass(slots=True)
class AccountEntry:
    """An account of the block and its users. users_place: of the field `users`."""

    options: AccountOptions
    users: list[UserOptions]
    users_place: Place | None = None


def read_accounts(node: Node, report: Report) -> list[AccountEntry]:
    """Read accounts, in their order. Raises Broken."""
    match node.value:
        case list():
            return _names(node.value, report)
        case dict():
            entries = [
                _entry(name, value, report)
                for name, value in fields(node)
                # An account that is used as a variable is none.
                if not value.is_used
            ]
            return [entry for entry in entries if entry is not None]
        case _:
            return []


def _names(nodes: list[Node], report: Report) -> list[AccountEntry]:
    entries: dict[str, AccountEntry] = {}
    for node in nodes:
        name = text(node)
        if name == GLOBAL_ACCOUNT:
            report.wrong(f"{quoted(name)} is a Reserved Account", node.place)
        elif name in entries:
            report.wrong(f"Duplicate Account Entry: {name}", node.place)
        else:
            entries[name] = AccountEntry(AccountOptions(name=name), [])
    return list(entries.values())


def _entry(name: str, node: Node, report: Report) -> AccountEntry | None:
    if not isinstance(node.value, dict):
        report.wrong("Expected map entries for accounts", node.place)
        return None
    if name == GLOBAL_ACCOUNT:
        report.wrong(f"{quoted(name)} is a Reserved Account", node.place)
        return None
    draft = _Draft()
    fill(draft, _FIELDS, node, report)
    options = AccountOptions(
        name=name,
        nkey=draft.nkey,
        exports=tuple(draft.exports),
        stream_imports=tuple(one for one in draft.imports if isinstance(one, StreamImport)),
        service_imports=tuple(one for one in draft.imports if isinstance(one, ServiceImport)),
        mappings=draft.mappings,
        limits=draft.limits,
        default_permissions=draft.default_permissions,
    )
    users = [
        replace(user, account=name) for user in with_default(draft.users, draft.default_permissions)
    ]
    return AccountEntry(options, users, draft.users_place)


def _set_nkey(draft: _Draft, node: Node, _: Report) -> None:
    if not isinstance(node.value, str) or not is_public_key(node.value, KeyKind.ACCOUNT):
        raise Wrong(
            f"Not a valid public nkey for an account: {quoted_value(node.value)}", node.place
        )
    draft.nkey = node.value


def _set_exports(draft: _Draft, node: Node, report: Report) -> None:
    draft.exports = report.attempt(read_exports, node) or []


def _set_imports(draft: _Draft, node: Node, report: Report) -> None:
    draft.imports = report.attempt(read_imports, node) or []


def _set_jetstream(_: _Draft, node: Node, report: Report) -> None:
    # nats-server has forgotten where it is.
    report.attempt(read_account_jetstream, Node(node.value, None))


def _set_users(draft: _Draft, node: Node, report: Report) -> None:
    draft.users_place = node.place
    # nats-server has forgotten where it is.
    draft.users = report.attempt(read_users, Node(node.value, None)) or []


def _set_default_permissions(draft: _Draft, node: Node, report: Report) -> None:
    draft.default_permissions = report.attempt(read_permissions, node)


def _set_mappings(draft: _Draft, node: Node, report: Report) -> None:
    draft.mappings = report.attempt(read_mappings, node) or ()


def _set_limits(draft: _Draft, node: Node, report: Report) -> None:
    draft.limits = report.attempt(_limits, node) or AccountLimits()


def _limits(node: Node, report: Report) -> AccountLimits:
    if not isinstance(node.value, dict):
        raise Broken(
            f"Expected account limits to be a map/struct, got {plain(node.value)}", node.place
        )
    found: dict[str, int] = {}
    fill(found, _LIMIT_FIELDS, node, report, _unknown_limit)
    return AccountLimits(**found)


def _unknown_limit(key: str, node: Node, report: Report) -> None:
    if not node.is_used:
        report.wrong(f"Unknown field {quoted(key)} parsing account limits", node.place)


def _limit(name: str) -> Setter[dict[str, int]]:
    def put(found: dict[str, int], node: Node, _: Report) -> None:
        found[name] = integer(node)

    return put


_LIMIT_FIELDS: Mapping[str, Setter[dict[str, int]]] = {
    **dict.fromkeys(("max_connections", "max_conn"), _limit("max_connections")),
    **dict.fromkeys(("max_subscriptions", "max_subs"), _limit("max_subscriptions")),
    **dict.fromkeys(("max_payload", "max_pay"), _limit("max_payload")),
    **dict.fromkeys(("max_leafnodes", "max_leafs"), _limit("max_leafnodes")),
}


def _trace(name: str) -> Setter[_Draft]:
    def check(_: _Draft, node: Node, report: Report) -> None:
        destination, sampling = _trace_target(name, node)
        if sampling and not destination:
            report.warn(
                "Trace destination sampling ignored since no destination was set", node.place
            )
        refuse_tracing(bool(destination), node, report)

    return check


def _trace_target(name: str, node: Node) -> tuple[str, int]:
    match node.value:
        case str():
            return _trace_subject(name, node), 0
        case dict():
            subject, sampling = "", 0
            for key, value in fields(node):
                match key.lower():
                    case "dest":
                        subject = _trace_subject(key, value)
                    case "sampling":
                        sampling = _trace_sampling(key, value)
                    case _ if not value.is_used:
                        raise Wrong(
                            f"Unknown field {quoted(key)} parsing account message trace "
                            f"map/struct {quoted(name)}",
                            value.place,
                        )
                    case _:
                        pass
            return subject, sampling
        case _:
            raise Wrong(
                f"Expected account message trace {quoted(name)} to be a string or a map/struct, "
                f"got {go_type(node.value)}",
                node.place,
            )


def _trace_subject(name: str, node: Node) -> str:
    if not isinstance(node.value, str):
        kind = go_type(node.value)
        raise Wrong(f"Field {quoted(name)} should be a string, got {kind}", node.place)
    if not is_subject(node.value) or not is_literal(node.value):
        raise Wrong(f"Trace destination {quoted(node.value)} is not valid", node.place)
    return node.value


def _trace_sampling(name: str, node: Node) -> int:
    match node.value:
        case str():
            digits = node.value.removesuffix("%")
            if not (digits.isascii() and digits.isdecimal()) or len(digits) > len("100"):
                raise Wrong(
                    f"Invalid trace destination sampling value {quoted(node.value)}", node.place
                )
            sampling = int(digits)
        case int() if is_integer(node.value):
            sampling = node.value
        case _:
            raise Wrong(
                f"Trace destination sampling field {quoted(name)} should be an integer or a "
                f"percentage, got {go_type(node.value)}",
                node.place,
            )
    if not 1 <= sampling <= 100:
        raise Wrong(
            f"Ttrace destination sampling value {sampling} is invalid, needs to be [1..100]",
            node.place,
        )
    return sampling


_FIELDS: Mapping[str, Setter[_Draft]] = {
    "nkey": _set_nkey,
    "imports": _set_imports,
    "exports": _set_exports,
    "jetstream": _set_jetstream,
    "users": _set_users,
    "default_permissions": _set_default_permissions,
    **dict.fromkeys(("mappings", "maps"), _set_mappings),
    "limits": _set_limits,
    **{name: _trace(name) for name in ("msg_trace", "trace_dest")},
}
