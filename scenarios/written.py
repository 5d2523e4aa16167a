"""The base of every mapping a user writes, and the markers for lists and shorthands.

pydantic finds what is wrong; here, where the mapping's keys are known, each finding gets what our
sentences need: which keys there are, an example to copy. `fit` turns findings into mistakes.
"""

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal, Self, TypeAlias, cast

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.functional_validators import ModelWrapValidatorHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import (
    CoreSchema,
    ErrorDetails,
    InitErrorDetails,
    PydanticCustomError,
    core_schema,
)

from .mistake import RuleError, shortened
from .suggest import suggestion

Raw: TypeAlias = dict[str, object]

# What a finding's text is. rule: what the value must be, to be put after "KEY is VALUE; ".
# key: a whole sentence about a key, or about one that is missing.
Finding: TypeAlias = Literal["natsim_rule", "natsim_key"]

# The context of a validation of what is left of a file: keys that do not go together, or that are
# missing beside each other, were found before; now they may be missing because they were cut out.
REST = "rest"

_RULES: dict[str, str] = {
    "string_type": "it must be text: put it in quotes",
    "int_type": "it must be a whole number",
    "bool_type": "write true or false",
    "list_type": "it must be a list, in brackets or one item a line after a dash",
    "dict_type": "it must be a mapping: key: value",
    "too_short": "write at least {min_length}",
    "too_long": "write at most {max_length}",
    "union_tag_not_found": "see the reference for what can stand here",
}


def written_key(name: str) -> str:
    """Return the key of a field: `from_ns` is written `from`, `max_payload_bytes` `max-payload`."""
    return name.removesuffix("_ns").removesuffix("_bytes").replace("_", "-")


class Written(BaseModel):
    """A mapping as the user wrote it, its quantities already integers.

    noun: what it is, in a sentence. example: one to copy, without braces.
    later: keys of other versions, and what to write in this one.
    """

    model_config = ConfigDict(alias_generator=written_key, extra="forbid", frozen=True, strict=True)

    noun: ClassVar[str]
    example: ClassVar[str]
    later: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def at_odds(cls, raw: Raw) -> Iterator[InitErrorDetails]:
        """Yield a finding for each pair of keys that do not go together, or that miss a third."""
        yield from ()

    @model_validator(mode="wrap")
    @classmethod
    def _explain(
        cls, raw: object, validate: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        mapping = mapping_of(raw)
        if mapping is None:
            rule = f"write a mapping such as {{{cls.example}}}"
            raise ValidationError.from_exception_data(cls.__name__, [finding("natsim_rule", rule)])
        findings = list(_empties(cls, mapping))
        if info.context is not REST:
            findings += cls.at_odds(mapping)
        written: Self | None = None
        try:
            written = validate({key: value for key, value in mapping.items() if value is not None})
        except ValidationError as error:
            findings += _explained(cls, mapping, error)
        if written is None or findings:
            raise ValidationError.from_exception_data(cls.__name__, findings)
        return written


def mapping_of(raw: object) -> Raw | None:
    """Return a mapping as what it is, None for anything else."""
    # isinstance() cannot tell what the keys are; those of a document are text.
    return cast("Raw", raw) if isinstance(raw, dict) else None


def finding(kind: Finding, text: str, loc: tuple[str | int, ...] = ()) -> InitErrorDetails:
    """Make a finding at a place below the mapping it is raised in."""
    # The template is fixed and the text a value of it: braces in the text mean nothing.
    error = PydanticCustomError(kind, "{text}", {"text": text})
    return InitErrorDetails(type=error, loc=loc, input=None)


def missing(key: str, example: str) -> InitErrorDetails:
    """Make the finding that a mapping lacks a key."""
    return finding("natsim_key", f"{key} is missing; write {example}")


class OneOrMore:
    """Marks a list field: one item may stand alone, without the list."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Put a lone item into a list before the list is validated."""
        return core_schema.no_info_before_validator_function(_listed, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe both ways of writing it."""
        listed = handler(schema)
        return {"anyOf": [listed["items"], {**listed, "minItems": 1}]}


class Shorthand:
    """Marks a mapping field: a text alone stands for the mapping with only this key."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Put a lone text under its key before the mapping is validated."""
        return core_schema.no_info_before_validator_function(self._mapped, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe both ways of writing it."""
        inner = handler(schema)
        properties = handler.resolve_ref_schema(inner)["properties"]
        return {"anyOf": [properties[self._key], inner]}

    def _mapped(self, raw: object) -> object:
        return {self._key: raw} if isinstance(raw, str) else raw


class EmptyAllowed:
    """Marks a mapping field: nothing after the colon stands for {}."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Put {} for nothing before the mapping is validated."""
        return core_schema.no_info_before_validator_function(_filled, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe both ways of writing it."""
        return {"anyOf": [handler(schema), {"type": "null"}]}


class KeyPattern:
    """Marks a dict field: its keys, for editors, match a pattern."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Say the pattern instead of the key's type."""
        values = handler(schema)
        inner = values.get("additionalProperties") or next(
            iter(values["patternProperties"].values())
        )
        return {
            "type": "object",
            "patternProperties": {self._pattern: inner},
            "additionalProperties": False,
        }


def _listed(raw: object) -> object:
    # isinstance() cannot tell what the items are, and nobody asks here.
    return cast("list[object]", raw) if isinstance(raw, list) else [raw]


def _filled(raw: object) -> object:
    return {} if raw is None else raw


def _keys(cls: type[Written]) -> list[str]:
    return [field.alias or name for name, field in cls.model_fields.items()]


def _empties(cls: type[Written], raw: Raw) -> Iterator[InitErrorDetails]:
    for key, value in raw.items():
        if value is None and key in _keys(cls):
            yield finding("natsim_rule", f"write {_example(cls, key)}, or leave {key} out", (key,))


def _explained(cls: type[Written], raw: Raw, error: ValidationError) -> Iterator[InitErrorDetails]:
    for details in error.errors(include_url=False):
        loc, kind = details["loc"], details["type"]
        if kind == "extra_forbidden":
            yield finding("natsim_key", _unknown(cls, str(loc[-1])), loc)
        elif kind == "missing":
            key = str(loc[-1])
            if key not in raw:  # else it is there, but empty
                yield missing(key, _example(cls, key))
        else:
            yield _carried(details)


def _carried(details: ErrorDetails) -> InitErrorDetails:
    kind, loc, context = details["type"], details["loc"], details.get("ctx", {})
    match kind:
        case "natsim_rule" | "natsim_key":
            return finding(kind, context["text"], loc)
        case "value_error" if isinstance(context["error"], RuleError):
            return finding("natsim_rule", context["error"].rule, loc)
        case _:
            rule = _RULES.get(kind, "it does not fit here").format_map(context)
            return finding("natsim_rule", rule, loc)


def _unknown(cls: type[Written], key: str) -> str:
    if key in cls.later:
        return f"{key} is not in this version; {cls.later[key]}"
    return f"{shortened(key)} is not a key of {cls.noun}; {suggestion(key, _keys(cls))}"


def _example(cls: type[Written], key: str) -> str:
    field = next(field for name, field in cls.model_fields.items() if (field.alias or name) == key)
    return f"{key}: {(field.examples or ['...'])[0]}"
