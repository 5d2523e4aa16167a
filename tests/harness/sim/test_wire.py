"""A wire has a rate, loses, clogs and is cut, and TCP makes of it what kernels do."""

import pytest

from natsim.harness.sim.link import MILLION, Wire
from natsim.harness.sim.tcp import SEND_BUFFER_BYTES, WINDOW_BYTES
from natsim.harness.sim.world import World

from .two_nodes import MS, SECOND, connect, connect_many, joined, later, numbered

MEGABIT = 1_000_000


# A rate.


def test_bytes_take_the_time_that_the_rate_says() -> None:
    world = joined(Wire(rate_bps=MEGABIT))
    near, far = connect(world)
    began_ns = later(world, SECOND)

    near.transport.write(numbered(125_000))
    later(world, 5 * SECOND)

    assert far.heard == numbered(125_000)
    # A second, and the headers of 86 segments.
    assert far.last_ns - began_ns == (125_000 + 86 * 40) * 8 * SECOND // MEGABIT
    world.close()


def test_two_connections_share_a_rate() -> None:
    world = joined(Wire(rate_bps=MEGABIT, queue_bytes=15_000))
    (near, far), (near2, far2) = connect_many(world, 2)

    near.transport.write(numbered(125_000))
    near2.transport.write(numbered(125_000))
    later(world, 5 * SECOND)

    assert far.heard == far2.heard == numbered(125_000)
    assert min(far.last_ns, far2.last_ns) > 1_900 * MS
    assert max(far.last_ns, far2.last_ns) < 2_100 * MS
    world.close()


def test_a_word_waits_for_the_queue_of_the_wire_not_for_all_that_others_have_to_say() -> None:
    world = joined(Wire(rate_bps=MEGABIT, queue_bytes=12_500))
    (near, far), (near2, far2) = connect_many(world, 2)

    near.transport.write(bytes(500_000))
    now_ns = later(world, SECOND)
    near2.transport.write(b"word")
    later(world, 5 * SECOND)

    assert now_ns + 90 * MS < far2.last_ns < now_ns + 130 * MS
    assert len(far.heard) == 500_000
    world.close()


def test_a_rate_is_a_fault_too_and_ends() -> None:
    world = joined(Wire())
    near, far = connect(world)
    there = world.network.direction("a", "b")

    there.limit(40_000)
    near.transport.write(bytes(10_000))
    later(world, SECOND)
    slow = len(far.heard)
    there.unlimit(40_000)
    later(world, 60 * SECOND)

    assert 3_000 < slow < 6_000
    assert len(far.heard) == 10_000
    world.close()


def test_what_waits_for_a_rate_sets_out_when_the_rate_is_lifted() -> None:
    world = joined(Wire())
    near, far = connect(world)
    there = world.network.direction("a", "b")

    there.limit(8)
    near.transport.write(numbered(500_000))
    lifted_ns = later(world, SECOND)
    there.unlimit(8)
    later(world, SECOND)

    assert far.heard == numbered(500_000)
    assert far.last_ns == lifted_ns
    world.close()


def test_a_reset_does_not_overtake_the_bytes_that_wait_for_the_wire() -> None:
    world = joined(Wire(rate_bps=MEGABIT))
    near, far = connect(world)
    near.transport.pause_reading()
    far.transport.write(b"unread")
    later(world, SECOND)

    near.transport.write(numbered(20_000))
    near.transport.close()
    later(world, SECOND)

    assert far.heard == numbered(20_000)
    assert [end for _, end in far.ends] == ["ConnectionResetError"]
    world.close()


# Losses.


def test_what_is_lost_is_sent_again_in_order_and_once() -> None:
    world = joined(Wire(latency_ns=(MS, 5 * MS), loss_ppm=100_000))
    near, far = connect(world)

    for n in range(100):
        near.transport.write(numbered(80_000)[800 * n : 800 * (n + 1)])
        later(world, 10 * MS)
    later(world, 60 * SECOND)

    assert far.heard == numbered(80_000)
    assert far.last_ns > 1_200 * MS
    world.close()


def test_losses_are_the_same_whatever_else_is_sent() -> None:
    def times(is_busy: bool) -> list[int]:
        world = joined(Wire(loss_ppm=300_000), seed=3)
        (near, far), (near2, _) = connect_many(world, 2)
        later(world, 10 * SECOND)
        for _ in range(20):
            near.transport.write(b"x")
            if is_busy:
                near2.transport.write(b"y")
            later(world, SECOND)
        world.close()
        return [at_ns for at_ns, _ in far.pieces]

    assert times(is_busy=True) == times(is_busy=False)


def test_a_loss_in_a_full_stream_is_mended_after_a_round_trip() -> None:
    world = joined(Wire(latency_ns=(MS, MS), loss_ppm=10_000))
    near, far = connect(world)

    near.transport.write(numbered(SEND_BUFFER_BYTES))
    later(world, 60 * SECOND)

    assert far.heard == numbered(SEND_BUFFER_BYTES)
    # Some four segments of 360 are lost; each would cost 200 ms if only the timer mended it.
    assert 2 * MS < far.last_ns < 200 * MS
    world.close()


def test_a_wire_that_loses_everything_ends_a_connection_after_a_quarter_of_an_hour() -> None:
    world = joined(Wire())
    near, _ = connect(world)

    world.network.direction("a", "b").lose(MILLION)
    near.transport.write(b"x")
    later(world, 2_000 * SECOND)

    [(at_ns, end)] = near.ends
    assert end == "TimeoutError"
    assert 900 * SECOND < at_ns < 1_000 * SECOND
    world.close()


# Windows.


def test_a_long_way_lets_through_a_send_buffer_each_round_trip() -> None:
    world = joined(Wire(latency_ns=(100 * MS, 100 * MS)))
    near, far = connect(world)
    began_ns = world.clock.now_ns

    near.transport.write(numbered(8 * SEND_BUFFER_BYTES))
    later(world, 60 * SECOND)

    assert far.heard == numbered(8 * SEND_BUFFER_BYTES)
    assert far.last_ns - began_ns == 7 * 200 * MS + 100 * MS
    world.close()


def test_a_window_that_opens_is_heard_of_after_the_latency() -> None:
    world = joined(Wire(latency_ns=(100 * MS, 100 * MS)))
    near, far = connect(world)
    far.transport.pause_reading()
    near.transport.write(numbered(4 * WINDOW_BYTES))
    later(world, 10 * SECOND)
    held = near.transport.get_write_buffer_size()

    far.transport.resume_reading()
    opened_ns = later(world, 99 * MS)
    still_held = near.transport.get_write_buffer_size()
    later(world, 2 * MS)

    assert held == still_held == 4 * WINDOW_BYTES - WINDOW_BYTES - SEND_BUFFER_BYTES
    assert {at_ns - opened_ns for at_ns, _ in far.pieces} == {-99 * MS}
    later(world, 10 * SECOND)
    assert far.heard == numbered(4 * WINDOW_BYTES)
    world.close()


def test_an_end_waits_behind_the_bytes_that_a_window_holds_back() -> None:
    world = joined(Wire(latency_ns=(100 * MS, 100 * MS)))
    near, far = connect(world)
    far.transport.pause_reading()
    near.transport.write(numbered(WINDOW_BYTES))
    later(world, SECOND)
    near.transport.write(b"last words")
    near.transport.write_eof()
    later(world, SECOND)

    far.transport.resume_reading()
    later(world, SECOND)

    assert far.heard == numbered(WINDOW_BYTES) + b"last words"
    assert far.ends == [(far.last_ns, "eof")]
    world.close()


def test_a_writer_of_one_instant_sends_one_burst() -> None:
    world = joined(Wire(latency_ns=(MS, MS)))
    near, far = connect(world)
    before = len(list(world.trace.lines()))

    for n in range(1_000):
        near.transport.write(b"%d " % n)
    later(world, SECOND)

    assert len(list(world.trace.lines())) == before + 1
    assert len(far.pieces) == 1
    world.close()


# Cuts and clogs.


def test_a_clog_delays_where_a_cut_drops() -> None:
    def heard_ns(fault: str) -> int:
        world = joined(Wire(latency_ns=(5 * MS, 5 * MS)))
        near, far = connect(world)
        there = world.network.direction("a", "b")
        began_ns = world.clock.now_ns
        begin, end = {"clog": (there.clog, there.unclog), "cut": (there.cut, there.heal)}[fault]
        begin()
        near.transport.write(b"x")
        later(world, SECOND)
        end()
        later(world, 10 * SECOND)
        world.close()
        return far.last_ns - began_ns

    assert heard_ns("clog") == SECOND + 5 * MS
    assert heard_ns("cut") == 1_400 * MS + 5 * MS


def test_a_clog_holds_everything_in_order() -> None:
    world = joined(Wire(latency_ns=(0, 50 * MS)))
    near, far = connect(world)
    there = world.network.direction("a", "b")
    there.clog()
    there.clog()
    for n in range(50):
        near.transport.write(b"%d " % n)
        later(world, MS)
    near.transport.close()
    there.unclog()
    later(world, SECOND)
    clogged = far.heard

    there.unclog()
    later(world, SECOND)

    assert clogged == b""
    assert far.heard == b"".join(b"%d " % n for n in range(50))
    assert [end for _, end in far.ends] == ["eof"]
    world.close()


def test_a_connection_is_made_once_a_clog_is_over() -> None:
    world = joined(Wire())
    there = world.network.direction("a", "b")
    there.clog()
    world.clock.call_at(500 * MS, there.unclog)

    near, far = connect(world)
    near.transport.write(b"x")
    later(world, SECOND)

    assert world.clock.now_ns > 500 * MS
    assert far.heard == b"x"
    world.close()


def test_a_clog_of_the_way_back_holds_up_the_window() -> None:
    world = joined(Wire())
    near, far = connect(world)
    back = world.network.direction("b", "a")
    back.clog()
    near.transport.write(numbered(4 * WINDOW_BYTES))
    later(world, SECOND)
    heard = len(far.heard)

    back.unclog()
    later(world, MS)

    assert heard <= WINDOW_BYTES
    assert far.heard == numbered(4 * WINDOW_BYTES)
    world.close()


@pytest.mark.parametrize("size", [1, 4 * WINDOW_BYTES])
def test_a_sender_who_hears_no_acknowledgement_goes_on_after_the_cut(size: int) -> None:
    world = joined(Wire())
    near, far = connect(world)
    back = world.network.direction("b", "a")
    back.cut()
    near.transport.write(numbered(size))
    later(world, 100 * SECOND)
    heard = len(far.heard)
    back.heal()
    later(world, 200 * SECOND)

    assert heard == min(size, SEND_BUFFER_BYTES)
    assert far.heard == numbered(size)
    assert near.ends == []
    world.close()


def test_a_sender_who_hears_no_acknowledgement_gives_up_though_all_was_read() -> None:
    world = joined(Wire())
    near, far = connect(world)
    world.network.direction("b", "a").cut()

    near.transport.write(b"x")
    later(world, 2_000 * SECOND)

    assert far.heard == b"x"
    assert [end for _, end in near.ends] == ["TimeoutError"]
    at_ns = near.ends[0][0]
    assert 900 * SECOND < at_ns < 1_000 * SECOND
    world.close()


def test_a_silent_connection_outlives_any_cut() -> None:
    world = joined(Wire())
    near, far = connect(world)
    for ends in (("a", "b"), ("b", "a")):
        world.network.direction(*ends).cut()
    later(world, 1_000_000 * SECOND)
    for ends in (("a", "b"), ("b", "a")):
        world.network.direction(*ends).heal()

    near.transport.write(b"still here")
    later(world, SECOND)

    assert far.heard == b"still here"
    world.close()


def test_a_reset_that_is_lost_leaves_a_half_open_connection() -> None:
    world = joined(Wire())
    near, far = connect(world)
    far.transport.pause_reading()
    near.transport.write(b"unread")
    later(world, SECOND)
    back = world.network.direction("b", "a")
    back.cut()
    far.transport.abort()
    later(world, 1_000_000 * SECOND)
    back.heal()
    half_open = list(near.ends)

    near.transport.write(b"late")
    later(world, SECOND)

    assert half_open == []
    assert [end for _, end in near.ends] == ["ConnectionResetError"]
    world.close()


# Choppy wires.


def _pieces(seed: int) -> list[tuple[int, bytes]]:
    world = joined(Wire(is_choppy=True), seed)
    near, far = connect(world)
    for n in range(200):
        near.transport.write(b"%04d " % n)
        later(world, MS // 2)
    near.transport.close()
    later(world, SECOND)
    assert [end for _, end in far.ends] == ["eof"]
    world.close()
    return far.pieces


def test_a_choppy_wire_splits_down_to_one_byte_and_lets_bursts_run_together() -> None:
    pieces = [piece for _, piece in _pieces(seed=1)]

    assert b"".join(pieces) == b"".join(b"%04d " % n for n in range(200))
    assert any(len(piece) == 1 for piece in pieces)
    assert any(len(piece) > 5 for piece in pieces)
    assert any(1 < len(piece) < 5 for piece in pieces)


def test_a_choppy_wire_is_choppy_in_the_same_way_under_the_same_seed() -> None:
    assert _pieces(seed=1) == _pieces(seed=1)
    assert _pieces(seed=1) != _pieces(seed=2)


def test_all_wires_of_a_world_can_be_choppy() -> None:
    world = World(1, unnamed=Wire(is_choppy=True))
    world.add_node("a")
    world.add_node("b")
    near, far = connect(world)

    for _ in range(10):
        near.transport.write(b"0123456789")
        later(world, SECOND)

    assert far.heard == b"0123456789" * 10
    assert len(far.pieces) > 10
    world.close()


# The wire itself.


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"latency_ns": (2, 1)}, "shortest <= longest"),
        ({"latency_ns": (-1, 1)}, "shortest <= longest"),
        ({"rate_bps": 0}, "rate_bps is 0; it must be 1 or more"),
        ({"queue_bytes": 0}, "queue_bytes is 0; it must be 1 or more"),
        ({"loss_ppm": 1_000_001}, "loss_ppm is 1000001; it must be 0 to 1000000"),
    ],
)
def test_a_wire_that_cannot_be(wrong: dict[str, int], rule: str) -> None:
    with pytest.raises(ValueError, match=rule):
        Wire(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("undo", "value"),
    [("heal", ()), ("unclog", ()), ("unslow", ((1, 2),)), ("unlimit", (5,)), ("unlose", (5,))],
)
def test_a_fault_that_did_not_begin_cannot_end(undo: str, value: tuple[object, ...]) -> None:
    there = joined(Wire()).network.direction("a", "b")

    with pytest.raises(ValueError, match="the link a to b"):
        getattr(there, undo)(*value)


def test_faults_nest_and_the_last_that_began_is_in_force() -> None:
    there = joined(Wire(loss_ppm=1, rate_bps=10)).network.direction("a", "b")
    there.lose(2)
    there.lose(3)
    there.limit(20)

    there.unlose(2)
    worst = (there.loss_ppm, there.rate_bps)
    there.unlose(3)
    there.unlimit(20)

    assert worst == (3, 20)
    assert (there.loss_ppm, there.rate_bps) == (1, 10)
