"""Spans of time and what lies in them; a span is a pair (begin, end), both included."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Give the spans in order, those that touch or overlap as one.

    >>> merged([(5, 9), (1, 3), (2, 4)])
    [(1, 4), (5, 9)]
    """
    result: list[Span] = []
    for begin, end in sorted(spans):
        if result and begin <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((begin, end))
    return result


def count_within(times: Sequence[int], spans: Iterable[Span]) -> int:
    """Count the times, which are sorted, that lie in any of the spans."""
    return sum(bisect_right(times, end) - bisect_left(times, begin) for begin, end in merged(spans))
