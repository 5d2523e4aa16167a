"""Distinguished names, as certificates have them and users are called by.

Source: RFC 4514.
"""

from __future__ import annotations

import re
from typing import TypeAlias

Attribute: TypeAlias = tuple[str, str]
"""Type, in lower case, and value."""

Part: TypeAlias = tuple[Attribute, ...]
"""The attributes of one level, sorted."""

DistinguishedName: TypeAlias = tuple[Part, ...]

_ATTRIBUTE = re.compile(r"([^=]+)=(.*)", re.DOTALL)
_PIECE = re.compile(r"(?:\\.|[^\\+,])*", re.DOTALL)
_ESCAPED = re.compile(r'\\([0-9a-fA-F]{2}|[ "#+,;<=>\\])')


def parse_name(text: str) -> DistinguishedName | None:
    r"""Read a name, None for any other text; values in hexadecimal (`#04...`) are not read.

    >>> parse_name("CN=bob,OU=a+OU=b")
    ((('cn', 'bob'),), (('ou', 'a'), ('ou', 'b')))
    """
    parts: list[Part] = []
    attributes: list[Attribute] = []
    position = 0
    while True:
        found = _PIECE.match(text, position)
        assert found is not None, "the pattern matches the empty text"
        attribute = _parse_attribute(found[0])
        if attribute is None:
            return None
        attributes.append(attribute)
        position = found.end()
        if position == len(text) or text[position] == ",":
            parts.append(tuple(sorted(attributes)))
            attributes = []
        if position == len(text):
            return tuple(parts)
        if text[position] not in ",+":
            return None
        position += 1


def is_same_name(one: DistinguishedName, other: DistinguishedName) -> bool:
    """Tell if two names have the same parts, in any order."""
    return sorted(one) == sorted(other)


def _parse_attribute(piece: str) -> Attribute | None:
    found = _ATTRIBUTE.fullmatch(piece)
    if found is None or found[2].startswith("#"):
        return None
    value = found[2].lstrip(" ")
    bare = value.rstrip(" ")
    # A space behind a backslash belongs to the value.
    if bare.endswith("\\") and bare != value:
        bare += " "
    if "\\" in _ESCAPED.sub("", bare):
        return None
    return found[1].strip(" ").lower(), _unescape(bare)


def _unescape(value: str) -> str:
    raw = _ESCAPED.sub(lambda found: _unescaped(found[1]), value)
    # Octets come in hexadecimal one by one; together they are UTF-8.
    return raw.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _unescaped(escaped: str) -> str:
    if len(escaped) == 1:
        return escaped
    return bytes([int(escaped, 16)]).decode("utf-8", "surrogateescape")
