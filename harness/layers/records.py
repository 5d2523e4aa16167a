"""Where TLS records begin and end in a stream of bytes."""

from __future__ import annotations

_HEADER_BYTES = 5


class Records:
    """Follows the records of one direction, from their headers alone.

    first: the header of the first one, empty until it is here.
    """

    __slots__ = ("_header", "_missing", "first")

    def __init__(self) -> None:
        self.first = b""
        self._header = b""
        self._missing = 0

    @property
    def is_inside(self) -> bool:
        """Whether a record has begun and not ended."""
        return bool(self._header or self._missing)

    def follow(self, data: bytes) -> None:
        """Go on by some bytes, cut anywhere."""
        at, end = 0, len(data)
        while at < end:
            if self._missing:
                step = min(self._missing, end - at)
                self._missing -= step
                at += step
                continue
            step = _HEADER_BYTES - len(self._header)
            self._header += data[at : at + step]
            at += step
            if len(self._header) == _HEADER_BYTES:
                self.first = self.first or self._header
                self._missing = int.from_bytes(self._header[3:], "big")
                self._header = b""
