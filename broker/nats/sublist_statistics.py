"""What a sublist tells of itself, as `/subsz` of nats-server reports it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.record import record

if TYPE_CHECKING:
    from collections.abc import Iterable


@record
class SublistStatistics:
    """Counts of one sublist, or of several together.

    num_cache: matches remembered. num_inserts, num_removes, num_matches: since the start.
    num_hits: of num_matches, those that were remembered.
    max_fanout, total_fanout: over the remembered matches, a queue group counting as one.
    """

    num_subscriptions: int
    num_cache: int
    num_inserts: int
    num_removes: int
    num_matches: int
    num_hits: int
    max_fanout: int
    total_fanout: int

    @property
    def cache_hit_rate(self) -> float:
        """The part of all matches that were remembered; 0 before the first."""
        return self.num_hits / self.num_matches if self.num_matches else 0.0

    @property
    def avg_fanout(self) -> float:
        """How many a remembered match reaches; 0 when none is remembered."""
        return self.total_fanout / self.num_cache if self.num_cache else 0.0


def combined(parts: Iterable[SublistStatistics]) -> SublistStatistics:
    """Count several sublists as one."""
    each = list(parts)
    return SublistStatistics(
        num_subscriptions=sum(part.num_subscriptions for part in each),
        num_cache=sum(part.num_cache for part in each),
        num_inserts=sum(part.num_inserts for part in each),
        num_removes=sum(part.num_removes for part in each),
        num_matches=sum(part.num_matches for part in each),
        num_hits=sum(part.num_hits for part in each),
        max_fanout=max((part.max_fanout for part in each), default=0),
        total_fanout=sum(part.total_fanout for part in each),
    )
