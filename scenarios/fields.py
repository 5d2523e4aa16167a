"""The types of single values: what a user writes, checked and turned into integers.

Laws of the file: a type refuses a value with RuleError, whose rule says what to write; each type
tells editors the same by a pattern.
"""

from collections.abc import Callable
from typing import Annotated, TypeAlias, TypeVar

from pydantic import BeforeValidator, WithJsonSchema

from .limits import SIZE_MAX, SIZE_MIN, SUBJECT_LENGTH_MAX
from .mistake import RuleError
from .names import LINK_PATTERN, NAME_PATTERN, NAMES_PATTERN, check_name, check_names, check_title
from .quantity import (
    DURATION_PATTERN,
    DURATION_RULE,
    INTERVAL_PATTERN,
    INTERVAL_RULE,
    RATE_PATTERN,
    RATE_RULE,
    SIZE_PATTERN,
    SIZE_RULE,
    parse_duration,
    parse_interval,
    parse_rate,
    parse_size,
)
from .subject import (
    PLACEHOLDER,
    SUBJECT_PATTERN,
    check_literal,
    check_published,
    check_queue,
    check_subscribed,
)
from .words import GUARANTEES, RANDOM_FAULTS, check_guarantee, check_random_fault

T = TypeVar("T")

NAME_OF_A_NODE = "write the name of a node, such as n1"


def _text(read: Callable[[str], T], rule: str) -> BeforeValidator:
    def validate(raw: object) -> T:
        if isinstance(raw, str):
            return read(raw)
        if isinstance(raw, (int, float)) and not isinstance(raw, bool):
            read(str(raw))  # says what is wrong with a number, such as a missing unit
            raise RuleError(raw, f'put it in quotes: "{raw}"')
        raise RuleError(raw, rule)

    return BeforeValidator(validate)


def _some_time(text: str) -> int:
    ns = parse_duration(text)
    if ns == 0:
        raise RuleError(text, "it must be more than 0s")
    return ns


def _gap(text: str) -> tuple[int, int]:
    gap = parse_interval(text)
    if gap[0] == 0:
        raise RuleError(text, "both ends must be more than 0s")
    return gap


def _bytes(raw: object) -> int:
    if isinstance(raw, str):
        size = parse_size(raw)
    elif isinstance(raw, int) and not isinstance(raw, bool):
        size = raw
    else:
        raise RuleError(raw, SIZE_RULE)
    if not 1 <= size <= SIZE_MAX:
        raise RuleError(raw, "it must be from 1 byte to 64MiB")
    return size


def _payload_size(raw: object) -> int:
    size = _bytes(raw)
    if size < SIZE_MIN:
        raise RuleError(raw, f"it must be {SIZE_MIN} or more: a payload begins with its message id")
    return size


def _count(raw: object) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or raw < 1:
        raise RuleError(raw, "it must be a whole number, 1 or more")
    return raw


def _version(raw: object) -> int:
    if raw != 1 or isinstance(raw, (bool, float)):
        raise RuleError(raw, "this is version 1 of the language: write natsim: 1")
    return 1


def _placeholder(text: str) -> str:
    if not PLACEHOLDER.fullmatch(f"{{{text}}}"):
        raise RuleError(text, "a placeholder is lower-case letters, digits and hyphens: region")
    return text


def _any(text: str) -> str:
    return text


def _pattern(pattern: str, description: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": pattern, "description": description})


def _size_schema(least: int, description: str) -> WithJsonSchema:
    number = {"type": "integer", "minimum": least, "maximum": SIZE_MAX}
    text = {"type": "string", "pattern": SIZE_PATTERN}
    return WithJsonSchema({"anyOf": [number, text], "description": description})


_SUBJECT_SCHEMA = WithJsonSchema(
    {"type": "string", "pattern": SUBJECT_PATTERN, "maxLength": SUBJECT_LENGTH_MAX}
)

Version: TypeAlias = Annotated[int, BeforeValidator(_version), WithJsonSchema({"const": 1})]
Title: TypeAlias = Annotated[
    str, _text(check_title, "write a name"), _pattern("^[a-z0-9][a-z0-9-]*$", "a name")
]

Time: TypeAlias = Annotated[
    int, _text(parse_duration, DURATION_RULE), _pattern(DURATION_PATTERN, DURATION_RULE)
]
Duration: TypeAlias = Annotated[
    int, _text(_some_time, DURATION_RULE), _pattern(DURATION_PATTERN, DURATION_RULE)
]
Latency: TypeAlias = Annotated[
    tuple[int, int], _text(parse_interval, INTERVAL_RULE), _pattern(INTERVAL_PATTERN, INTERVAL_RULE)
]
Gap: TypeAlias = Annotated[
    tuple[int, int], _text(_gap, INTERVAL_RULE), _pattern(INTERVAL_PATTERN, INTERVAL_RULE)
]
Rate: TypeAlias = Annotated[int, _text(parse_rate, RATE_RULE), _pattern(RATE_PATTERN, RATE_RULE)]

Size: TypeAlias = Annotated[int, BeforeValidator(_bytes), _size_schema(1, SIZE_RULE)]
PayloadSize: TypeAlias = Annotated[
    int, BeforeValidator(_payload_size), _size_schema(SIZE_MIN, SIZE_RULE)
]
Count: TypeAlias = Annotated[
    int, BeforeValidator(_count), WithJsonSchema({"type": "integer", "minimum": 1})
]

Name: TypeAlias = Annotated[
    str, _text(check_name, NAME_OF_A_NODE), _pattern(NAME_PATTERN, "the name of a node")
]
Names: TypeAlias = Annotated[
    str,
    _text(check_names, NAME_OF_A_NODE),
    _pattern(NAMES_PATTERN, "a node, or a range such as w1..w3"),
]
LinkName: TypeAlias = Annotated[
    str,
    _text(_any, "write two nodes, such as p1-n1"),
    _pattern(LINK_PATTERN, "two nodes, such as p1-n1"),
]

Published: TypeAlias = Annotated[
    str, _text(check_published, "write a subject, such as orders.new"), _SUBJECT_SCHEMA
]
Subscribed: TypeAlias = Annotated[
    str, _text(check_subscribed, 'write a subject, such as "orders.>"'), _SUBJECT_SCHEMA
]
Fragment: TypeAlias = Annotated[
    str, _text(check_literal, 'write text, in quotes if it is a number: "1"'), _SUBJECT_SCHEMA
]
Queue: TypeAlias = Annotated[
    str, _text(check_queue, "write a word, such as workers"), _pattern(r"^\S+$", "a queue group")
]
PlaceholderName: TypeAlias = Annotated[str, _text(_placeholder, "write a name")]
Guarantee: TypeAlias = Annotated[
    str, BeforeValidator(check_guarantee), WithJsonSchema({"enum": list(GUARANTEES)})
]
RandomFault: TypeAlias = Annotated[
    str, BeforeValidator(check_random_fault), WithJsonSchema({"enum": list(RANDOM_FAULTS)})
]
