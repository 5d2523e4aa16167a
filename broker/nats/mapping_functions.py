"""Mapping functions: what each gives for one token of a destination.

place, places: where the wildcards that it takes stand among the tokens of a subject.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from natsim.broker.now import Draw

Tokens: TypeAlias = Sequence[bytes]

_FNV_OFFSET, _FNV_PRIME = 0x811C9DC5, 0x01000193


def literal(text: bytes, _: Tokens, __: Draw) -> bytes:
    """Give a token that stands for itself."""
    return text


def wildcard(place: int, tokens: Tokens, _: Draw) -> bytes:
    """Give what a wildcard matched."""
    return tokens[place] if place < len(tokens) else b""


def partition(count: int, places: Sequence[int], tokens: Tokens, _: Draw) -> bytes:
    """Give a number below count, the same for the same tokens: all of them without places."""
    key = b"".join(tokens[place] for place in places) if places else b".".join(tokens)
    value = _FNV_OFFSET
    for byte in key:
        value = (value ^ byte) * _FNV_PRIME & 0xFFFFFFFF
    return b"%d" % (value % (count & 0xFFFFFFFF) if count else 0)


def random(count: int, _: Tokens, draw: Draw) -> bytes:
    """Give a number below count by chance."""
    return b"%d" % (draw(count) if count > 0 else 0)


def split(place: int, delimiter: bytes, tokens: Tokens, _: Draw) -> bytes:
    """Cut a token at each delimiter."""
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


CUTS: dict[bytes, Callable[[int, int, Tokens, Draw], bytes]] = {
    b"splitfromleft": _split_from_left,
    b"splitfromright": _split_from_right,
    b"slicefromleft": _slice_from_left,
    b"slicefromright": _slice_from_right,
    b"left": _left,
    b"right": _right,
}
