"""Over any wire, through any faults that end: bytes in order, once, and the end behind them."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from natsim.harness.sim.link import Direction, Wire

from .two_nodes import MS, SECOND, connect, joined, later, numbered

_WIRES = st.builds(
    Wire,
    latency_ns=st.sampled_from([(0, 0), (MS, MS), (0, 80 * MS), (30 * MS, 40 * MS)]),
    rate_bps=st.sampled_from([None, None, 2_000_000, 50_000_000]),
    queue_bytes=st.sampled_from([1, 3_000, 256 * 1024]),
    loss_ppm=st.sampled_from([0, 0, 5_000, 200_000]),
    is_choppy=st.booleans(),
)

_FAULTS: dict[str, tuple[Callable[[Direction], None], Callable[[Direction], None]]] = {
    "cut": (Direction.cut, Direction.heal),
    "clog": (Direction.clog, Direction.unclog),
    "slow": (lambda way: way.slow((0, 300 * MS)), lambda way: way.unslow((0, 300 * MS))),
    "limit": (lambda way: way.limit(300_000), lambda way: way.unlimit(300_000)),
    "lose": (lambda way: way.lose(400_000), lambda way: way.unlose(400_000)),
}

_ROUNDS = st.lists(
    st.tuples(
        st.sampled_from([1, 700, 1_460, 1_461, 40_000, 700_000]),
        st.sampled_from([None, *_FAULTS]),
        st.booleans(),
        st.sampled_from([0, 1, 50, 900]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=60, deadline=None)
@given(wire=_WIRES, seed=st.integers(0, 2**32), rounds=_ROUNDS, pauses=st.booleans())
def test_bytes_arrive_in_order_and_once_and_the_end_behind_them(
    wire: Wire, seed: int, rounds: list[tuple[int, str | None, bool, int]], *, pauses: bool
) -> None:
    world = joined(wire, seed)
    near, far = connect(world)
    said = 0
    total = sum(size for size, _, _, _ in rounds)
    text = numbered(total)
    for size, fault, is_there, wait_ms in rounds:
        way = world.network.direction(*(("a", "b") if is_there else ("b", "a")))
        begin, end = _FAULTS[fault] if fault else (None, None)
        if begin is not None:
            begin(way)
        if pauses:
            far.transport.pause_reading()
        near.transport.write(text[said : said + size])
        said += size
        later(world, wait_ms * MS)
        if end is not None:
            end(way)
        far.transport.resume_reading()
    near.transport.close()
    later(world, 20_000 * SECOND)

    assert far.heard == text
    assert [end for _, end in far.ends] == ["eof"]
    assert [end for _, end in near.ends] == ["closed"]
    world.close()
