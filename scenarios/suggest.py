"""What the user may have meant."""

from collections.abc import Sequence
from difflib import get_close_matches

LISTED_MAX = 12


def suggestion(word: str, known: Sequence[str]) -> str:
    """Say which of the known words to write instead.

    known: in the order they should be listed; never empty.

    >>> suggestion("partiton", ["partition", "kill"])
    'did you mean partition?'
    >>> suggestion("fire", ["partition", "kill"])
    'write one of partition, kill'
    """
    near = get_close_matches(word.lower(), known, n=1)
    if near:
        return f"did you mean {near[0]}?"
    if len(known) == 1:
        return f"write {known[0]}"
    return f"write one of {listing(known)}"


def listing(words: Sequence[str]) -> str:
    """Join words by commas; a long list is cut."""
    if len(words) <= LISTED_MAX:
        return ", ".join(words)
    return f"{', '.join(words[:LISTED_MAX])}..."
