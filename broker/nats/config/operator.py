"""Operator mode: where operators, accounts and trust come from.

JWTs are kept as text; what is in them is the business of those who check them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from natsim.broker.nats.auth.claims import OperatorClaims
from natsim.broker.nats.auth.jwt import decode_as
from natsim.broker.nats.auth.jwt_error import JwtError
from natsim.broker.nats.duration import DurationError, parse_duration
from natsim.broker.nats.nkey import KeyKind, is_public_key
from natsim.broker.nats.options import OperatorOptions
from natsim.broker.nats.quote import quoted

from .block import Wrong, boolean, fields, integer, text
from .node import go_type, token_type
from .parse import os_error_text
from .source import text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from .block import Report
    from .node import Node

_JWT = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
_JWT_START = "eyJ"
_MEMORY = re.compile(r"MEM", re.IGNORECASE)
_URL = re.compile(r"URL", re.IGNORECASE)


@dataclass(slots=True)
class OperatorDraft:
    """Operator mode as far as it is read."""

    operators: list[str] = field(default_factory=list[str])
    trusted_keys: list[str] = field(default_factory=list[str])
    accounts: dict[str, str] = field(default_factory=dict[str, str])
    pinned_accounts: list[str] = field(default_factory=list[str])
    has_resolver: bool = False
    default_sentinel: str = ""

    def options(self) -> OperatorOptions | None:
        """Give the options, None outside operator mode."""
        options = OperatorOptions(
            operators=tuple(self.operators),
            trusted_keys=tuple(self.trusted_keys),
            accounts=tuple(self.accounts.items()),
            has_resolver=self.has_resolver,
            pinned_accounts=tuple(dict.fromkeys(self.pinned_accounts)),
            default_sentinel=self.default_sentinel,
        )
        return None if options == OperatorOptions() else options


def set_operators(draft: OperatorDraft, node: Node, report: Report) -> None:
    """Read operators: each a JWT or the name of a file with one."""
    for name in _operator_names(node, report):
        try:
            jwt = _jwt_or_file(name, report)
            decode_as(OperatorClaims, jwt)
        except OSError as error:
            report.wrong(f"error parsing operator JWT: {os_error_text(name, error)}", node.place)
        except JwtError as error:
            report.wrong(f"error parsing operator JWT: {error}", node.place)
        else:
            draft.operators.append(jwt)


def _operator_names(node: Node, report: Report) -> list[str]:
    before = "error parsing operators: unsupported type"
    if isinstance(node.value, str):
        return [node.value]
    if not isinstance(node.value, list):
        report.wrong(f"{before} {go_type(node.value)}", node.place)
        return []
    names: list[str] = []
    for one in node.value:
        if one.place is None or not isinstance(one.value, str):
            report.wrong(f"{before} {token_type(one)}", node.place)
            break
        names.append(one.value)
    return names


def _jwt_or_file(name: str, report: Report) -> str:
    if name.startswith(_JWT_START):
        return name
    contents = text_of(report.read(name))
    # A JWT may stand between lines that say what it is.
    found = _JWT.search(contents)
    return found.group() if found else contents.strip()


def set_trusted_keys(draft: OperatorDraft, node: Node, report: Report) -> None:
    """Read the keys of operators that are trusted without a JWT."""
    keys: list[str] = []
    match node.value:
        case str():
            keys.append(node.value)
        case list():
            for one in node.value:
                if isinstance(one.value, str):
                    keys.append(one.value)
                else:
                    report.wrong(
                        f"error parsing trusted: unsupported type in array {go_type(one.value)}",
                        one.place,
                    )
        case _:
            raise Wrong(
                f"error parsing trusted: unsupported type {go_type(node.value)}", node.place
            )
    # nats-server names the place of the last one for each that is wrong.
    place = node.value[-1].place if isinstance(node.value, list) and node.value else node.place
    for key in keys:
        draft.trusted_keys.append(key)
        if not is_public_key(key, KeyKind.OPERATOR):
            report.wrong(
                f"trust key {quoted(key)} required to be a valid public operator nkey", place
            )


def set_resolver(draft: OperatorDraft, node: Node, report: Report) -> None:
    """Read where accounts are looked up; natsim has them in memory alone."""
    match node.value:
        case str():
            kind = "MEMORY" if _MEMORY.search(node.value) else ""
            kind = kind or ("URL" if _URL.search(node.value) else "")
        case dict():
            kind = _resolver_kind(node, report)
        case _:
            raise Wrong(
                f"error parsing operator resolver, wrong type {go_type(node.value)}", node.place
            )
    if not kind:
        raise Wrong(
            'error parsing account resolver, should be MEM or  URL("url") or a map containing '
            "dir and type state=[FULL|CACHE])",
            node.place,
        )
    if kind != "MEMORY":
        raise Wrong(
            f"natsim has no {kind} account resolver; use MEMORY, or nats-server for it",
            node.place,
        )
    draft.has_resolver = True


def _resolver_kind(node: Node, report: Report) -> str:
    given = dict(fields(node))
    readers: dict[str, Callable[[Node], object]] = {
        "dir": text,
        "type": text,
        "allow_delete": boolean,
        "hard_delete": boolean,
        "limit": integer,
        **dict.fromkeys(("ttl", "interval", "timeout"), _span),
    }
    values = {name: read(given[name]) for name, read in readers.items() if name in given}
    kind = str(values.get("type", "")).upper()
    if kind in ("MEM", "MEMORY"):
        return "MEMORY"
    if kind in ("CACHE", "FULL"):
        _check_directory(kind, values, node, report)
        return kind
    return ""


def _span(node: Node) -> int:
    try:
        return parse_duration(text(node))
    except DurationError as error:
        raise Wrong(str(error), node.place) from error


def _check_directory(kind: str, values: dict[str, object], node: Node, report: Report) -> None:
    if not values.get("dir"):
        report.wrong("dir has no value and needs to point to a directory", node.place)
    if kind == "CACHE":
        for name, shown in (
            ("interval", "sync"),
            ("allow_delete", "allow_delete"),
            ("hard_delete", "hard_delete"),
        ):
            if values.get(name) or (name == "hard_delete" and name in values):
                report.wrong(f"CACHE does not accept {shown}", node.place)
        return
    if values.get("ttl"):
        report.wrong("FULL does not accept ttl", node.place)
    if "hard_delete" in values and not values.get("allow_delete"):
        report.wrong("hard_delete has no effect without delete", node.place)


def set_preload(draft: OperatorDraft, node: Node, report: Report) -> None:
    """Read the JWTs of accounts."""
    if not isinstance(node.value, dict):
        raise Wrong("preload should be a map of account_public_key:account_jwt", node.place)
    for key, value in fields(node):
        if not isinstance(value.value, str):
            report.wrong("preload map value should be a string JWT", value.place)
        elif not _JWT.fullmatch(value.value):
            report.wrong("invalid account JWT", value.place)
        else:
            draft.accounts[key] = value.value


def set_pinned_accounts(draft: OperatorDraft, node: Node, report: Report) -> None:
    """Read the keys of the only accounts that are let in."""
    before = "error parsing resolver_pinned_accounts: unsupported type"
    match node.value:
        case str():
            draft.pinned_accounts.append(node.value)
        case list():
            for one in node.value:
                if isinstance(one.value, str):
                    draft.pinned_accounts.append(one.value)
                else:
                    report.wrong(f"{before} in array {go_type(one.value)}", one.place)
        case _:
            raise Wrong(f"{before} {go_type(node.value)}", node.place)


def set_default_sentinel(draft: OperatorDraft, node: Node, _: Report) -> None:
    """Read the JWT of clients that bring none."""
    draft.default_sentinel = text(node)
