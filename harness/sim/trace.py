"""The trace: what the wires of a world carried, and the digests of all that happened.

Laws of the file: the digests cover everything, the trace keeps the newest; both cost little enough
to be always on.
"""

from __future__ import annotations

from array import array
from collections import deque
from hashlib import blake2b
from typing import TYPE_CHECKING

from natsim.record import record

if TYPE_CHECKING:
    from collections.abc import Iterable

TRACE_LINES_MAX = 200_000
_BATCH = 6000


@record
class TraceLine:
    """One thing on a wire.

    kind: burst, fin, rst. name: the stream, `p1>n1:4222#1>`. offset, size: in bytes of the stream.
    at_ns: when it arrives.
    """

    t: int
    kind: str
    name: str
    offset: int
    size: int
    at_ns: int


class Trace:
    """The lines and digests of one run."""

    __slots__ = ("_lines", "_schedule", "_steps", "dropped")

    def __init__(self) -> None:
        self._lines: deque[TraceLine] = deque(maxlen=TRACE_LINES_MAX)
        self.dropped = 0
        self._steps: list[int] = []
        self._schedule = blake2b(digest_size=16)

    def add(self, t: int, kind: str, name: str, offset: int, size: int, at_ns: int) -> None:
        """Note one thing on a wire."""
        if len(self._lines) == TRACE_LINES_MAX:
            self.dropped += 1
        self._lines.append(TraceLine(t, kind, name, offset, size, at_ns))

    def step(self, t: int, node: int, callbacks: int) -> None:
        """Note that a node ran callbacks at an instant."""
        steps = self._steps
        steps += (t, node, callbacks)
        if len(steps) > _BATCH:
            self._fold()

    def lines(self) -> Iterable[TraceLine]:
        """Give the newest lines, oldest first."""
        return self._lines

    def schedule_digest(self) -> str:
        """Digest which node ran how many callbacks when: equal on one Python minor version."""
        self._fold()
        return self._schedule.hexdigest()

    def _fold(self) -> None:
        numbers = array("q", self._steps)
        if numbers.itemsize != 8:  # pragma: no cover
            raise AssertionError("array('q') has no 8 bytes here: digests would differ")
        self._schedule.update(numbers.tobytes())
        self._steps.clear()


def wire_digest(streams: Iterable[tuple[str, bytes]]) -> str:
    """Digest the bytes of all streams, by name."""
    digest = blake2b(digest_size=16)
    for name, stream in streams:
        digest.update(name.encode())
        digest.update(b"\0")
        digest.update(stream)
    return digest.hexdigest()
