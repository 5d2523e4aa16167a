"""A JSON object of a server, read with the types that it must have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from .failure import Failed
from .tree import parse_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .tree import Json


class Members:
    """The members of a JSON object. path: where it stands, for what is said of it.

    Each reading raises Failed where the member is not there, or is of another type.
    """

    def __init__(self, path: str, values: Mapping[str, Json]) -> None:
        self.path = path
        self.values = values

    def has(self, name: str) -> bool:
        """Tell whether there is a member."""
        return name in self.values

    def integer(self, name: str) -> int:
        """Give a whole number."""
        value = self.values.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(name, "a whole number")
        return value

    def number(self, name: str) -> float:
        """Give a number."""
        value = self.values.get(name)
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise self._wrong(name, "a number")
        return value

    def text(self, name: str) -> str:
        """Give a string."""
        value = self.values.get(name)
        if not isinstance(value, str):
            raise self._wrong(name, "a string")
        return value

    def boolean(self, name: str) -> bool:
        """Give true or false."""
        value = self.values.get(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "true or false")
        return value

    def inner(self, name: str) -> Members:
        """Give an object."""
        value = self.values.get(name)
        if not isinstance(value, dict):
            raise self._wrong(name, "an object")
        return Members(f"{self.path} {name}", value)

    def texts(self, name: str) -> list[str]:
        """Give a list of strings."""
        values = self._list(name)
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) != len(values):
            raise self._wrong(name, "a list of strings")
        return texts

    def rows(self, name: str) -> list[Members]:
        """Give a list of objects."""
        values = self._list(name)
        rows = [
            Members(f"{self.path} {name}[{at}]", value)
            for at, value in enumerate(values)
            if isinstance(value, dict)
        ]
        if len(rows) != len(values):
            raise self._wrong(name, "a list of objects")
        return rows

    def must_say(self, name: str, expected: Json) -> None:
        """Raise Failed unless a member has a value, None for one that must not be there."""
        value = self.values.get(name)
        if value != expected or type(value) is not type(expected):
            raise Failed(f"{self.path} says {name}: {_shown(value)}, expected {_shown(expected)}")

    def _list(self, name: str) -> list[Json]:
        value = self.values.get(name)
        if not isinstance(value, list):
            raise self._wrong(name, "a list")
        return value

    def _wrong(self, name: str, what: str) -> Failed:
        if name not in self.values:
            return Failed(f"{self.path} does not say {name}; it must be {what}")
        return Failed(f"{self.path} says {name}: {_shown(self.values[name])}; it must be {what}")


def read_members(path: str, text: bytes) -> Members:
    """Read a JSON object. Raises Failed if it is none."""
    try:
        return Members(path, parse_object(text))
    except ValueError:
        raise Failed(f"{path} gives no JSON object: {text[:80]!r}") from None


def _shown(value: Json) -> str:
    text = "nothing" if value is None else json.dumps(value)
    return text if len(text) < 200 else f"{text[:200]}…"
