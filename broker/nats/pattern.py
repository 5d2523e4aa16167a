"""How two patterns relate, token by token."""

from collections.abc import Sequence

from .subject import STAR, TAIL


def is_subset(inner: Sequence[bytes], outer: Sequence[bytes]) -> bool:
    """Tell whether everything that one pattern reaches is reached by the other too.

    >>> is_subset([b"a", b"*"], [b"a", b">"]), is_subset([b"a", b">"], [b"a", b"*"])
    (True, False)
    """
    for place, token in enumerate(outer):
        if place >= len(inner):
            return False
        if token == TAIL:
            return True
        if inner[place] == TAIL or token not in (STAR, inner[place]):
            return False
    return len(inner) == len(outer)


def do_overlap(one: Sequence[bytes], other: Sequence[bytes]) -> bool:
    """Tell whether some subject is reached by both patterns.

    >>> do_overlap([b"a", b"*"], [b"*", b"b"]), do_overlap([b"a"], [b"a", b">"])
    (True, False)
    """
    for mine, its in zip(one, other, strict=False):
        if TAIL in (mine, its):
            return True
        if STAR not in (mine, its) and mine != its:
            return False
    return len(one) == len(other)
