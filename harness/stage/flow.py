"""What may pass one way between a client and a server, now: the state that faults change.

Laws of the file: cuts and latencies nest as on the simulated link; the bytes that passed are
counted where they are written, so that a cut which leaks is seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from natsim.harness.entropy import Source

SECOND_NS = 1_000_000_000


class Flow:
    """One way of the wire between one client and one server.

    name: `p1>n1`, who sends and who receives. latency_ns: shortest and longest delay of a chunk.
    source: draws the delays. passed_bytes: written to the receiver since the start.
    """

    __slots__ = ("_cuts", "_latencies", "_passed_at_cut", "_source", "name", "passed_bytes")

    def __init__(self, name: str, latency_ns: tuple[int, int], source: Source) -> None:
        self.name = name
        self.passed_bytes = 0
        self._latencies = [latency_ns]
        self._source = source
        self._cuts = 0
        self._passed_at_cut = 0

    @property
    def is_cut(self) -> bool:
        """Whether nothing passes."""
        return self._cuts > 0

    @property
    def leaked_bytes(self) -> int:
        """How much passed since the cut that should hold all back; 0 while there is none."""
        return self.passed_bytes - self._passed_at_cut if self._cuts else 0

    @property
    def latency_ns(self) -> tuple[int, int]:
        """The shortest and longest delay in force: that of the fault that began last."""
        return self._latencies[-1]

    def draw_delay_s(self) -> float:
        """Draw how long the next chunk takes."""
        low, high = self._latencies[-1]
        delay_ns = low if low == high else self._source.between(low, high)
        return delay_ns / SECOND_NS

    def cut(self) -> None:
        """Let nothing pass."""
        if not self._cuts:
            self._passed_at_cut = self.passed_bytes
        self._cuts += 1

    def heal(self) -> None:
        """Undo one cut. Raises ValueError when there is none."""
        if not self._cuts:
            raise ValueError(f"{self.name} is not cut")
        self._cuts -= 1

    def slow(self, latency_ns: tuple[int, int]) -> None:
        """Take another latency."""
        self._latencies.append(latency_ns)

    def unslow(self, latency_ns: tuple[int, int]) -> None:
        """Undo the last `slow` with this latency. Raises ValueError when there is none."""
        for index in range(len(self._latencies) - 1, 0, -1):
            if self._latencies[index] == latency_ns:
                del self._latencies[index]
                return
        raise ValueError(f"{self.name} was not slowed to {latency_ns}")
