"""Unmodified nats-py and our broker on nodes whose clocks are wrong."""

import asyncio
import json
import os
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

import nats
import pytest
from nats.aio import client as nats_client
from nats.errors import TimeoutError as NatsTimeoutError
from tests.credentials import (
    account_jwt,
    account_signer,
    operator_jwt,
    operator_signer,
    user_jwt,
    user_signer,
)

from natsim.broker.nats.options import AuthorizationOptions, OperatorOptions
from natsim.harness.sim import interpose
from natsim.harness.sim.clock import HeapClock
from natsim.harness.sim.world import START_WALL_NS, World

from .conftest import serve

SECOND_NS = 1_000_000_000
HOUR_NS = 3600 * SECOND_NS
FAST, SLOW = 100_000, -100_000
URL = "nats://n1:4222"
NOON_S = START_WALL_NS // SECOND_NS + 12 * 3600

OPERATOR, ACCOUNT, USER = operator_signer(), account_signer("A"), user_signer("u")
GUARDED = AuthorizationOptions(
    operator=OperatorOptions(
        operators=(operator_jwt(OPERATOR),),
        accounts=((ACCOUNT.public, account_jwt(OPERATOR, ACCOUNT)),),
    )
)


@pytest.fixture
def wrong_clocks() -> Iterator[World]:
    """A world with the server n1 and a client each whose clock is right, fast and slow."""
    interpose.install()
    world = World(seed=1)
    world.add_node("n1")
    world.add_node("right")
    world.add_node("fast", offset_ns=HOUR_NS, drift_ppm=FAST)
    world.add_node("slow", offset_ns=-HOUR_NS, drift_ppm=SLOW)
    yield world
    world.close()


@pytest.mark.parametrize(
    ("node", "true_ns"),
    [("right", 9_900_000_000), ("fast", 9_000_000_000), ("slow", 11_000_000_000)],
)
def test_a_request_times_out_by_the_clock_of_who_asks(
    wrong_clocks: World, node: str, true_ns: int
) -> None:
    serve(wrong_clocks, "n1")

    async def listen() -> None:
        client = await nats.connect(URL)
        await client.subscribe("svc")
        await client.rtt()

    async def main() -> tuple[int, float]:
        client = await nats.connect(URL)
        asked_ns, asked_s = wrong_clocks.clock.now_ns, asyncio.get_running_loop().time()
        with pytest.raises(NatsTimeoutError):
            await client.request("svc", timeout=9.9)
        waited_s = asyncio.get_running_loop().time() - asked_s
        return wrong_clocks.clock.now_ns - asked_ns, waited_s

    wrong_clocks.run(wrong_clocks.nodes["n1"], listen())

    assert wrong_clocks.run(wrong_clocks.nodes[node], main()) == (true_ns, 9.9)


@pytest.mark.parametrize(
    ("node", "every_ns"),
    [("right", 99 * SECOND_NS), ("fast", 90 * SECOND_NS), ("slow", 110 * SECOND_NS)],
)
def test_a_client_pings_by_its_own_clock(wrong_clocks: World, node: str, every_ns: int) -> None:
    heard_ns: list[int] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b'INFO {"server_id":"N","version":"2.15.1"} \r\n')
        while line := await reader.readline():
            if line == b"PING\r\n":
                heard_ns.append(wrong_clocks.clock.now_ns)
                writer.write(b"PONG\r\n")
        writer.close()

    async def listen() -> None:
        await asyncio.start_server(answer, "n1", 4222)

    async def main() -> None:
        client = await nats.connect(URL, ping_interval=99)
        await asyncio.sleep(400)
        await client.close()

    wrong_clocks.run(wrong_clocks.nodes["n1"], listen())
    wrong_clocks.run(wrong_clocks.nodes[node], main())

    # The first is that of the connect.
    assert heard_ns == [0, every_ns, 2 * every_ns, 3 * every_ns, 4 * every_ns]


def test_a_client_reads_the_time_of_its_node(wrong_clocks: World) -> None:
    clock: Any = vars(nats_client)["time"]

    async def main() -> tuple[float, int, bool]:
        await asyncio.sleep(11)
        return clock.monotonic(), clock.time_ns() - START_WALL_NS, clock is time

    node = wrong_clocks.nodes["fast"]

    assert wrong_clocks.run(node, main()) == (11.0, HOUR_NS + 11 * SECOND_NS, False)


def test_a_client_comes_back_after_its_wait_whatever_the_wall_clock_does(
    wrong_clocks: World,
) -> None:
    serve(wrong_clocks, "n1")
    node, server = wrong_clocks.nodes["slow"], wrong_clocks.nodes["n1"]
    back_ns: list[int] = []

    async def reconnected() -> None:
        back_ns.append(wrong_clocks.clock.now_ns)

    async def main() -> None:
        await nats.connect(URL, reconnect_time_wait=9, reconnected_cb=reconnected)

    wrong_clocks.run(node, main())
    server.kill()
    server.restart()
    serve(wrong_clocks, "n1")
    wrong_clocks.clock.call_at(5 * SECOND_NS, lambda: node.clock.jump(-10 * HOUR_NS))
    wrong_clocks.run_until(60 * SECOND_NS)

    # 9 s of a clock that is a tenth too slow.
    assert back_ns == [10 * SECOND_NS]


@pytest.mark.parametrize("drift_ppm", [FAST, SLOW])
def test_a_server_pings_by_its_own_clock(drift_ppm: int) -> None:
    right_ns, wrong_ns = _pings_of_a_server(0), _pings_of_a_server(drift_ppm)

    # Rounded up: a timer is never early.
    assert wrong_ns == [-(-at_ns * 1_000_000 // (1_000_000 + drift_ppm)) for at_ns in right_ns]


def _pings_of_a_server(drift_ppm: int) -> list[int]:
    heard_ns: list[int] = []
    world = World(seed=1)
    world.add_node("n1", drift_ppm=drift_ppm)
    client = world.add_node("c1")
    serve(world, "n1")

    async def main() -> None:
        reader, writer = await asyncio.open_connection("n1", 4222)
        writer.write(b'CONNECT {"verbose":false}\r\nPING\r\n')
        while len(heard_ns) < 3:
            if await reader.readline() == b"PING\r\n":
                heard_ns.append(world.clock.now_ns)
                writer.write(b"PONG\r\n")
        writer.close()

    world.run(client, main())
    world.close()
    return heard_ns


async def _log_in(expires_s: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, bytes]:
    """Come in with a JWT that expires; gives the connection and the first answer."""
    reader, writer = await asyncio.open_connection("n1", 4222)
    nonce = json.loads((await reader.readline())[5:])["nonce"]
    said = {
        "jwt": user_jwt(ACCOUNT, USER, expires_s=expires_s),
        "sig": urlsafe_b64encode(USER.sign(nonce)).rstrip(b"=").decode(),
    }
    writer.write(b"CONNECT " + json.dumps(said).encode() + b"\r\nPING\r\n")
    return reader, writer, await reader.readline()


def test_a_jwt_expires_by_the_wall_clock_of_the_server(wrong_clocks: World) -> None:
    serve(wrong_clocks, "n1", GUARDED)
    server = wrong_clocks.nodes["n1"].clock

    async def main() -> list[bytes]:
        answers: list[bytes] = []
        for by_ns in (0, 13 * HOUR_NS, -13 * HOUR_NS):
            server.jump(by_ns)
            _, writer, answer = await _log_in(NOON_S)
            writer.close()
            answers.append(answer)
        return answers

    # The client's own clock says nothing of it.
    assert wrong_clocks.run(wrong_clocks.nodes["fast"], main()) == [
        b"+OK\r\n",
        b"-ERR 'Authorization Violation'\r\n",
        b"+OK\r\n",
    ]


@pytest.mark.parametrize("by_ns", [0, 13 * HOUR_NS])
def test_who_is_in_is_sent_away_by_the_servers_timer_which_no_jump_hurries(by_ns: int) -> None:
    world = World(seed=1)
    server = world.add_node("n1", offset_ns=12 * HOUR_NS - 11 * SECOND_NS, drift_ppm=FAST)
    client = world.add_node("c1")
    serve(world, "n1", GUARDED)

    async def main() -> tuple[bytes, int]:
        reader, writer, _ = await _log_in(NOON_S)
        server.clock.jump(by_ns)
        said = await reader.read()
        writer.close()
        return said, world.clock.now_ns

    said, at_ns = world.run(client, main())
    world.close()

    assert said.endswith(b"-ERR 'User Authentication Expired'\r\n")
    assert at_ns == 10 * SECOND_NS


PROGRAM = """
import sys
from tests.harness.sim.test_nats_by_other_clocks import played
print(played(sys.argv[1]))
"""


def played(clock: str) -> str:
    """Play clients and a server whose clocks drift, change and jump; give the digests."""
    interpose.install()
    world = World(7, clock=HeapClock() if clock == "heap" else None)
    world.add_node("n1", offset_ns=HOUR_NS, drift_ppm=321)
    for name, drift_ppm in (("c1", 77_777), ("c2", -77_777), ("c3", 1)):
        world.add_node(name, drift_ppm=drift_ppm)
    serve(world, "n1")
    for name in ("c1", "c2", "c3"):
        world.nodes[name].loop.create_task(_chatter(name))
    world.clock.call_at(2 * SECOND_NS, lambda: world.nodes["c1"].clock.drift(-50_000))
    world.clock.call_at(3 * SECOND_NS, lambda: world.nodes["n1"].clock.jump(-HOUR_NS))
    world.clock.call_at(4 * SECOND_NS, lambda: world.nodes["n1"].clock.drift(0))
    world.run_until(20 * SECOND_NS)
    digests = world.digests()
    world.close()
    return f"{digests['schedule']} {digests['wire']}"


async def _chatter(name: str) -> None:
    clock: Any = vars(nats_client)["time"]
    client = await nats.connect(URL, ping_interval=1)
    await client.subscribe("a")
    while True:
        await client.publish("a", f"{name} {clock.monotonic()} {clock.time_ns()}".encode())
        await asyncio.sleep(0.1)


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
