"""Many lives of append logs, and what they add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.record import record

from .life import Life
from .log_mutants import MUTANTS

if TYPE_CHECKING:
    from collections.abc import Sequence

RARE = ("trust-any-answer-for-the-name",)
"""Bugs that take hundreds of seeds: only the large campaign hunts them."""

CANARIES = tuple(name for name in MUTANTS if name not in RARE)


@record
class Tally:
    """What happened in all lives.

    anomalies: as `seed: kind: text`. gone: records that were refused, or lost and never promised.
    """

    anomalies: list[str]
    offered: int
    acknowledged: int
    gone: int
    power_cuts: int
    failed_syncs: int
    disk_calls: int


def play(seeds: Sequence[int]) -> Tally:
    """Play lives."""
    tally = Tally([], 0, 0, 0, 0, 0, 0)
    for seed in seeds:
        life = Life(seed)
        found = [f"{seed}: {each.kind}: {each.text}" for each in life.play()]
        tally = add(
            tally,
            Tally(
                found,
                life.witness.offered_count,
                life.witness.acknowledged_count,
                life.witness.gone_count,
                life.power_cuts,
                life.failed_syncs,
                life.disk.calls,
            ),
        )
    return tally


def add(one: Tally, other: Tally) -> Tally:
    """Add two tallies."""
    return Tally(
        one.anomalies + other.anomalies,
        one.offered + other.offered,
        one.acknowledged + other.acknowledged,
        one.gone + other.gone,
        one.power_cuts + other.power_cuts,
        one.failed_syncs + other.failed_syncs,
        one.disk_calls + other.disk_calls,
    )


def hunt(seeds: Sequence[int], kinds: Sequence[str]) -> int | None:
    """Give the first seed that shows an anomaly of one of these kinds."""
    for seed in seeds:
        if any(each.kind in kinds for each in Life(seed).play()):
            return seed
    return None
