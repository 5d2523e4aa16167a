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

from .subject import STAR, TAIL, is_valid_pattern

if TYPE_CHECKING:
    from natsim.broker.now import Draw

Tokens: TypeAlias = Sequence[bytes]
Piece: TypeAlias = "Callable[[Tokens, Draw], bytes]"
"""Gives what stands for one token of the destination."""

_INT32_MAX = 2**31 - 1
_FNV_OFFSET, _FNV_PRIME = 0x811C9DC5, 0x01000193
_FUNCTION = re.compile(rb"\{\{\s*(\w+)\s*\((.*)\)\s*\}\}")
_COMMA = re.compile(rb",\s*")
_INTEGER = re.compile(rb"[+-]?[0-9]{1,18}")
_WILDCARD = b"wildcard"


class MappingError(ValueError):
    """Subjects of a source cannot be rewritten so. token: of the destination."""

    def __init__(self, token: bytes) -> None:
        super().__init__(f"invalid mapping destination: {token.decode(errors='replace')}")
        self.token = token


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
    return _read(source, destination, draw, _read_functions)


def read_import_transform(source: bytes, destination: bytes, draw: Draw) -> Transform:
    """Read a transform with a way back, which uses each wildcard of its source.

    Raises MappingError.
    """
    return _read(source, destination, draw, _read_wildcards)


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
    name, arguments = _call(token)
    return name == _WILDCARD and len(arguments) == 1 and arguments[0] != b""


def _read(
    source: bytes,
    destination: bytes,
    draw: Draw,
    read_pieces: Callable[[Tokens, Tokens], list[Piece]],
) -> Transform:
    tokens, wanted = source.split(b"."), destination.split(b".")
    has_tail = tokens[-1] == TAIL
    if not (is_valid_pattern(source) and is_valid_pattern(destination)) or STAR in wanted:
        raise MappingError(destination)
    if has_tail != (wanted[-1] == TAIL):
        raise MappingError(destination)
    pieces = read_pieces(tokens, wanted[:-1] if has_tail else wanted)
    return Transform(tokens, wanted, pieces, draw)


def _read_functions(source: Tokens, destination: Tokens) -> list[Piece]:
    places = [place for place, token in enumerate(source) if token == STAR]
    if places or source[-1] == TAIL:
        return [_piece(token, places) for token in destination]
    # Nothing of the source varies, so only what needs no wildcard makes sense.
    for token in destination:
        name, _ = _call(token)
        if _index(token) is not None or name not in (b"", b"partition", b"random"):
            raise MappingError(token)
    return [_piece(token, places, is_literal_source=True) for token in destination]


def _read_wildcards(source: Tokens, destination: Tokens) -> list[Piece]:
    places = [place for place, token in enumerate(source) if token == STAR]
    used = 0
    for token in destination:
        name, _ = _call(token)
        if name not in (b"", _WILDCARD):
            raise MappingError(token)
        used += _index(token) is not None or name == _WILDCARD
    if used < len(places):
        raise MappingError(b".".join(destination))
    return [_piece(token, places) for token in destination]


def _piece(token: bytes, places: Sequence[int], *, is_literal_source: bool = False) -> Piece:
    index = _index(token)
    if index is not None:
        return partial(_wildcard, _place(token, index, places))
    name, arguments = _call(token)
    if not name:
        return partial(_literal, token)
    if name == _WILDCARD:
        [index] = _integers(token, arguments, 1, 1)
        return partial(_wildcard, _place(token, index, places))
    if name == b"partition":
        count, *indexes = _integers(token, arguments, 1, len(arguments))
        chosen = [] if is_literal_source else [_place(token, each, places) for each in indexes]
        return partial(_partition, count, chosen)
    if name == b"random":
        [count] = _integers(token, arguments, 1, 1)
        return partial(_random, count)
    if name == b"split":
        return _split_piece(token, arguments, places)
    cut = _CUTS.get(name)
    if cut is None:
        raise MappingError(token)
    index, size = _integers(token, arguments, 2, 2)
    return partial(cut, _place(token, index, places), size)


def _split_piece(token: bytes, arguments: Tokens, places: Sequence[int]) -> Piece:
    if len(arguments) != 2 or b" " in arguments[1]:
        raise MappingError(token)
    [index] = _integers(token, arguments[:1], 1, 1)
    return partial(_split, _place(token, index, places), arguments[1])


def _call(token: bytes) -> tuple[bytes, Tokens]:
    """Take a function call apart; the name is empty if it is none."""
    if len(token) <= 4 or not (token.startswith(b"{{") and token.endswith(b"}}")):
        return b"", ()
    found = _FUNCTION.search(token)
    if found is None:
        raise MappingError(token)
    return found.group(1).lower(), _COMMA.split(found.group(2))


def _index(token: bytes) -> int | None:
    """Give the number of a token like $1, None for any other."""
    if token[:1] == b"$" and _INTEGER.fullmatch(token[1:]):
        return int(token[1:])
    return None


def _place(token: bytes, index: int, places: Sequence[int]) -> int:
    if index > len(places):
        raise MappingError(token)
    return places[index - 1] if index > 0 else 0


def _integers(token: bytes, arguments: Tokens, least: int, most: int) -> list[int]:
    texts = [argument.strip(b" ") for argument in arguments]
    numbers = [int(text) for text in texts if _INTEGER.fullmatch(text)]
    if not least <= len(numbers) == len(texts) <= most or max(numbers) > _INT32_MAX:
        raise MappingError(token)
    return numbers


def _literal(text: bytes, _: Tokens, __: Draw) -> bytes:
    return text


def _wildcard(place: int, tokens: Tokens, _: Draw) -> bytes:
    return tokens[place] if place < len(tokens) else b""


def _partition(count: int, places: Sequence[int], tokens: Tokens, _: Draw) -> bytes:
    key = b"".join(tokens[place] for place in places) if places else b".".join(tokens)
    value = _FNV_OFFSET
    for byte in key:
        value = (value ^ byte) * _FNV_PRIME & 0xFFFFFFFF
    return b"%d" % (value % (count & 0xFFFFFFFF) if count else 0)


def _random(count: int, _: Tokens, draw: Draw) -> bytes:
    return b"%d" % (draw(count) if count > 0 else 0)


def _split(place: int, delimiter: bytes, tokens: Tokens, _: Draw) -> bytes:
    token = tokens[place]
    parts = token.split(delimiter) if delimiter else [bytes([byte]) for byte in token]
    made = parts[0]
    for number, part in enumerate(parts[1:]):
        # Of several delimiters in a row one counts; of one at the very start, none.
        if part and (number > 0 or parts[0]):
            made += b"."
        made += part
    return made


def _split_from_left(place: int, size: int, tokens: Tokens, _: Draw) -> bytes:
    token = tokens[place]
    return token[:size] + b"." + token[size:] if 0 < size < len(token) else token


def _split_from_right(place: int, size: int, tokens: Tokens, _: Draw) -> bytes:
    token = tokens[place]
    return token[:-size] + b"." + token[-size:] if 0 < size < len(token) else token


def _slice_from_left(place: int, size: int, tokens: Tokens, _: Draw) -> bytes:
    token = tokens[place]
    if not 0 < size < len(token):
        return token
    return b".".join(token[start : start + size] for start in range(0, len(token), size))


def _slice_from_right(place: int, size: int, tokens: Tokens, _: Draw) -> bytes:
    token = tokens[place]
    if not 0 < size < len(token):
        return token
    rest = len(token) % size
    parts = [token[start : start + size] for start in range(rest, len(token), size)]
    return b".".join([token[:rest], *parts] if rest else parts)


def _left(place: int, size: int, tokens: Tokens, _: Draw) -> bytes:
    token = tokens[place]
    return token[:size] if 0 < size < len(token) else token


def _right(place: int, size: int, tokens: Tokens, _: Draw) -> bytes:
    token = tokens[place]
    return token[-size:] if 0 < size < len(token) else token


_CUTS: dict[bytes, Callable[[int, int, Tokens, Draw], bytes]] = {
    b"splitfromleft": _split_from_left,
    b"splitfromright": _split_from_right,
    b"slicefromleft": _slice_from_left,
    b"slicefromright": _slice_from_right,
    b"left": _left,
    b"right": _right,
}
