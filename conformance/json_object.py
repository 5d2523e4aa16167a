"""JSON objects in what a server says."""

from __future__ import annotations

import json
from typing import cast

from .failure import Failed


def json_object(text: str | bytes, what: str) -> dict[str, object]:
    """Read a JSON object; what: names it in the failure. Raises Failed."""
    try:
        value: object = json.loads(text)
    except ValueError:
        raise Failed(f"{what} is no JSON: {text[:200]!r}") from None
    return object_of(value, what)


def object_of(value: object, what: str) -> dict[str, object]:
    """Give a value that must be a JSON object. Raises Failed."""
    if not isinstance(value, dict):
        raise Failed(f"{what} is no JSON object: {value!r:.200}")
    return cast("dict[str, object]", value)  # the names in JSON are text
