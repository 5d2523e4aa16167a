"""Which destinations a mapping from one pattern to another may have.

Only whether a mapping is right is told here; the mapping itself is the broker's work.
"""

import re
from dataclasses import dataclass
from enum import Enum

from .subject import is_subject

_BEFORE = "invalid mapping destination: "
_CALL = re.compile(r"\{\{\s*(\w+)\s*\((.*)\)\s*\}\}")
_NUMBER = re.compile(r" *[+-]?[0-9]{1,18} *", re.ASCII)
_MOST = 2**31 - 1
_BY_INDEX_AND_NUMBER = (
    "splitfromleft",
    "splitfromright",
    "slicefromleft",
    "slicefromright",
)
_INVALID_SUBJECT = "invalid subject"
_NOT_ENOUGH = "not enough arguments passed to the function"
_TOO_MANY = "too many arguments passed to the function"
_INVALID = "function argument is invalid or in the wrong format"
_OUT_OF_RANGE = "wildcard index out of range"
_UNKNOWN = "unknown function"
_ONLY_WILDCARD = "the only mapping function allowed for import transforms is {{Wildcard()}}"


class TransformError(ValueError):
    """A destination does not fit its source; str() is what nats-server says of it."""


class _Kind(Enum):
    """What a token of a destination is."""

    PLAIN = "written as it is"
    WILDCARD = "a wildcard of the source"
    ANYWHERE = "a function that needs no wildcard"
    DERIVED = "a function of a wildcard"


@dataclass(frozen=True, slots=True)
class _Token:
    """A token of a destination. indexes: the wildcards of the source it takes, from 1."""

    kind: _Kind
    indexes: tuple[int, ...] = ()


def check_mapping(source: str, destination: str) -> None:
    """Check a mapping of publications. Raises TransformError."""
    for token in destination.split("."):
        if not token or any(char in "\t\n\f\r " for char in token if not token.startswith("{{")):
            raise TransformError(f"{_BEFORE}invalid transform")
        _read(token)
    if ">" in destination.split(".")[:-1]:
        raise TransformError(f"{_BEFORE}invalid transform")
    _check(source, destination, is_reversible=False)


def check_reversible(source: str, destination: str) -> None:
    """Check a mapping of an import, which must use each wildcard. Raises TransformError."""
    _check(source, destination, is_reversible=True)


def check_unmapped(source: str) -> None:
    """Check that publications may stay where they are. Raises TransformError."""
    _check(source, with_indexes(source), is_reversible=False)


def with_indexes(pattern: str) -> str:
    """Put numbers for the wildcards of a pattern: `a.*.*` becomes `a.$1.$2`."""
    tokens: list[str] = []
    count = 0
    for token in pattern.split("."):
        count += token == "*"
        tokens.append(f"${count}" if token == "*" else token)
    return ".".join(tokens)


def without_indexes(pattern: str) -> str:
    """Put a wildcard where a number was: `a.$2` becomes `a.*`."""
    return ".".join(
        "*" if _read(token).kind is _Kind.WILDCARD else token for token in pattern.split(".")
    )


def _check(source: str, destination: str, *, is_reversible: bool) -> None:
    wildcards = source.split(".").count("*")
    ends_open = source.split(".")[-1] == ">"
    tokens = destination.split(".")
    if (
        not is_subject(source)
        or not is_subject(destination)
        or "*" in tokens
        or ends_open != (tokens[-1] == ">")
    ):
        raise TransformError(_INVALID_SUBJECT)
    used = 0
    for token in tokens:
        found = _read(token)
        if wildcards == 0 and not ends_open:
            if found.kind in (_Kind.WILDCARD, _Kind.DERIVED):
                raise _wrong(_OUT_OF_RANGE, token)
            continue
        if is_reversible and found.kind in (_Kind.ANYWHERE, _Kind.DERIVED):
            raise _wrong(_ONLY_WILDCARD, token)
        for index in found.indexes:
            if index > wildcards:
                raise _wrong(_OUT_OF_RANGE, f"{token}: [{index}]")
        used += len(found.indexes)
    if is_reversible and used < wildcards:
        raise _wrong("not using all of the token wildcard(s)", destination)


def _read(token: str) -> _Token:
    if token.startswith("$") and _NUMBER.fullmatch(token[1:]) and " " not in token:
        return _Token(_Kind.WILDCARD, (int(token[1:]),))
    if len(token) <= len("{{}}") or not (token.startswith("{{") and token.endswith("}}")):
        return _Token(_Kind.PLAIN)
    call = _CALL.fullmatch(token)
    if call is None:
        raise _wrong(_UNKNOWN, token)
    return _function(token, call[1].lower(), re.split(r",\s*", call[2]))


def _function(token: str, name: str, given: list[str]) -> _Token:
    match name:
        case "wildcard":
            if given == [""]:
                raise _wrong(_NOT_ENOUGH, token)
            if len(given) > 1:
                raise _wrong(_TOO_MANY, token)
            return _Token(_Kind.WILDCARD, (_number(given[0], token),))
        case "partition":
            return _Token(_Kind.ANYWHERE, tuple(_number(one, token) for one in given)[1:])
        case "random":
            if len(given) != 1:
                raise _wrong(_NOT_ENOUGH, token)
            _number(given[0], token)
            return _Token(_Kind.ANYWHERE)
        case "split":
            _check_count(given, token)
            if " " in given[1] or "." in given[1]:
                raise _wrong(_INVALID, token)
            return _Token(_Kind.DERIVED, (_number(given[0], token),))
        case _ if name in _BY_INDEX_AND_NUMBER:
            _check_count(given, token)
            _number(given[1], token)
            return _Token(_Kind.DERIVED, (_number(given[0], token),))
        case _:
            raise _wrong(_UNKNOWN, token)


def _check_count(given: list[str], token: str) -> None:
    wanted = len(("index", "number"))
    if len(given) < wanted:
        raise _wrong(_NOT_ENOUGH, token)
    if len(given) > wanted:
        raise _wrong(_TOO_MANY, token)


def _number(given: str, token: str) -> int:
    if not _NUMBER.fullmatch(given) or int(given) > _MOST:
        raise _wrong(_INVALID, token)
    return int(given)


def _wrong(what: str, token: str) -> TransformError:
    return TransformError(f"{_BEFORE}{what} in {token}")
