"""The target of a request as Go reads it: the path, and the query with its values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from natsim.broker.nats.quote import quoted

from .errors import BadRequest

_TRUE = ("1", "t", "T", "TRUE", "true", "True")
_FALSE = ("0", "f", "F", "FALSE", "false", "False")
_BAD_ESCAPE = re.compile("%(?![0-9a-fA-F]{2})")
_INT = re.compile(r"[+-]?[0-9]+")
_UINT = re.compile(r"[0-9]+")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://[^/?]*")


@dataclass(frozen=True, slots=True)
class Target:
    """What a request line asks for. path: unescaped. raw_query: empty for none."""

    path: str
    raw_query: str


def read_target(text: str) -> Target:
    """Read the target of a request line. Raises BadRequest for one that HTTP does not allow."""
    scheme = _SCHEME.match(text)
    rest = text[scheme.end() :] if scheme else text
    path, _, raw_query = rest.partition("?")
    if _BAD_ESCAPE.search(path) or not (path.startswith("/") or (scheme and not path)):
        raise BadRequest("400 Bad Request")
    return Target(_unescape(path), raw_query)


class Query:
    """The values of a query; of a name that comes twice, the first counts."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    @classmethod
    def read(cls, raw: str) -> Query:
        """Read what stands behind the question mark; parts that make no sense are left out."""
        values: dict[str, str] = {}
        for part in raw.split("&"):
            if ";" in part or _BAD_ESCAPE.search(part):
                continue
            name, _, value = part.replace("+", " ").partition("=")
            values.setdefault(_unescape(name), _unescape(value))
        return cls(values)

    def text(self, name: str) -> str:
        """Give a value, empty for none."""
        return self._values.get(name, "")

    def flag(self, name: str) -> bool:
        """Give a value as a bool. Raises BadRequest."""
        text = self.text(name)
        if text in _TRUE:
            return True
        if text and text not in _FALSE:
            raise _refusal("boolean", name, "ParseBool", text, "invalid syntax")
        return False

    def integer(self, name: str) -> int:
        """Give a value as a whole number of 64 bits, 0 for none. Raises BadRequest."""
        return self._number(name, _INT, -(2**63), 2**63 - 1, ("int", "Atoi"))

    def natural(self, name: str) -> int:
        """Give a value as a whole number of 64 bits without a sign. Raises BadRequest."""
        return self._number(name, _UINT, 0, 2**64 - 1, ("uint64", "ParseUint"))

    def _number(
        self, name: str, form: re.Pattern[str], low: int, high: int, words: tuple[str, str]
    ) -> int:
        text = self.text(name)
        if not text:
            return 0
        kind, function = words
        if form.fullmatch(text) is None:
            raise _refusal(kind, name, function, text, "invalid syntax")
        # int() refuses to read very long texts; none of them is in range.
        value = int(text) if len(text.lstrip("+-0")) <= len(str(high)) else high + 1
        if not low <= value <= high:
            raise _refusal(kind, name, function, text, "value out of range")
        return value


def _unescape(text: str) -> str:
    return unquote_to_bytes(text.encode("utf-8", "surrogateescape")).decode(
        "utf-8", "surrogateescape"
    )


def _refusal(kind: str, name: str, function: str, text: str, why: str) -> BadRequest:
    return BadRequest(
        f"Error decoding {kind} for '{name}': strconv.{function}: parsing {quoted(text)}: {why}"
    )
