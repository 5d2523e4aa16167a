"""The reference speaks of the language as it is."""

import re
from pathlib import Path

import pytest

from natsim.scenarios import json_schema, parse_scenario
from natsim.scenarios.document import Value

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "scenario.md"

pytestmark = pytest.mark.skipif(not REFERENCE.exists(), reason="the docs are not in the sdist")


def keys(schema: Value) -> set[str]:
    """Return every key a user can write."""
    match schema:
        case dict():
            properties = schema.get("properties", {})
            own = set(properties) if isinstance(properties, dict) else set[str]()
            return own.union(*map(keys, schema.values()))
        case list():
            return set[str]().union(*map(keys, schema))
        case _:
            return set()


def test_its_example_plays() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", REFERENCE.read_text("utf-8"), re.DOTALL)

    assert parse_scenario(example).name == "shop"


@pytest.mark.parametrize("key", sorted(keys(json_schema())))
def test_it_names_every_key(key: str) -> None:
    assert f"`{key}" in REFERENCE.read_text("utf-8")
