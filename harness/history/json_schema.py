"""The JSON Schema of a line of a history, for editors and for writers in other languages."""

from collections.abc import Sequence
from typing import get_args

from .entry import SCHEMA, ConnectionChange, Json, OperationKind, Phase
from .members import MEMBERS, Member, Shape

_TEXT: Json = {"type": "string"}
_COUNT: Json = {"type": "integer", "minimum": 0}
_OBJECT: Json = {"type": "object"}

_SHAPES: dict[Shape, Json] = {
    Shape.TEXT: _TEXT,
    Shape.TEXT_OR_NULL: {"type": ["string", "null"]},
    Shape.COUNT: _COUNT,
    Shape.TEXTS: {"type": "array", "items": _TEXT},
}


def line_schema() -> dict[str, Json]:
    """Make the JSON Schema (2020-12) that every line fits, the header included."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"One line of a {SCHEMA} file",
        "oneOf": [
            _header(),
            *[_operation("invoke", f) for f in get_args(OperationKind)],
            *[_operation("ok", f) for f in get_args(OperationKind)],
            *[_failed(outcome) for outcome in ("fail", "info")],
            _delivered(),
            *[_change(f) for f in get_args(ConnectionChange)],
            _fault(),
            _phase(),
        ],
    }


def _header() -> Json:
    return _object_of(
        {
            "schema": {"const": SCHEMA},
            "stage": _TEXT,
            "versions": {"type": "object", "additionalProperties": _TEXT},
            "plan_digest": _TEXT,
        }
    )


def _operation(type_: str, f: str) -> Json:
    return _line(
        type_,
        {
            "process": _TEXT,
            "op": _TEXT,
            "f": {"const": f},
            "value": _value(MEMBERS.get((type_, f), ())),
        },
    )


def _failed(outcome: str) -> Json:
    error = _object_of(
        {
            "kind": {"const": "definite" if outcome == "fail" else "indefinite"},
            "code": _TEXT,
            "text": _TEXT,
        }
    )
    return _line(
        outcome,
        {
            "process": _TEXT,
            "op": _TEXT,
            "f": {"enum": list(get_args(OperationKind))},
            "value": _OBJECT,
        },
        {"error": error},
    )


def _delivered() -> Json:
    return _line(
        "observe",
        {
            "f": {"const": "deliver"},
            "process": _TEXT,
            "conn": _TEXT,
            "sub": _TEXT,
            "subject": _TEXT,
            "size": _COUNT,
            "sha": _TEXT,
        },
        {"msg": _SHAPES[Shape.TEXT_OR_NULL], "reply": _SHAPES[Shape.TEXT_OR_NULL]},
    )


def _change(f: str) -> Json:
    members = MEMBERS.get(("observe", f), ())
    return _line(
        "observe",
        {
            "f": {"const": f},
            "process": _TEXT,
            "conn": _TEXT,
            **{member.key: _SHAPES[member.shape] for member in members if member.is_required},
        },
        {member.key: _SHAPES[member.shape] for member in members if not member.is_required},
    )


def _fault() -> Json:
    return _line(
        "fault", {"id": _TEXT, "f": _TEXT, "phase": {"enum": ["begin", "end"]}, "achieved": _OBJECT}
    )


def _phase() -> Json:
    return _line("phase", {"phase": {"enum": [phase.value for phase in Phase]}})


def _line(type_: str, required: dict[str, Json], optional: dict[str, Json] | None = None) -> Json:
    return _object_of({"i": _COUNT, "t": _COUNT, "type": {"const": type_}, **required}, optional)


def _value(members: Sequence[Member]) -> Json:
    return _object_of(
        {member.key: _SHAPES[member.shape] for member in members if member.is_required},
        {member.key: _SHAPES[member.shape] for member in members if not member.is_required},
    )


def _object_of(required: dict[str, Json], optional: dict[str, Json] | None = None) -> Json:
    return {
        "type": "object",
        "required": list(required),
        "properties": {**required, **(optional or {})},
    }
