"""A JSON object of a server, read with the types that it must have."""

from __future__ import annotations

import json
from typing import TypeVar

from .failure import Failed

T = TypeVar("T")


class Members:
    """The members of a JSON object. path: where it stands, for what is said of it.

    Each reading raises Failed where the member is not there, or is of another type.
    """

    def __init__(self, path: str, values: dict[str, object]) -> None:
        self.path = path
        self.values = values

    def has(self, name: str) -> bool:
        """Tell whether there is a member."""
        return name in self.values

    def integer(self, name: str) -> int:
        """Give a whole number."""
        value = self._of_type(name, int, "a whole number")
        if isinstance(value, bool):
            raise self._wrong(name, "a whole number")
        return value

    def number(self, name: str) -> float:
        """Give a number."""
        value = self.values.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._wrong(name, "a number")
        return value

    def text(self, name: str) -> str:
        """Give a string."""
        return self._of_type(name, str, "a string")

    def boolean(self, name: str) -> bool:
        """Give true or false."""
        return self._of_type(name, bool, "true or false")

    def object(self, name: str) -> Members:
        """Give an object."""
        return Members(f"{self.path} {name}", self._of_type(name, dict, "an object"))

    def texts(self, name: str) -> list[str]:
        """Give a list of strings."""
        values: list[object] = self._of_type(name, list, "a list")
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) != len(values):
            raise self._wrong(name, "a list of strings")
        return texts

    def objects(self, name: str) -> list[Members]:
        """Give a list of objects."""
        values: list[object] = self._of_type(name, list, "a list")
        objects = [
            Members(f"{self.path} {name}[{at}]", value)
            for at, value in enumerate(values)
            if isinstance(value, dict)
        ]
        if len(objects) != len(values):
            raise self._wrong(name, "a list of objects")
        return objects

    def must_say(self, name: str, expected: object) -> None:
        """Raise Failed unless a member has a value, None for one that must not be there."""
        value = self.values.get(name)
        if value != expected or type(value) is not type(expected):
            raise Failed(f"{self.path} says {name}: {_json(value)}, expected {_json(expected)}")

    def _of_type(self, name: str, kind: type[T], what: str) -> T:
        value = self.values.get(name)
        if not isinstance(value, kind):
            raise self._wrong(name, what)
        return value

    def _wrong(self, name: str, what: str) -> Failed:
        if name not in self.values:
            return Failed(f"{self.path} does not say {name}; it must be {what}")
        return Failed(f"{self.path} says {name}: {_json(self.values[name])}; it must be {what}")


def read_members(path: str, text: bytes) -> Members:
    """Read a JSON object. Raises Failed if it is none."""
    try:
        value = json.loads(text)
    except ValueError:
        raise Failed(f"{path} gives no JSON: {text[:80]!r}") from None
    if not isinstance(value, dict):
        raise Failed(f"{path} gives no JSON object: {text[:80]!r}")
    return Members(path, value)


def _json(value: object) -> str:
    text = "nothing" if value is None else json.dumps(value)
    return text if len(text) < 200 else f"{text[:200]}…"
