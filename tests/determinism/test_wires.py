"""Wires that lose, have a rate and are choppy give one history under one seed, on both clocks."""

import pytest
from tests.harness.sim.two_nodes import MS, SECOND, connect_many, joined, later, numbered

from natsim.harness.sim.clock import Clock, HeapClock, SimpyClock
from natsim.harness.sim.link import Wire
from natsim.harness.sim.trace import TraceLine

WIRES = {
    "lossy": Wire(latency_ns=(MS, 9 * MS), loss_ppm=50_000),
    "slow": Wire(rate_bps=2_000_000, queue_bytes=20_000),
    "choppy": Wire(latency_ns=(0, MS), is_choppy=True),
    "all of it": Wire(latency_ns=(0, MS), rate_bps=5_000_000, loss_ppm=20_000, is_choppy=True),
}


def _history(wire: Wire, seed: int, clock: Clock) -> tuple[dict[str, str], list[TraceLine], object]:
    world = joined(wire, seed, clock)
    ends = connect_many(world, 3)
    for round_ in range(3):
        for near, _ in ends:
            near.transport.write(numbered(30_000 + round_))
        later(world, 20 * MS)
    later(world, 100 * SECOND)
    pieces = [far.pieces for _, far in ends]
    digests, lines = world.digests(), list(world.trace.lines())
    world.close()
    return digests, lines, pieces


@pytest.mark.parametrize("name", list(WIRES))
def test_a_wire_repeats_itself_on_both_clocks(name: str) -> None:
    wire = WIRES[name]

    first = _history(wire, 1, SimpyClock())

    assert first == _history(wire, 1, SimpyClock())
    assert first == _history(wire, 1, HeapClock())


def test_another_seed_loses_others() -> None:
    wire = WIRES["lossy"]

    assert _history(wire, 1, SimpyClock())[1] != _history(wire, 2, SimpyClock())[1]
