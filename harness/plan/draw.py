"""Faults the seed draws, for a line `{every: 5s..10s, one of: [...]}` of a scenario.

Laws of the file: a drawn fault begins while its line lasts and is over when the duration is; the
n-th draw of a line depends on its own number alone, not on what the draws before it became; times
are whole milliseconds where the line's own are, since people read and edit plans.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from natsim.harness.entropy import Source
from natsim.scenarios.quantity import MS, S
from natsim.scenarios.scenario import RandomFaults, Scenario

from .plan import Fault, Kill, Partition, Pause, SlowLink

T = TypeVar("T")

# The shortest and the longest of each; docs/reference/scenario.md has them as a table. Short enough
# that a run of a minute sees many, long enough that a client with quick pings notices most.
PARTITION_NS = (200 * MS, 5 * S)
RESTART_NS = (100 * MS, 3 * S)
PAUSE_NS = (100 * MS, 3 * S)
SLOW_LINK_NS = (500 * MS, 5 * S)
SLOW_LATENCY_NS = (5 * MS, 200 * MS)


def draw_faults(line: RandomFaults, name: str, scenario: Scenario, seed: int) -> Iterator[Fault]:
    """Yield what a line of random faults becomes: `f2.1`, `f2.2`... for the line `f2`.

    A number is spent also where nothing is drawn, or where too little of the duration is left.
    """
    gaps = Source(seed, f"plan/{name}/gaps")
    at_ns, number = line.from_ns, 0
    while True:
        at_ns += _drawn_ns(gaps, line.gap_ns)
        number += 1
        if at_ns >= line.until_ns:
            return
        source = Source(seed, f"plan/{name}.{number}")
        fault = _fault(_one(line.one_of, source), f"{name}.{number}", at_ns, scenario, source)
        if fault is not None:
            yield fault


def _fault(word: str, name: str, at_ns: int, scenario: Scenario, source: Source) -> Fault | None:
    left_ns = scenario.duration_ns - at_ns
    match word:
        case "partition" if left_ns >= PARTITION_NS[0]:
            for_ns = _drawn_ns(source, PARTITION_NS, left_ns)
            sides = _sides(scenario, source)
            return Partition(id=name, at_ns=at_ns, for_ns=for_ns, sides=sides)
        case "kill" if left_ns >= RESTART_NS[0]:
            restart_ns = _drawn_ns(source, RESTART_NS, left_ns)
            target = _one(scenario.servers, source).name
            return Kill(id=name, at_ns=at_ns, target=target, restart_ns=restart_ns)
        case "pause" if left_ns >= PAUSE_NS[0]:
            for_ns = _drawn_ns(source, PAUSE_NS, left_ns)
            target = _one(scenario.servers, source).name
            return Pause(id=name, at_ns=at_ns, for_ns=for_ns, target=target)
        case "slow-link" if left_ns >= SLOW_LINK_NS[0]:
            for_ns = _drawn_ns(source, SLOW_LINK_NS, left_ns)
            client = _one(scenario.clients, source)
            ends = [_drawn_ns(source, SLOW_LATENCY_NS), _drawn_ns(source, SLOW_LATENCY_NS)]
            return SlowLink(
                id=name,
                at_ns=at_ns,
                for_ns=for_ns,
                ends=(client.name, client.at),
                latency_ns=(min(ends), max(ends)),
            )
        case _:
            return None


def _sides(scenario: Scenario, source: Source) -> tuple[tuple[str, ...], ...]:
    """Draw the clients to cut off from all servers: each by a coin, at least one."""
    names = [client.name for client in scenario.clients]
    cut = [name for name in names if source.below(2)] or [_one(names, source)]
    rest = [name for name in names if name not in cut]
    return tuple(cut), (*(server.name for server in scenario.servers), *rest)


def _one(choices: Sequence[T], source: Source) -> T:
    return choices[source.below(len(choices))]


def _drawn_ns(source: Source, interval_ns: tuple[int, int], most_ns: int | None = None) -> int:
    """Draw a time of an interval, of at most most_ns, in whole milliseconds if its ends are."""
    low, high = interval_ns
    if most_ns is not None:
        high = min(high, most_ns)
    grain = MS if low % MS == 0 and low // MS <= high // MS else 1
    return source.between(low // grain, high // grain) * grain
