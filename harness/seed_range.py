"""A range of seeds, as people write it: `0..199`."""

from __future__ import annotations

SEED_MAX = 2**63 - 1
SEEDS_MAX = 10_000_000


def parse_seeds(text: str) -> range:
    """Read `A..B`, both included. Raises ValueError with what to write instead.

    >>> parse_seeds("3..5")
    range(3, 6)
    """
    first, dots, last = text.partition("..")
    if not (dots and first.isdecimal() and last.isdecimal()):
        raise ValueError(f"seeds are {text!r}; write the first and the last, as in 0..199")
    low, high = int(first), int(last)
    if low > high:
        raise ValueError(
            f"seeds are {text!r}; the first must not be above the last: {last}..{first}"
        )
    if high > SEED_MAX:
        raise ValueError(f"the seed {last} is too large; the largest is {SEED_MAX}")
    if high - low >= SEEDS_MAX:
        raise ValueError(f"{text} is {high - low + 1:,} seeds; play at most {SEEDS_MAX:,} at once")
    return range(low, high + 1)
