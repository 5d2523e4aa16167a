"""The four ways in which a process ends or stops, as its peers see them at their sockets."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from natsim.harness.sim.link import Wire
from natsim.harness.sim.node import Process

from .two_nodes import MS, PORT, SECOND, Ear, connect, joined, later, numbered

if TYPE_CHECKING:
    from natsim.harness.sim.world import World


@pytest.fixture
def world() -> World:
    return joined(Wire(latency_ns=(MS, MS)))


def _words(ear: Ear) -> list[str]:
    return [word for _, word in ear.ends]


def _restart_listening(world: World) -> None:
    world.nodes["b"].restart()

    async def listen() -> None:
        await world.nodes["b"].loop.create_server(lambda: Ear(world), "b", PORT)

    world.run(world.nodes["b"], listen())


def _dial(world: World) -> str:
    async def dial() -> str:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: Ear(world), "b", PORT)
        except OSError as error:
            return type(error).__name__
        return "connected"

    return world.run(world.nodes["a"], dial())


# Each by itself.


def test_a_kill_is_heard_at_once(world: World) -> None:
    near, _ = connect(world)
    at_ns = world.clock.now_ns

    world.nodes["b"].kill()
    later(world, SECOND)

    assert near.ends == [(at_ns + MS, "eof")]
    world.close()


def test_a_kill_with_unread_bytes_is_a_reset(world: World) -> None:
    near, far = connect(world)
    far.transport.pause_reading()
    near.transport.write(b"unread")
    at_ns = later(world, SECOND)

    world.nodes["b"].kill()
    later(world, SECOND)

    assert near.ends == [(at_ns + MS, "ConnectionResetError")]
    world.close()


def test_a_machine_without_power_says_nothing_for_ever(world: World) -> None:
    near, _ = connect(world)

    lost = world.nodes["b"].cut_power()
    later(world, 1_000_000 * SECOND)

    assert lost == 1
    assert near.ends == []
    world.close()


def test_bytes_for_a_machine_without_power_end_in_a_time_out(world: World) -> None:
    near, _ = connect(world)
    at_ns = world.clock.now_ns

    world.nodes["b"].cut_power()
    for _ in range(100):
        near.transport.write(b"anyone?")
        later(world, 20 * SECOND)

    [(end_ns, end)] = near.ends
    assert end == "TimeoutError"
    assert at_ns + 900 * SECOND < end_ns < at_ns + 1_000 * SECOND
    world.close()


def test_late_bytes_are_answered_by_a_reset_once_the_machine_has_booted(world: World) -> None:
    near, _ = connect(world)
    world.nodes["b"].cut_power()
    later(world, 10 * SECOND)
    world.nodes["b"].boot()
    silent = list(near.ends)
    at_ns = later(world, 10 * SECOND)

    near.transport.write(b"late")
    later(world, SECOND)

    assert silent == []
    assert near.ends == [(at_ns + 2 * MS, "ConnectionResetError")]
    world.close()


def test_an_eof_for_a_machine_that_has_booted_is_answered_by_a_reset_too(world: World) -> None:
    near, _ = connect(world)
    world.nodes["b"].cut_power()
    world.nodes["b"].boot()

    near.transport.write_eof()
    later(world, SECOND)

    assert _words(near) == ["ConnectionResetError"]
    world.close()


def test_bytes_sent_in_the_dark_meet_a_reset_at_their_next_retransmission(world: World) -> None:
    near, _ = connect(world)
    at_ns = world.clock.now_ns
    world.nodes["b"].cut_power()
    near.transport.write(b"x")
    later(world, SECOND)
    _restart_listening(world)

    later(world, 10 * SECOND)

    # Lost at the node, 1 ms on its way; then after 0.2, 0.4 and 0.8 s, a ms each; and the RST.
    assert near.ends == [(at_ns + 1_400 * MS + 5 * MS, "ConnectionResetError")]
    world.close()


def test_a_power_cut_takes_what_the_kernel_had_not_sent(world: World) -> None:
    near, far = connect(world)
    near.transport.pause_reading()
    far.transport.write(numbered(4_000_000))
    later(world, SECOND)

    world.nodes["b"].cut_power()
    near.transport.resume_reading()
    later(world, 1_000 * SECOND)

    assert 0 < len(near.heard) < 1_000_000
    assert near.heard == numbered(4_000_000)[: len(near.heard)]
    assert near.ends == []
    world.close()


def test_connects_to_a_machine_without_power_time_out_and_are_refused_once_it_booted(
    world: World,
) -> None:
    connect(world)
    world.nodes["b"].cut_power()
    began_ns = world.clock.now_ns

    dark = _dial(world)
    took_ns = world.clock.now_ns - began_ns
    world.nodes["b"].boot()
    booted = _dial(world)
    _restart_listening(world)
    restarted = _dial(world)

    assert (dark, booted, restarted) == ("TimeoutError", "ConnectionRefusedError", "connected")
    assert took_ns == 127 * SECOND
    world.close()


def test_power_cut_after_a_kill_takes_the_sockets_the_kernel_still_had(world: World) -> None:
    near, far = connect(world)
    near.transport.pause_reading()
    far.transport.write(numbered(4_000_000))
    later(world, SECOND)
    world.nodes["b"].kill()
    later(world, SECOND)

    assert world.nodes["b"].cut_power() == 1
    near.transport.resume_reading()
    later(world, 1_000 * SECOND)

    assert near.ends == []
    world.close()


def test_no_timer_of_a_machine_without_power_fires(world: World) -> None:
    fired: list[str] = []
    world.nodes["b"].loop.call_later(1, fired.append, "timer")

    world.nodes["b"].cut_power()
    later(world, 10 * SECOND)

    assert fired == []
    world.close()


def test_a_client_that_loses_power_while_it_connects_is_never_heard_of(world: World) -> None:
    accepted: list[Ear] = []

    async def listen() -> None:
        await world.nodes["b"].loop.create_server(lambda: _noted(world, accepted), "b", PORT)

    world.run(world.nodes["b"], listen())
    loop = world.nodes["a"].loop
    loop.create_task(loop.create_connection(lambda: Ear(world), "b", PORT))  # type: ignore[arg-type]
    later(world, MS)
    world.nodes["a"].cut_power()
    later(world, 100 * SECOND)

    assert accepted == []
    world.close()


def _noted(world: World, accepted: list[Ear]) -> Ear:
    accepted.append(Ear(world))
    return accepted[-1]


def test_a_pause_is_silence_and_everything_is_there_after_it(world: World) -> None:
    near, far = connect(world)

    world.nodes["b"].pause()
    near.transport.write(numbered(4_000_000))
    later(world, 100 * SECOND)
    waiting = near.transport.get_write_buffer_size()
    paused = (list(near.ends), far.heard, _dial(world))
    world.nodes["b"].resume()
    later(world, 10 * SECOND)

    assert paused == ([], b"", "connected")
    assert 2_000_000 < waiting < 4_000_000
    assert far.heard == numbered(4_000_000)
    world.close()


def test_an_exit_unwinds_and_says_farewell(world: World) -> None:
    near, far = connect(world)
    seen: list[str] = []

    async def serve() -> None:
        try:
            await asyncio.sleep(1_000)
        finally:
            await asyncio.sleep(0.5)
            far.transport.write(b"farewell")
            seen.append("unwound")

    world.nodes["b"].loop.create_task(serve())
    at_ns = later(world, SECOND)
    world.nodes["b"].exit()
    later(world, 10 * SECOND)

    assert seen == ["unwound"]
    assert near.pieces == [(at_ns + 501 * MS, b"farewell")]
    assert near.ends == [(at_ns + 501 * MS, "eof")]
    assert world.nodes["b"].process is Process.DEAD
    assert _dial(world) == "ConnectionRefusedError"
    world.close()


# All together.


@pytest.mark.parametrize(
    ("how", "history"),
    [
        # The peer speaks at 2 s and at 6 s; the process is back at 4 s. What is said into the dark
        # is sent again until 5 s, the first time that a kernel is there to answer.
        ("kill", [("eof", 1_001), ("BrokenPipeError", 6_000)]),
        ("power", [("ConnectionResetError", 5_006)]),
        ("pause", []),
        ("exit", [("eof", 1_001), ("BrokenPipeError", 6_000)]),
    ],
)
def test_the_four_ways_give_four_histories(
    how: str, history: list[tuple[str, int]], world: World
) -> None:
    near, far = connect(world)
    seen: list[str] = []

    async def serve() -> None:
        try:
            await asyncio.sleep(1_000)
        finally:
            far.transport.write(b"farewell")

    node = world.nodes["b"]
    node.loop.create_task(serve())
    began_ns = world.clock.now_ns
    later(world, SECOND)
    {"kill": node.kill, "power": node.cut_power, "pause": node.pause, "exit": node.exit}[how]()
    later(world, SECOND)
    near.transport.write(b"one")
    later(world, 2 * SECOND)
    if how == "pause":
        node.resume()
    else:
        _restart_listening(world)
    later(world, 2 * SECOND)
    near.transport.write(b"two")
    later(world, 2 * SECOND)
    seen = [(word, (at_ns - began_ns) // MS) for at_ns, word in near.ends]  # type: ignore[misc]

    assert seen == history
    assert near.heard == (b"farewell" if how == "exit" else b"")
    assert far.heard == (b"onetwo" if how == "pause" else b"")
    world.close()
