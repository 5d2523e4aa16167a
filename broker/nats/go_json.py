"""JSON as nats-server reads it: decoded the way Go fills a struct.

Laws of the file: keys match in any case, a later one wins, null changes nothing, unknown keys are
ignored; a value of the wrong type is an error. Source: seen on nats-server 2.15.1.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias, TypeGuard

from natsim.broker.effects import CloseReason

from .parser import ProtocolError

Json: TypeAlias = "str | int | float | bool | list[Json] | Members | None"

Fits: TypeAlias = Callable[["Json"], bool]
"""Tells whether a value, not null, has the type of a field."""

_INT_TEXT_MAX = 20
_SURROGATE = re.compile("[\ud800-\udfff]")


class Members(list[tuple[str, "Json"]]):
    """An object's members in the order written, duplicates kept."""


def read_fields(text: bytes, fields: Mapping[str, Fits]) -> Iterator[tuple[str, Json]]:
    """Give the members that are fields, by their names in small letters, in the order written.

    Raises ProtocolError without a reply for bad JSON and wrong types: nats-server closes silently.
    """
    for key, value in _members(_decode(text)):
        name = fold(key)
        fits = fields.get(name)
        if fits is None or value is None:
            continue
        if not fits(value):
            raise _bad_json(f"cannot unmarshal {type(value).__name__} into field {name}")
        # Half of a pair of surrogates is no character; Go reads one that says so.
        yield name, _SURROGATE.sub("\ufffd", value) if isinstance(value, str) else value


def fold(key: str) -> str:
    """Give the form in which Go compares keys: small letters, and a long s is an s."""
    return key.lower().replace("\u017f", "s")


def is_text(value: Json) -> bool:
    """Tell whether this fits a string."""
    return type(value) is str


def is_bool(value: Json) -> bool:
    """Tell whether this fits a bool."""
    return type(value) is bool


def whole(low: int, high: int) -> Fits:
    """Make the check of an integer type with this range."""
    # A bool is an int to Python, not to Go; and 1.0 is no integer to Go.
    return lambda value: type(value) is int and low <= value <= high


is_int = whole(-(2**63), 2**63 - 1)
is_byte = whole(0, 255)


def is_list_of_texts(value: Json) -> bool:
    """Tell whether this fits a list of strings; null is an empty one."""
    return _is_list(value) and all(each is None or is_text(each) for each in value)


def is_bytes(value: Json) -> bool:
    """Tell whether this fits a list of bytes: base64, or numbers."""
    if _is_list(value):
        return all(each is None or is_byte(each) for each in value)
    if not isinstance(value, str):
        return False
    try:
        base64.b64decode(value.replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def is_permission(value: Json) -> bool:
    """Tell whether this fits a permission: an object whose allow and deny are lists of strings."""
    if not isinstance(value, Members):
        return False
    return all(
        subjects is None or fold(side) not in ("allow", "deny") or is_list_of_texts(subjects)
        for side, subjects in value
    )


def _is_list(value: Json) -> TypeGuard[list[Json]]:
    return isinstance(value, list) and not isinstance(value, Members)


def _decode(text: bytes) -> Json:
    try:
        # Bytes that are no UTF-8 are allowed inside strings; outside they break the syntax anyway.
        value: Json = _DECODER.decode(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise _bad_json(str(error)) from error
    return value


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _number(text: str) -> int | float:
    # No field takes a longer one, and int refuses to read very long ones.
    return int(text) if len(text) <= _INT_TEXT_MAX else float(text)


_DECODER = json.JSONDecoder(
    object_pairs_hook=Members, parse_constant=_refuse_constant, parse_int=_number
)


def _members(value: Json) -> Members:
    if value is None:
        return Members()
    if isinstance(value, Members):
        return value
    raise _bad_json("not an object")


def _bad_json(detail: str) -> ProtocolError:
    return ProtocolError(None, CloseReason.PROTOCOL_VIOLATION, f"json: {detail}")
