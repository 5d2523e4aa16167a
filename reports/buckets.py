"""Buckets of time: how dense the messages of each lane were."""

from .document import Density
from .limits import BUCKETS


class Buckets:
    """The division of a run into BUCKETS equal parts.

    width_ns: of one bucket. A time beyond the last bucket counts in the last.
    """

    __slots__ = ("width_ns",)

    def __init__(self, end_ns: int) -> None:
        self.width_ns = end_ns // BUCKETS + 1

    def index(self, t: int) -> int:
        """Give the number of the bucket that t lies in."""
        return min(t // self.width_ns, BUCKETS - 1)


class Row:
    """The counts of one lane, bucket by bucket."""

    __slots__ = ("delivered", "published", "unreached")

    def __init__(self) -> None:
        self.published = [0] * BUCKETS
        self.delivered = [0] * BUCKETS
        self.unreached = [0] * BUCKETS

    def density(self) -> Density:
        """Give the counts as a value."""
        return Density(
            published=tuple(self.published),
            delivered=tuple(self.delivered),
            unreached=tuple(self.unreached),
        )
