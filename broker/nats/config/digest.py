"""The digest by which nats-server names a configuration in its log."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from .node import Moment
from .source import bytes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .node import Node, Value

_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_ESCAPED = re.compile('["\\\\\x00-\x1f<>&\u2028\u2029\udc80-\udcff]')
_PLAIN_FLOATS = (1e-6, 1e21)


def digest(tree: dict[str, Node]) -> str:
    """Give `sha256:` and the hash of the tree as Go writes it in JSON, secrets and all."""
    hashed = hashlib.sha256()
    for piece in _json(tree):
        hashed.update(piece.encode())
    hashed.update(b"\n")
    return f"sha256:{hashed.hexdigest()}"


def _json(value: Value) -> Iterator[str]:
    match value:
        case dict():
            yield "{"
            for number, key in enumerate(sorted(value, key=bytes_of)):
                yield f"{',' if number else ''}{_quoted(key)}:"
                yield from _json(value[key].value)
            yield "}"
        case list():
            yield "["
            for number, node in enumerate(value):
                yield "," if number else ""
                yield from _json(node.value)
            yield "]"
        case bool():
            yield "true" if value else "false"
        case int():
            yield str(value)
        case float():
            yield _number(value)
        case Moment():
            yield _quoted(value.text)
        case str():
            yield _quoted(value)


def _quoted(text: str) -> str:
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    char = found.group()
    if char in _SHORT:
        return _SHORT[char]
    # A byte that is no UTF-8 is replaced.
    return "\ufffd" if "\udc80" <= char <= "\udcff" else f"\\u{ord(char):04x}"


def _number(value: float) -> str:
    least, most = _PLAIN_FLOATS
    if value == 0 or least <= abs(value) < most:
        return _without_exponent(value)
    mantissa, exponent = repr(value).split("e")
    return f"{mantissa}e{int(exponent):+d}"


def _without_exponent(value: float) -> str:
    shortest = repr(value)
    if "e" in shortest:
        mantissa, exponent = shortest.split("e")
        sign = "-" if mantissa.startswith("-") else ""
        whole, _, fraction = mantissa.lstrip("-").partition(".")
        places = int(exponent)
        if places < 0:
            return f"{sign}0.{'0' * (-places - 1)}{whole}{fraction}"
        return f"{sign}{whole}{fraction.ljust(places, '0')}"
    return shortest.removesuffix(".0")
