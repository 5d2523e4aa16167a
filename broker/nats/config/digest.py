"""The digest by which nats-server names a configuration in its log."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from natsim.broker.nats.json_text import json_bytes

from .node import Moment
from .source import bytes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .node import Node, Value

_PLAIN_FLOATS = (1e-6, 1e21)


def digest(tree: dict[str, Node]) -> str:
    """Give `sha256:` and the hash of the tree as Go writes it in JSON, secrets and all."""
    hashed = hashlib.sha256()
    for piece in _json(tree):
        hashed.update(piece)
    hashed.update(b"\n")
    return f"sha256:{hashed.hexdigest()}"


def _json(value: Value) -> Iterator[bytes]:
    match value:
        case dict():
            yield b"{"
            for number, key in enumerate(sorted(value, key=bytes_of)):
                yield b"," if number else b""
                yield json_bytes(key, None) + b":"
                yield from _json(value[key].value)
            yield b"}"
        case list():
            yield b"["
            for number, node in enumerate(value):
                yield b"," if number else b""
                yield from _json(node.value)
            yield b"]"
        case bool() | str():
            yield json_bytes(value, None)
        case int():
            yield b"%d" % value
        case float():
            yield _number(value).encode()
        case Moment():
            yield json_bytes(value.text, None)


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
