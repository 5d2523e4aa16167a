"""Reading of JSON whose shape is hoped for, not known: a wrong shape reads as absent."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias, TypeGuard

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Object: TypeAlias = Mapping[str, Json]

_TIME_MAX = 1 << 63


def parse_json(text: str | bytes) -> Json:
    """Parse one JSON value; NaN and the infinities, which JSON does not have, become text.

    Raises ValueError for anything else that is wrong, too deep a nesting included.
    """
    try:
        value: Json = json.loads(text, parse_constant=str, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def object_in(value: Json) -> Object:
    """Give the value when it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def object_at(holder: Object, key: str) -> Object:
    """Give the object at key, else an empty one."""
    return object_in(holder.get(key))


def list_at(holder: Object, key: str) -> Sequence[Json]:
    """Give the list at key, else an empty one."""
    value = holder.get(key)
    return value if isinstance(value, list) else []


def text_at(holder: Object, key: str) -> str | None:
    """Give the text at key; None when it is absent, empty or something else."""
    value = holder.get(key)
    return value if isinstance(value, str) and value else None


def whole_at(holder: Object, key: str) -> int | None:
    """Give the whole number at key, 0 or more and below 2**63, else None."""
    value = holder.get(key)
    return value if _is_whole(value) else None


def wholes_at(holder: Object, key: str) -> list[int]:
    """Give the whole numbers in the list at key, others left out."""
    return [item for item in list_at(holder, key) if _is_whole(item)]


def _is_whole(value: Json) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _TIME_MAX


def _finite(text: str) -> float | str:
    number = float(text)
    return number if number - number == 0 else text
