"""How long a monitor waits for its clients: in simulated time, which costs none."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from tests.harness.layers.both_loops import SimulatedNet

from natsim.harness.monitor import limits

from .monitoring import Counting, monitoring
from .test_http import answer, get

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from tests.harness.layers.peer import Peer


@pytest.fixture
def net() -> Iterator[SimulatedNet]:
    net = SimulatedNet()
    yield net
    net.world.close()


def play(
    net: SimulatedNet, test: Callable[[Peer], Coroutine[None, None, None]], size: int = 0
) -> float:
    """Let a client do something; tell how many seconds it took until its connection was lost."""

    async def client() -> float:
        async with monitoring(net, Counting(more_bytes=size)):
            peer = await net.dial()
            await test(peer)
            await peer.rest_or_reset()
            return net.client.mono_ns() / 1e9

    took = net.world.run(net.client, client())
    assert isinstance(took, float)
    return took


def test_who_says_nothing_is_cut(net: SimulatedNet) -> None:
    async def nothing(_: Peer) -> None:
        pass

    assert play(net, nothing) == limits.REQUEST_S


def test_who_sends_a_byte_now_and_then_gets_no_more_time(net: SimulatedNet) -> None:
    async def drip(peer: Peer) -> None:
        for byte in get("/a")[: int(limits.REQUEST_S) + 3]:
            peer.send(bytes([byte]))
            await asyncio.sleep(1)

    assert play(net, drip) == pytest.approx(limits.REQUEST_S, abs=3)


def test_who_asks_nothing_more_is_cut_later(net: SimulatedNet) -> None:
    async def once(peer: Peer) -> None:
        peer.send(get("/a"))
        await answer(peer)

    assert play(net, once) == limits.IDLE_S


def test_each_request_has_its_own_time(net: SimulatedNet) -> None:
    async def slowly(peer: Peer) -> None:
        for _ in range(5):
            peer.send(get("/a")[:10])
            await asyncio.sleep(limits.REQUEST_S - 1)
            peer.send(get("/a")[10:])
            await answer(peer)

    assert play(net, slowly) == 5 * (limits.REQUEST_S - 1) + limits.IDLE_S


def test_a_body_that_drips_gets_no_more_time(net: SimulatedNet) -> None:
    async def drip(peer: Peer) -> None:
        peer.send(get("/a", "Content-Length: 100", method="POST"))
        await asyncio.sleep(limits.REQUEST_S - 1)
        peer.send(b"x")

    assert play(net, drip) == limits.REQUEST_S


def test_who_does_not_read_its_answer_is_cut(net: SimulatedNet) -> None:
    async def sleep(peer: Peer) -> None:
        peer.transport.pause_reading()
        peer.send(get("/a"))
        await asyncio.sleep(limits.RESPONSE_S + 1)
        peer.transport.resume_reading()

    assert play(net, sleep, size=64 * 1024 * 1024) == limits.RESPONSE_S + 1
