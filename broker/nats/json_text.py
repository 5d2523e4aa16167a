"""JSON as Go writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"

Fields: TypeAlias = dict[str, "Json"]
"""An object of JSON; its keys stand in the order of nats-server's."""

_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_SURROGATES = re.compile("[\ud800-\udfff]")


def json_bytes(value: Json, indent: int | None) -> bytes:
    r"""Write a value. indent: spaces a level, None for one line.

    >>> json_bytes({"a": "<b>", "c": []}, None)
    b'{"a":"\\u003cb\\u003e","c":[]}'
    """
    separators = (",", ":") if indent is None else (",", ": ")
    text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=False)
    # These stand nowhere but inside strings.
    for character, escape in _HTML.items():
        text = text.replace(character, escape)
    return _SURROGATES.sub("\ufffd", text).encode()


def text_of(raw: bytes) -> str:
    r"""Give bytes of the wire as JSON can have them; a byte that is no UTF-8 becomes U+FFFD.

    >>> text_of(b"a\xff")
    'a�'
    """
    return _SURROGATES.sub("\ufffd", raw.decode("utf-8", "surrogateescape"))


def number(value: float) -> int | float:
    """Give a number as Go writes it: without a fraction if there is none.

    >>> number(2.0), number(0.5)
    (2, 0.5)
    """
    return int(value) if value == int(value) else value


def present(fields: Mapping[str, Json]) -> Fields:
    """Leave out what is empty: zero, false, an empty text, list or object.

    >>> present({"a": 0, "b": "", "c": 1})
    {'c': 1}
    """
    return {key: value for key, value in fields.items() if value}
