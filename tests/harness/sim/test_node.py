"""What a kill, a restart and a pause do to a node."""

import asyncio

import pytest

from natsim.harness.sim.node import Process
from natsim.harness.sim.world import World


async def _serve(world: World, heard: list[bytes]) -> None:
    async def read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(100):
                heard.append(data)
        finally:
            heard.append(b"(unwound)")
        writer.close()

    del world
    await asyncio.start_server(read, "b", 80)


def test_a_killed_process_never_unwinds_and_its_peers_see_the_end(world: World) -> None:
    heard: list[bytes] = []
    world.run(world.nodes["b"], _serve(world, heard))

    async def main() -> tuple[bytes, int]:
        reader, writer = await asyncio.open_connection("b", 80)
        writer.write(b"x")
        await asyncio.sleep(1)
        sockets = world.nodes["b"].kill()
        answer = await reader.read()
        writer.close()
        return answer, sockets

    assert world.run(world.nodes["a"], main()) == (b"", 1)
    world.run_until(10**10)
    assert heard == [b"x"]


def test_a_killed_process_lets_no_timer_fire(world: World) -> None:
    fired: list[str] = []

    async def later() -> None:
        asyncio.get_running_loop().call_later(1, fired.append, "timer")
        await asyncio.sleep(2)
        fired.append("task")

    world.nodes["b"].loop.create_task(later())
    world.run_until(500_000_000)
    world.nodes["b"].kill()
    world.run_until(10**10)

    assert fired == []


def test_a_dead_node_refuses_connections_and_a_restarted_one_starts_empty(world: World) -> None:
    heard: list[bytes] = []
    world.run(world.nodes["b"], _serve(world, heard))
    world.nodes["b"].kill()

    async def main() -> None:
        _, writer = await asyncio.open_connection("b", 80)
        writer.close()

    with pytest.raises(ConnectionRefusedError):
        world.run(world.nodes["a"], main())
    world.nodes["b"].restart()
    with pytest.raises(ConnectionRefusedError):
        world.run(world.nodes["a"], main())
    world.run(world.nodes["b"], _serve(world, heard))
    world.run(world.nodes["a"], main())

    assert world.nodes["b"].incarnation == 2


def test_a_process_that_runs_cannot_be_restarted(world: World) -> None:
    with pytest.raises(ValueError, match="running, not dead"):
        world.nodes["a"].restart()


def test_a_paused_process_hears_everything_once_it_goes_on(world: World) -> None:
    heard: list[bytes] = []
    world.run(world.nodes["b"], _serve(world, heard))

    async def main() -> None:
        _, writer = await asyncio.open_connection("b", 80)
        world.nodes["b"].pause()
        for number in range(3):
            writer.write(b"%d" % number)
            await asyncio.sleep(1)
        assert heard == []
        world.nodes["b"].resume()
        await asyncio.sleep(1)
        assert heard == [b"012"]
        writer.close()

    world.run(world.nodes["a"], main())

    assert world.nodes["b"].process is Process.RUNNING


def test_bytes_in_a_dead_process_own_buffer_are_lost_those_in_its_kernel_are_not(
    world: World,
) -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        del reader
        writer.write(b"x" * 5_000_000)
        await asyncio.sleep(100)

    async def listen() -> None:
        await asyncio.start_server(flood, "b", 80)

    world.run(world.nodes["b"], listen())

    async def main() -> int:
        reader, writer = await asyncio.open_connection("b", 80, limit=10_000)
        await asyncio.sleep(1)
        world.nodes["b"].kill()
        answer = await reader.read()
        writer.close()
        return len(answer)

    assert 1_000_000 < world.run(world.nodes["a"], main()) < 2_000_000
