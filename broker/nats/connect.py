"""What a client says of itself in CONNECT."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from natsim.broker.effects import CloseReason

from .parser import ProtocolError

_INT64_MAX = 2**63 - 1

Json: TypeAlias = "str | int | float | bool | list[Json] | _Members | None"


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


_FIELDS: Mapping[str, tuple[str, type[bool | int | str]]] = {
    "verbose": ("verbose", bool),
    "pedantic": ("pedantic", bool),
    "echo": ("echo", bool),
    "headers": ("headers", bool),
    "no_responders": ("no_responders", bool),
    "protocol": ("protocol", int),
    "name": ("name", str),
    "lang": ("lang", str),
    "version": ("version", str),
    "user": ("user", str),
    "pass": ("password", str),
    "auth_token": ("auth_token", str),
    "nkey": ("nkey", str),
    "jwt": ("jwt", str),
    "sig": ("sig", str),
    "account": ("account", str),
    "new_account": ("new_account", bool),
    "tls_required": ("tls_required", bool),
    "proxy_sig": ("proxy_sig", str),
}
_PERMISSION_FIELDS = ("import", "export")


def read_connect(text: bytes, before: ConnectOptions) -> ConnectOptions:
    """Read the argument of CONNECT over what held before; missing fields keep their value.

    Keys match in any case, a later one wins, null changes nothing, unknown keys are ignored.
    Raises ProtocolError without a reply for bad JSON and wrong types: nats-server closes silently.
    """
    changes: dict[str, Any] = {}
    for key, value in _members(read_json(text)):
        known = _FIELDS.get(key.lower())
        if known is not None and value is not None:
            field, kind = known
            changes[field] = _expect(key, value, kind)
        elif key.lower() in _PERMISSION_FIELDS and value is not None:
            _expect_permission(key, value)
    return replace(before, **changes)


def read_info(text: bytes) -> None:
    """Check INFO from a client, which a server decodes and throws away. Raises ProtocolError."""
    _members(read_json(text))


def read_json(text: bytes) -> Json:
    """Decode JSON as strictly as Go does: no NaN, no control characters in strings.

    An object becomes its members in order, duplicates kept. Raises ProtocolError.
    """
    try:
        # Bytes that are no UTF-8 are allowed inside strings; outside they break the syntax anyway.
        value: Json = _DECODER.decode(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise _bad_json(str(error)) from error
    return value


class _Members(list[tuple[str, "Json"]]):
    """An object's members in the order written."""


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_Members, parse_constant=_refuse_constant)


def _members(value: Json) -> _Members:
    if value is None:
        return _Members()
    if isinstance(value, _Members):
        return value
    raise _bad_json("not an object")


def _expect(key: str, value: Json, kind: type[bool | int | str]) -> Json:
    # bool is an int to Python, not to Go.
    is_of_kind = type(value) is kind
    if is_of_kind and not (isinstance(value, int) and abs(value) > _INT64_MAX):
        return value
    raise _bad_json(f"cannot unmarshal {type(value).__name__} into {key} of type {kind.__name__}")


def _expect_permission(key: str, value: Json) -> None:
    for side, subjects in _members(value):
        if side.lower() in ("allow", "deny") and subjects is not None:
            is_list = type(subjects) is list and all(type(subject) is str for subject in subjects)
            if not is_list:
                raise _bad_json(f"{key}.{side} is not a list of texts")


def _bad_json(detail: str) -> ProtocolError:
    return ProtocolError(None, CloseReason.PROTOCOL_VIOLATION, f"json: {detail}")
