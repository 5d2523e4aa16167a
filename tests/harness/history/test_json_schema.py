"""The published schema and the reader say the same."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from natsim.harness.history.errors import BadLine
from natsim.harness.history.header import Header
from natsim.harness.history.json_schema import line_schema
from natsim.harness.history.members import MEMBERS
from natsim.harness.history.read import parse_history
from natsim.harness.history.write import entry_object, header_line

from .test_write_and_read import everything

VALIDATOR: Any = Draft202012Validator(line_schema())
HEADER = header_line(Header(stage="sim", versions={}, plan_digest=""))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(line_schema())


def test_what_is_written_fits_the_schema() -> None:
    lines = [{"i": i, **entry_object(entry)} for i, entry in enumerate(everything().entries)]

    problems = [line for line in [json.loads(HEADER), *lines] if not VALIDATOR.is_valid(line)]

    assert problems == []


@pytest.mark.parametrize(
    ("type_", "f", "key"),
    [(*place, member.key) for place, members in MEMBERS.items() for member in members],
)
def test_a_wrong_member_is_refused_by_both(type_: str, f: str, key: str) -> None:
    line = next(
        entry_object(entry)
        for entry in everything().entries
        if entry_object(entry)["type"] == type_ and entry_object(entry).get("f") == f
    )
    value = line.get("value", line)
    assert isinstance(value, dict)
    value[key] = {"neither": "text nor number"}
    line["i"] = 0

    assert not VALIDATOR.is_valid(line)
    with pytest.raises(BadLine, match=f"`{key}` is"):
        parse_history([HEADER.encode() + b"\n", json.dumps(line).encode() + b"\n"], "h.jsonl")
