"""A JSON object of a JWT, read as Go reads into a struct: strict in types, blind to case."""

from __future__ import annotations

import json
from typing import TypeAlias, TypeVar

from .jwt_error import JwtError

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
T = TypeVar("T")

_INT64_MAX = 2**63 - 1


class Fields:
    """The members of an object. A missing one and null are the default; a wrong type is JwtError.

    where: the object's name in the error, empty for the whole.
    """

    __slots__ = ("_members", "_where")

    def __init__(self, members: dict[str, Json], where: str = "") -> None:
        self._members = {key.lower(): value for key, value in members.items()}
        self._where = where

    def text(self, key: str) -> str:
        """Give a text, empty if missing."""
        return _whole(self._get(key, str, ""))

    def integer(self, key: str, default: int = 0) -> int:
        """Give a 64-bit integer."""
        value = self._get(key, int, default)
        if abs(value) > _INT64_MAX:
            raise self._wrong(key, value, int)
        return value

    def flag(self, key: str) -> bool:
        """Give a boolean, false if missing."""
        return self._get(key, bool, False)

    def texts(self, key: str) -> tuple[str, ...]:
        """Give a list of texts."""
        return tuple(_text_in(key, value) for value in self.items(key))

    def items(self, key: str) -> list[Json]:
        """Give a list of anything."""
        empty: list[Json] = []
        return self._get(key, list, empty)

    def fields(self, key: str) -> Fields:
        """Give an object, empty if missing."""
        empty: dict[str, Json] = {}
        return Fields(self._get(key, dict, empty), key)

    def has(self, key: str) -> bool:
        """Tell if a member is there and is not null."""
        return self._members.get(key) is not None

    def any(self, key: str) -> Json:
        """Give a member of whatever type, None if missing."""
        return self._members.get(key)

    def keyed(self, key: str) -> dict[str, Json]:
        """Give an object whose keys are not ours to know, with their case."""
        empty: dict[str, Json] = {}
        return {_whole(name): value for name, value in self._get(key, dict, empty).items()}

    def _get(self, key: str, kind: type[T], default: T) -> T:
        value = self._members.get(key)
        if value is None:
            return default
        # bool is an int to Python, not to Go.
        if isinstance(value, kind) and type(value) is kind:
            return value
        raise self._wrong(key, value, kind)

    def _wrong(self, key: str, value: object, kind: type) -> JwtError:
        path = f"{self._where}.{key}" if self._where else key
        return JwtError(f"json: cannot unmarshal {type(value).__name__} into {path} of {kind}")


def read_fields(text: bytes) -> Fields:
    """Decode an object as strictly as Go does. Raises JwtError."""
    try:
        value: Json = _DECODER.decode(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError) as error:
        raise JwtError(f"invalid JSON: {error}") from error
    return as_fields(value, "")


def as_fields(value: Json, where: str) -> Fields:
    """Take a value as an object; null is an empty one. Raises JwtError."""
    if value is None:
        return Fields({}, where)
    if isinstance(value, dict):
        return Fields(value, where)
    raise JwtError(f"json: cannot unmarshal {type(value).__name__} into an object {where}")


def _text_in(key: str, value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _whole(value)
    raise JwtError(f"json: cannot unmarshal {type(value).__name__} into an item of {key}")


def _whole(text: str) -> str:
    """Replace halves of surrogate pairs, which JSON can spell and no encoding can hold."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
