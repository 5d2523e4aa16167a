"""The published schema describes what is read, no less and no more."""

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.reports.conformance import suite

import natsim.reports
from natsim.reports.conformance import document

SCHEMA = Path(natsim.reports.__file__).parent / "schemas" / "conformance-1.json"


@pytest.fixture
def schema() -> dict[str, Any]:
    return json.loads(SCHEMA.read_text())


def test_a_document_is_valid(schema: dict[str, Any]) -> None:
    jsonschema.validate(suite.full(), schema)


def test_a_document_with_another_grade_is_not(schema: dict[str, Any]) -> None:
    given = suite.content([suite.server("a 1")], [suite.case("a.b.c", suite.result("perfect"))])

    with pytest.raises(jsonschema.ValidationError, match="'perfect' is not one of"):
        jsonschema.validate(given, schema)


def test_the_schema_names_the_keys_of_every_class(schema: dict[str, Any]) -> None:
    parts = schema["$defs"] | {"Conformance": schema}

    for title, part in parts.items():
        # What a report remarks on is no part of the file.
        keys = [field.name for field in fields(getattr(document, title))]
        keys = [key for key in keys if key != "remarks"]
        assert (title, part["required"], list(part["properties"])) == (title, keys, keys)
