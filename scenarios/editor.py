"""The JSON Schema of the language, for editors.

pydantic makes it from the classes; here it is put into the words of the file: quantities are text,
what may be left out is never null, examples are values.
"""

from .document import Value
from .quantity import format_duration
from .schema import WrittenScenario
from .written import Written
from .yaml_file import parse_yaml

_NULL: Value = {"type": "null"}
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Value]:
    """Return the schema of a scenario file.

    It knows keys, types and patterns; names that must exist and faults that must end in time are
    for the loader.
    """
    return schema_of(WrittenScenario)


def schema_of(model: type[Written]) -> dict[str, Value]:
    """Return the schema of a file whose root is a model."""
    made: dict[str, Value] = model.model_json_schema(by_alias=True, mode="validation")
    said = _said(made)
    assert isinstance(said, dict)
    return {"$schema": _DIALECT, **said}


def _said(schema: Value) -> Value:
    match schema:
        case list():
            return [_said(each) for each in schema]
        case dict():
            return _settled({key: _said(value) for key, value in schema.items() if key != "title"})
        case _:
            return schema


def _settled(schema: dict[str, Value]) -> dict[str, Value]:
    choices = schema.get("anyOf")
    if isinstance(choices, list) and "default" in schema and schema["default"] is None:
        chosen = [each for each in choices if isinstance(each, dict) and each != _NULL]
        del schema["anyOf"], schema["default"]
        schema = {**(chosen[0] if len(chosen) == 1 else {"anyOf": list(chosen)}), **schema}
    default = schema.get("default")
    if schema.get("type") == "string" and isinstance(default, int):
        schema["default"] = format_duration(default)
    if default in ([], {}):
        del schema["default"]
    examples = schema.get("examples")
    if isinstance(examples, list):
        schema["examples"] = [parse_yaml(str(each), "example").value for each in examples]
    return schema
