"""What JSON and YAML files give: plain values, of whatever shape somebody wrote."""

from __future__ import annotations

import json
from typing import TypeAlias

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Object: TypeAlias = "dict[str, Json]"


def parse_json(text: str | bytes) -> Json:
    """Parse one JSON value. Raises ValueError, also for what is nested too deep or not UTF-8."""
    try:
        value: Json = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    return value


def parse_object(text: str | bytes) -> Object:
    """Parse a JSON object. Raises ValueError."""
    value = parse_json(text)
    if not isinstance(value, dict):
        raise ValueError("it is no JSON object")
    return value
