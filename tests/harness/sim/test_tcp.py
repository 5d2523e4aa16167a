"""Connections between nodes do what sockets do."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from natsim.harness.sim.tcp import READ_BYTES_MAX, SEND_BUFFER_BYTES, WINDOW_BYTES
from natsim.harness.sim.topology import Topology
from natsim.harness.sim.world import World

MS = 1_000_000
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


def _listen(world: World, serve: Serve) -> None:
    async def listen() -> None:
        await asyncio.start_server(serve, "b", 80)

    world.run(world.nodes["b"], listen())


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    writer.close()


def _slow_world(latency_ns: tuple[int, int]) -> World:
    topology = Topology()
    topology.add_node("a")
    topology.add_node("b")
    topology.add_link("a", "b", latency_ns)
    return World(seed=1, topology=topology)


def test_bytes_arrive_in_order_and_eof_behind_them(world: World) -> None:
    _listen(world, _echo)

    async def main() -> bytes:
        reader, writer = await asyncio.open_connection("b", 80)
        for number in range(100):
            writer.write(b"%d " % number)
            await asyncio.sleep(0.001)
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        return answer

    assert world.run(world.nodes["a"], main()) == b"".join(b"%d " % n for n in range(100))


def test_what_is_written_in_one_instant_arrives_in_one_piece(world: World) -> None:
    pieces: list[bytes] = []

    async def collect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            pieces.append(data)
        writer.close()

    _listen(world, collect)

    async def main() -> None:
        _, writer = await asyncio.open_connection("b", 80)
        writer.write(b"a")
        await asyncio.sleep(0)
        writer.write(b"b")
        await asyncio.sleep(0.001)
        writer.write(b"c")
        writer.close()

    world.run(world.nodes["a"], main())
    world.run_until(10**9)

    assert pieces == [b"ab", b"c"]


def test_a_link_with_latency_delays_each_way() -> None:
    world = _slow_world((10 * MS, 10 * MS))
    _listen(world, _echo)

    async def main() -> list[int]:
        reader, writer = await asyncio.open_connection("b", 80)
        connected = world.clock.now_ns
        writer.write(b"x")
        await reader.read(1)
        writer.close()
        return [connected, world.clock.now_ns]

    assert world.run(world.nodes["a"], main()) == [20 * MS, 40 * MS]
    world.close()


def test_jitter_never_reorders_a_stream() -> None:
    world = _slow_world((0, 50 * MS))
    _listen(world, _echo)

    async def main() -> bytes:
        reader, writer = await asyncio.open_connection("b", 80)
        for number in range(200):
            writer.write(b"%d " % number)
            await asyncio.sleep(0.001)
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        return answer

    assert world.run(world.nodes["a"], main()) == b"".join(b"%d " % n for n in range(200))
    world.close()


def test_a_port_nobody_listens_on_is_refused(world: World) -> None:
    async def main() -> None:
        await asyncio.open_connection("b", 80)

    with pytest.raises(ConnectionRefusedError):
        world.run(world.nodes["a"], main())


def test_a_cut_link_lets_a_connect_time_out_after_seven_syns(world: World) -> None:
    _listen(world, _echo)
    world.network.direction("a", "b").cut()

    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.open_connection("b", 80)

    world.run(world.nodes["a"], main())

    assert world.clock.now_ns == 127 * 10**9


def test_bytes_sent_into_a_cut_arrive_once_after_it_heals(world: World) -> None:
    _listen(world, _echo)
    there = world.network.direction("a", "b")

    async def main() -> tuple[bytes, int]:
        reader, writer = await asyncio.open_connection("b", 80)
        there.cut()
        writer.write(b"one ")
        await asyncio.sleep(1)
        writer.write(b"two ")
        await asyncio.sleep(1)
        there.heal()
        writer.write_eof()
        answer = await reader.read()
        writer.close()
        return answer, world.clock.now_ns

    # Retransmission after 0.2, 0.6, 1.4, 3.0 s: the first of these in a healed network.
    assert world.run(world.nodes["a"], main()) == (b"one two ", 3_000 * MS)


def test_a_cut_of_one_way_lets_the_other_pass(world: World) -> None:
    heard: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        for _ in range(3):
            writer.write(b".")
            await asyncio.sleep(1)
        writer.close()

    _listen(world, talk)

    async def main() -> None:
        reader, writer = await asyncio.open_connection("b", 80)
        writer.write(b"x")
        await asyncio.sleep(0.5)
        world.network.direction("a", "b").cut()
        await asyncio.sleep(3)
        heard.append(await reader.read(10))
        writer.close()

    world.run(world.nodes["a"], main())

    assert heard == [b"..."]


def test_a_connection_nobody_acknowledges_is_given_up_after_a_quarter_of_an_hour(
    world: World,
) -> None:
    _listen(world, _echo)

    async def main() -> None:
        reader, writer = await asyncio.open_connection("b", 80)
        await asyncio.sleep(1)
        world.network.direction("a", "b").cut()
        writer.write(b"x")
        with pytest.raises(TimeoutError):
            await reader.read(1)

    world.run(world.nodes["a"], main())

    assert 900 * 10**9 < world.clock.now_ns < 1000 * 10**9


def test_a_reader_that_stops_holds_the_writer_back(world: World) -> None:
    async def ignore(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(10)
        while await reader.read(65_536):
            pass
        writer.close()

    _listen(world, ignore)
    written: list[int] = []

    async def main() -> None:
        _, writer = await asyncio.open_connection("b", 80)
        for _ in range(40):
            writer.write(b"x" * 65_536)
            await writer.drain()
            written.append(world.clock.now_ns)
        writer.close()

    world.run(world.nodes["a"], main())

    at_once = [at_ns for at_ns in written if at_ns < 10 * 10**9]
    # Two kernels, one read, and the writer's own buffer.
    assert len(at_once) * 65_536 < SEND_BUFFER_BYTES + WINDOW_BYTES + READ_BYTES_MAX + 2 * 65_536
    assert len(written) == 40


def test_closing_with_unread_bytes_resets_the_peer(world: World) -> None:
    async def slam(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.sleep(1)
        writer.close()

    _listen(world, slam)

    async def main() -> None:
        reader, writer = await asyncio.open_connection("b", 80)
        writer.write(b"never read")
        with pytest.raises(ConnectionResetError):
            await reader.read()

    world.run(world.nodes["a"], main())


def test_writing_to_a_closed_peer_is_answered_by_a_reset(world: World) -> None:
    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        writer.close()

    _listen(world, leave)

    async def main() -> str:
        reader, writer = await asyncio.open_connection("b", 80)
        at_end = await reader.read()
        writer.write(b"too late")
        await asyncio.sleep(1)
        assert at_end == b""
        try:
            writer.write(b"later still")
            await writer.drain()
        except ConnectionResetError:
            return "reset"
        return "open"

    assert world.run(world.nodes["a"], main()) == "reset"


def test_no_socket_is_left_in_any_kernel_once_both_ends_closed(world: World) -> None:
    _listen(world, _echo)

    async def main() -> None:
        for _ in range(10):
            reader, writer = await asyncio.open_connection("b", 80)
            writer.write(b"x")
            await reader.read(1)
            writer.close()
            await writer.wait_closed()

    world.run(world.nodes["a"], main())
    world.run_until(10**9)

    assert world.network.sockets("a") == []
    assert world.network.sockets("b") == []


def test_a_listener_that_closes_resets_what_its_process_had_not_accepted(world: World) -> None:
    ends: list[Exception | None] = []

    class Client(asyncio.Protocol):
        def connection_lost(self, exc: Exception | None) -> None:
            ends.append(exc)

    async def listen() -> asyncio.AbstractServer:
        return await asyncio.get_running_loop().create_server(asyncio.Protocol, "b", 80)

    server = world.run(world.nodes["b"], listen())
    world.nodes["b"].pause()

    async def dial() -> None:
        await asyncio.get_running_loop().create_connection(Client, "b", 80)

    world.run(world.nodes["a"], dial())
    world.run_until(10**9)
    server.close()
    world.run_until(2 * 10**9)

    assert [type(error) for error in ends] == [ConnectionResetError]
