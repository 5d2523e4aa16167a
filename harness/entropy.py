"""Named sources of draws: the only entropy of a run.

Laws of the file: a draw depends on the seed, the source's name and how many draws that source gave
before (or on a key given with it), never on what other sources did. So one more message on one link
moves nothing on another.
"""

from hashlib import blake2b
from struct import Struct

_WORDS = Struct("<8Q")
_WORD_COUNT = 8


class Source:
    """A named, counter-based sequence of draws.

    seed: of the run, any int. name: what is drawn for, for example `n1/broker`.
    Two sources of equal seed and name give equal draws.
    """

    __slots__ = ("_block", "_count", "_key", "_words")

    def __init__(self, seed: int, name: str) -> None:
        self._key = _key(seed, name)
        self._block = 0
        self._words: tuple[int, ...] = ()
        self._count = _WORD_COUNT

    def below(self, n: int) -> int:
        """Draw an int in [0, n); n is 1 or more, and below 2**64.

        The bias is below n / 2**64: nothing a run could show.
        """
        return (self.word() * n) >> 64

    def between(self, low: int, high: int) -> int:
        """Draw an int in [low, high], both included."""
        if low > high:
            raise ValueError(f"the interval {low}..{high} is empty")
        return low + self.below(high - low + 1)

    def word(self) -> int:
        """Draw 64 bits."""
        if self._count == _WORD_COUNT:
            digest = blake2b(self._block.to_bytes(8, "little"), key=self._key).digest()
            self._words = _WORDS.unpack(digest)
            self._block += 1
            self._count = 0
        word = self._words[self._count]
        self._count += 1
        return word

    def octets(self, n: int) -> bytes:
        """Draw n bytes."""
        words = b"".join(self.word().to_bytes(8, "little") for _ in range((n + 7) // 8))
        return words[:n]


def keyed_word(key: bytes, *numbers: int) -> int:
    """Draw 64 bits for a key and numbers below 2**64, without a sequence.

    For draws that must not depend on how many came before: the fate of a burst is keyed by its
    link, connection and byte offset. key: from `source_key`.
    """
    text = b"".join(number.to_bytes(8, "little") for number in numbers)
    return int.from_bytes(blake2b(text, key=key, digest_size=8).digest(), "little")


def source_key(seed: int, name: str) -> bytes:
    """Make the key of `keyed_word` for a named source."""
    return _key(seed, name)


def _key(seed: int, name: str) -> bytes:
    return blake2b(f"{seed}/{name}".encode(), digest_size=32, person=b"natsim.source").digest()
