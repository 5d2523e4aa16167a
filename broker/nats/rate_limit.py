"""How many connections may begin TLS in a second (`connection_rate_limit`)."""

from natsim.broker.now import SECOND_NS


class RateLimit:
    """Counts in windows of a second; a window begins with the first that comes after the last one.

    is_first_refusal: the last answer was the first no of its window.
    """

    __slots__ = ("_count", "_end_ns", "is_first_refusal")

    def __init__(self) -> None:
        self._count = 0
        self._end_ns = -1
        self.is_first_refusal = False

    def allows(self, limit: int, now_ns: int) -> bool:
        """Count one more; tell if it is within the limit."""
        if now_ns > self._end_ns:
            self._count = 0
            self._end_ns = now_ns + SECOND_NS
        else:
            self._count += 1
        self.is_first_refusal = self._count == limit
        return self._count < limit
