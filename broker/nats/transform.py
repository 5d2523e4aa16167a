"""Transforms: how a subject that a pattern matches is rewritten, by the tokens of a destination.

A destination's token stands for itself, for what a wildcard of the source matched (`$1`, or
`{{wildcard(1)}}`), or for what a mapping function makes of it.

Source: docs.nats.io, subject mapping; edges as nats-server 2.15.1 was seen to treat them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from natsim.record import record

from .mapping_functions import CUTS, literal, partition, random, split, wildcard
from .subject import STAR, TAIL, is_valid_pattern

if TYPE_CHECKING:
    from natsim.broker.now import Draw

    from .mapping_functions import Tokens

Piece: TypeAlias = "Callable[[Tokens, Draw], bytes]"
"""Gives what stands for one token of the destination."""

_INT32_MAX = 2**31 - 1
_FUNCTION = re.compile(rb"\{\{\s*(\w+)\s*\((.*)\)\s*\}\}")
_WHITE = frozenset(b"\t\n\f\r ")
_COMMA = re.compile(rb",\s*")
_INTEGER = re.compile(rb"[+-]?[0-9]{1,18}")
_WILDCARD = b"wildcard"
_WITHOUT_WILDCARD = (b"", b"partition", b"random")
_BEFORE = "invalid mapping destination: "
_NOT_ENOUGH = "not enough arguments passed to the function"
_TOO_MANY = "too many arguments passed to the function"
_INVALID = "function argument is invalid or in the wrong format"
_OUT_OF_RANGE = "wildcard index out of range"
_UNKNOWN = "unknown function"
_ONLY_WILDCARD = "the only mapping function allowed for import transforms is {{Wildcard()}}"


class MappingError(ValueError):
    """Subjects of a source cannot be rewritten so; str() is what nats-server says of it."""


@record
class _Token:
    """A token of a destination. function: empty for a token that is written as it is.

    indexes: the wildcards of the source it takes, from 1. number: the function's other one.
    """

    text: bytes
    function: bytes = b""
    indexes: Sequence[int] = ()
    number: int = 0
    delimiter: bytes = b""


class Transform:
    """A source pattern, and what becomes of the subjects it matches."""

    __slots__ = ("_destination", "_draw", "_pieces", "_source", "_tail_at")

    def __init__(
        self, source: Tokens, destination: Tokens, pieces: Sequence[Piece], draw: Draw
    ) -> None:
        self._source = source
        self._destination = destination
        self._draw = draw
        self._pieces = pieces
        # What a tail of the source matched is taken over as it is.
        self._tail_at = len(source) - 1 if destination[-1] == TAIL else None

    def apply(self, subject: bytes) -> bytes:
        """Rewrite a subject, or a pattern, that the source matches."""
        tokens = subject.split(b".")
        made = [piece(tokens, self._draw) for piece in self._pieces]
        if self._tail_at is not None:
            made += tokens[self._tail_at :]
        return b".".join(made)

    def reverse(self) -> Transform:
        """Give the way back. Raises MappingError where there is none."""
        source, wildcards = untokenized(b".".join(self._destination))
        left = iter(wildcards)
        destination = [next(left, STAR) if token == STAR else token for token in self._source]
        return read_import_transform(source, b".".join(destination), self._draw)


def read_transform(source: bytes, destination: bytes, draw: Draw) -> Transform:
    """Read a transform that may use every mapping function.

    draw: for random(). Raises MappingError.
    """
    return _read(source, destination, draw, _fit_functions)


def read_import_transform(source: bytes, destination: bytes, draw: Draw) -> Transform:
    """Read a transform with a way back, which uses each wildcard of its source.

    Raises MappingError.
    """
    return _read(source, destination, draw, _fit_wildcards)


def check_publication(destination: bytes) -> None:
    """Check what is asked of the destination of a mapping, whatever its source is.

    Raises MappingError.
    """
    tokens = destination.split(b".")
    for token in tokens:
        if not token or not (token.startswith(b"{{") or _WHITE.isdisjoint(token)):
            raise MappingError(f"{_BEFORE}invalid transform")
        _token(token)
    if TAIL in tokens[:-1]:
        raise MappingError(f"{_BEFORE}invalid transform")


def tokenized(pattern: bytes) -> bytes:
    """Give the wildcards of a pattern their numbers.

    >>> tokenized(b"a.*.b.*")
    b'a.$1.b.$2'
    """
    count = 0
    tokens: list[bytes] = []
    for token in pattern.split(b"."):
        if token == STAR:
            count += 1
            tokens.append(b"$%d" % count)
        else:
            tokens.append(token)
    return b".".join(tokens)


def untokenized(destination: bytes) -> tuple[bytes, list[bytes]]:
    """Give the pattern that a destination's subjects match, and what stands for its wildcards.

    >>> untokenized(b"a.$2.{{wildcard(1)}}")
    (b'a.*.*', [b'$2', b'{{wildcard(1)}}'])
    """
    tokens = destination.split(b".")
    wildcards = [token for token in tokens if _is_wildcard(token)]
    return b".".join(STAR if _is_wildcard(token) else token for token in tokens), wildcards


def _is_wildcard(token: bytes) -> bool:
    if token[:1] == b"$":
        return token[1:2].isdigit() and token[1:2] != b"0"
    name, arguments = _call(token) or (b"", ())
    return name == _WILDCARD and len(arguments) == 1 and arguments[0] != b""


def _read(
    source: bytes,
    destination: bytes,
    draw: Draw,
    fit: Callable[[Tokens, Tokens], Sequence[_Token]],
) -> Transform:
    tokens, wanted = source.split(b"."), destination.split(b".")
    has_tail = tokens[-1] == TAIL
    if (
        not (is_valid_pattern(source) and is_valid_pattern(destination))
        or STAR in wanted
        or has_tail != (wanted[-1] == TAIL)
    ):
        raise MappingError("invalid subject")
    places = [place for place, token in enumerate(tokens) if token == STAR]
    pieces = [_piece(token, places) for token in fit(tokens, wanted)]
    return Transform(tokens, wanted, pieces[:-1] if has_tail else pieces, draw)


def _fit_functions(source: Tokens, destination: Tokens) -> Sequence[_Token]:
    if STAR in source or source[-1] == TAIL:
        return [_within(source.count(STAR), _token(text)) for text in destination]
    # Nothing of the source varies, so only what needs no wildcard makes sense.
    found: list[_Token] = []
    for text in destination:
        token = _token(text)
        if token.function not in _WITHOUT_WILDCARD:
            raise _wrong(_OUT_OF_RANGE, text)
        found.append(_Token(text, token.function, number=token.number))
    return found


def _fit_wildcards(source: Tokens, destination: Tokens) -> Sequence[_Token]:
    count = source.count(STAR)
    found: list[_Token] = []
    for text in destination:
        token = _token(text)
        if token.function not in (b"", _WILDCARD):
            raise _wrong(_ONLY_WILDCARD, text)
        found.append(_within(count, token))
    if sum(len(token.indexes) for token in found) < count:
        raise _wrong("not using all of the token wildcard(s)", b".".join(destination))
    return found


def _within(count: int, token: _Token) -> _Token:
    for index in token.indexes:
        if index > count:
            raise _wrong(_OUT_OF_RANGE, token.text + b": [%d]" % index)
    return token


def _token(text: bytes) -> _Token:
    if text[:1] == b"$" and _INTEGER.fullmatch(text[1:]):
        return _Token(text, _WILDCARD, [int(text[1:])])
    call = _call(text)
    if call is None:
        return _Token(text)
    return _function(text, *call)


def _function(text: bytes, name: bytes, given: Sequence[bytes]) -> _Token:
    if name == _WILDCARD:
        if given == [b""]:
            raise _wrong(_NOT_ENOUGH, text)
        if len(given) > 1:
            raise _wrong(_TOO_MANY, text)
        return _Token(text, name, [_integer(given[0], text)])
    if name == b"partition":
        count, *indexes = (_integer(each, text) for each in given)
        return _Token(text, name, indexes, count)
    if name == b"random":
        if len(given) != 1:
            raise _wrong(_NOT_ENOUGH, text)
        return _Token(text, name, number=_integer(given[0], text))
    if name != b"split" and name not in CUTS:
        raise _wrong(_UNKNOWN, text)
    if len(given) != 2:
        raise _wrong(_NOT_ENOUGH if len(given) < 2 else _TOO_MANY, text)
    index, last = given
    if name != b"split":
        return _Token(text, name, [_integer(index, text)], _integer(last, text))
    if b" " in last:
        raise _wrong(_INVALID, text)
    return _Token(text, name, [_integer(index, text)], delimiter=last)


def _call(token: bytes) -> tuple[bytes, Sequence[bytes]] | None:
    """Take a function call apart, None if it is none; its name is empty if it has no form."""
    if len(token) <= len(b"{{}}") or not (token.startswith(b"{{") and token.endswith(b"}}")):
        return None
    found = _FUNCTION.search(token)
    return (b"", ()) if found is None else (found[1].lower(), _COMMA.split(found[2]))


def _integer(text: bytes, token: bytes) -> int:
    bare = text.strip(b" ")
    if not _INTEGER.fullmatch(bare) or int(bare) > _INT32_MAX:
        raise _wrong(_INVALID, token)
    return int(bare)


def _wrong(what: str, token: bytes) -> MappingError:
    return MappingError(f"{_BEFORE}{what} in {token.decode('utf-8', 'surrogateescape')}")


def _piece(token: _Token, wildcards: Sequence[int]) -> Piece:
    places = [wildcards[index - 1] if index > 0 else 0 for index in token.indexes]
    match token.function:
        case b"":
            return partial(literal, token.text)
        case b"wildcard":
            return partial(wildcard, places[0])
        case b"partition":
            return partial(partition, token.number, places)
        case b"random":
            return partial(random, token.number)
        case b"split":
            return partial(split, places[0], token.delimiter)
        case function:
            return partial(CUTS[function], places[0], token.number)
