"""Which parts of a page there is room for."""

from collections.abc import Sequence


def fitting(parts: Sequence[str], ranks: Sequence[int], bytes_max: int) -> list[int]:
    """Give the indexes of parts that together have at most bytes_max bytes, in their order.

    Parts of a lower rank are taken first, and those of one rank as they come; one that does not
    fit is passed over.

    >>> fitting(["aaaa", "bbb", "c"], [1, 0, 1], 4)
    [1, 2]
    """
    left = bytes_max
    kept: list[int] = []
    for number in sorted(range(len(parts)), key=lambda number: (ranks[number], number)):
        size = len(parts[number].encode())
        if size <= left:
            left -= size
            kept.append(number)
    return sorted(kept)
