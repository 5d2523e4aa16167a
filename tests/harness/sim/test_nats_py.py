"""Unmodified nats-py in the simulated world."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Coroutine
from typing import Any

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import NoRespondersError

from natsim.harness.sim.clock import HeapClock
from natsim.harness.sim.world import World

from .conftest import serve

URL = "nats://n1:4222"


def _on(world: World, node: str, work: Coroutine[Any, Any, Any]) -> Any:
    return world.run(world.nodes[node], work)


async def _collector(subject: str, queue: str = "") -> tuple[Client, list[str]]:
    seen: list[str] = []

    async def collect(message: Msg) -> None:
        seen.append(f"{message.subject} {message.data.decode()}")

    client = await nats.connect(URL, reconnect_time_wait=1)
    await client.subscribe(subject, queue=queue, cb=collect)
    await client.rtt()
    return client, seen


async def _publish(subject: str, count: int) -> Client:
    client = await nats.connect(URL, reconnect_time_wait=1)
    for number in range(count):
        await client.publish(subject, b"%d" % number)
        await asyncio.sleep(0.01)
    await client.rtt()
    return client


def test_publish_and_subscribe(nats_world: World) -> None:
    _, seen = _on(nats_world, "c1", _collector("a.*"))
    _on(nats_world, "c2", _publish("a.b", 5))

    assert seen == [f"a.b {number}" for number in range(5)]


def test_a_queue_group_shares(nats_world: World) -> None:
    _, one = _on(nats_world, "c1", _collector("a", "q"))
    _, other = _on(nats_world, "c2", _collector("a", "q"))
    _on(nats_world, "c3", _publish("a", 50))

    assert sorted(one + other) == sorted(f"a {number}" for number in range(50))
    assert one
    assert other


def test_request_and_reply_and_nobody_there(nats_world: World) -> None:
    async def responder() -> None:
        client = await nats.connect(URL)

        async def answer(message: Msg) -> None:
            await message.respond(b"re:" + message.data)

        await client.subscribe("svc", cb=answer)
        await client.rtt()

    async def requestor() -> bytes:
        client = await nats.connect(URL)
        answer = await client.request("svc", b"hello", headers={"a": "b"})
        with pytest.raises(NoRespondersError):
            await client.request("nobody", b"hello")
        return answer.data

    _on(nats_world, "c1", responder())

    assert _on(nats_world, "c2", requestor()) == b"re:hello"


def test_drain_works_off_what_has_arrived(nats_world: World) -> None:
    client, seen = _on(nats_world, "c1", _collector("a"))
    _on(nats_world, "c2", _publish("a", 20))
    _on(nats_world, "c1", client.drain())

    assert len(seen) == 20
    assert client.is_closed


def test_a_killed_server_is_found_again_and_subscriptions_with_it(nats_world: World) -> None:
    client, seen = _on(nats_world, "c1", _collector("a"))
    nats_world.nodes["n1"].kill()
    nats_world.run_until(nats_world.clock.now_ns + 5 * 10**9)
    assert not client.is_connected
    nats_world.nodes["n1"].restart()
    serve(nats_world, "n1")
    nats_world.run_until(nats_world.clock.now_ns + 5 * 10**9)
    _on(nats_world, "c2", _publish("a", 3))

    assert seen == ["a 0", "a 1", "a 2"]
    assert client.stats["reconnects"] == 1


def test_nats_py_writes_the_ping_of_a_flush_ahead_of_a_publish_just_before_it(
    world: World,
) -> None:
    # So its flush proves nothing about that publish; our barriers wait until nothing is held back.
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"server_id":"N","version":"2.15.1","headers":true} \r\n')
        while line := await reader.readline():
            heard.append(line)
            if line == b"PING\r\n":
                writer.write(b"PONG\r\n")
        writer.close()

    async def serve_lines() -> None:
        await asyncio.start_server(listen, "b", 4222)

    async def main() -> None:
        client = await nats.connect("nats://b:4222")
        await client.publish("a", b"x")
        await client.flush()
        await client.close()

    _on(world, "b", serve_lines())
    _on(world, "a", main())

    assert heard[1:] == [b"PING\r\n", b"PING\r\n", b"PUB a  1\r\n", b"x\r\n"]


PROGRAM = """
import sys
from tests.harness.sim.test_nats_py import played
print(played(sys.argv[1]))
"""


def played(clock: str) -> str:
    """Play a little of everything; give the digests."""
    from natsim.harness.sim import interpose
    from natsim.harness.sim.topology import Topology

    interpose.install()
    topology = Topology()
    for name in ("n1", "c1", "c2", "c3"):
        topology.add_node(name)
    for name in ("c1", "c2", "c3"):
        topology.add_link(name, "n1", (1_000_000, 9_000_000))
    world = World(7, topology, HeapClock() if clock == "heap" else None)
    serve(world, "n1")
    _on(world, "c1", _collector("a", "q"))
    _on(world, "c2", _collector("a", "q"))
    world.nodes["c3"].loop.create_task(_publish("a", 400))
    world.run_until(2 * 10**9)
    world.nodes["n1"].kill()
    world.run_until(3 * 10**9)
    world.nodes["n1"].restart()
    serve(world, "n1")
    world.run_until(8 * 10**9)
    digests = world.digests()
    world.close()
    return f"{digests['schedule']} {digests['wire']}"


def test_the_same_bytes_in_a_fresh_process_with_another_hash_seed_and_on_both_clocks() -> None:
    here = played("simpy")
    there = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, clock],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for clock, seed in [("simpy", "1"), ("heap", "2")]
    ]

    assert there == [here, here]
