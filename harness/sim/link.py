"""A link: the wire between two nodes, and the one place where the fate of a burst is decided.

Laws of the file: `fate` draws by link, direction, connection and byte offset, never by how many
bursts went before; a cut nests, and heals when the last of those who cut it lets go.
"""

from __future__ import annotations

from natsim.harness.entropy import keyed_word


class Direction:
    """One way of a link.

    latency_ns: the shortest and longest delay of a burst.
    """

    __slots__ = ("_cuts", "_latencies", "link", "receiver", "sender")

    def __init__(self, link: str, sender: str, receiver: str, latency_ns: tuple[int, int]) -> None:
        self.link = link
        self.sender = sender
        self.receiver = receiver
        self._latencies = [latency_ns]
        self._cuts = 0

    @property
    def is_cut(self) -> bool:
        """Whether nothing passes."""
        return self._cuts > 0

    @property
    def latency_ns(self) -> tuple[int, int]:
        """The shortest and longest delay in force: that of the fault that began last."""
        return self._latencies[-1]

    def fate(self, key: bytes, offset: int, attempt: int, now_ns: int) -> int | None:
        """Decide what becomes of a burst: the time it arrives, or None when it is lost.

        key: of the connection and direction, from `source_key`. offset: of the burst's first byte.
        attempt: 0, then one more each time the same bytes are sent again.
        """
        if self._cuts:
            return None
        low, high = self._latencies[-1]
        if low == high:
            return now_ns + low
        word = keyed_word(key, offset, attempt)
        return now_ns + low + ((word * (high - low + 1)) >> 64)

    def cut(self) -> None:
        """Let nothing pass."""
        self._cuts += 1

    def heal(self) -> None:
        """Undo one cut."""
        if not self._cuts:
            raise ValueError(f"the link {self.sender} to {self.receiver} is not cut")
        self._cuts -= 1

    def slow(self, latency_ns: tuple[int, int]) -> None:
        """Take another latency."""
        self._latencies.append(latency_ns)

    def unslow(self, latency_ns: tuple[int, int]) -> None:
        """Undo the last `slow` with this latency."""
        for index in range(len(self._latencies) - 1, 0, -1):
            if self._latencies[index] == latency_ns:
                del self._latencies[index]
                return
        raise ValueError(
            f"the link {self.sender} to {self.receiver} was not slowed to {latency_ns}"
        )
