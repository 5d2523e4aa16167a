"""JSON as nats-server writes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | Mapping[str, Value] | None"
Fields: TypeAlias = "dict[str, Value]"

_ESCAPES = str.maketrans(
    {each: f"\\u{ord(each):04x}" for each in ("<", ">", "&", "\u2028", "\u2029")}
)


def json_text(value: Value) -> bytes:
    r"""Write JSON on one line, with what could close a tag of HTML escaped, as Go does.

    >>> json_text({"allow": ["a.>"]})
    b'{"allow":["a.\\u003e"]}'
    """
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return text.translate(_ESCAPES).encode("utf-8", "replace")


def told(**fields: Value) -> Fields:
    """Give the fields that say something, in this order: nothing empty, no zero, no False."""
    return {name: value for name, value in fields.items() if value}
