"""The proxy carries bytes, ends and faults between a client and a server."""

from __future__ import annotations

import asyncio
import secrets
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from tests.harness.loops import in_a_loop, until
from tests.harness.wire import Wire

from natsim.harness.stage.pipe import CHUNK_BYTES, DELAYED_BYTES_MAX
from natsim.harness.stage.ports import ReservedPort
from natsim.harness.stage.proxy import NO_LATENCY, Proxy, Way

from .origin import Origin

if TYPE_CHECKING:
    from collections.abc import Generator

    from natsim.harness.stage.base import StageError

MEGABYTE = 1024 * 1024
MS = 1_000_000

QUIET_S = 0.05
"""Loopback needs microseconds: what did not come in this time does not come."""


def never(error: StageError) -> None:
    raise AssertionError(error)


@contextmanager
def proxy_to(port: int, latency_ns: tuple[int, int] = NO_LATENCY) -> Generator[Proxy, None, None]:
    proxy = Proxy("p1", "n1", port, seed=7, failed=never, latency_ns=latency_ns)
    proxy.open()
    try:
        yield proxy
    finally:
        proxy.close()


async def join(proxy: Proxy, origin: Origin) -> tuple[Wire, Wire]:
    """Connect a client through the proxy; give both ends."""
    client = await Wire.dial_silently(proxy.port)
    return client, await origin.accept()


def cut(proxy: Proxy) -> None:
    for way in Way:
        proxy.cut(way)


def heal(proxy: Proxy) -> None:
    for way in Way:
        proxy.heal(way)


async def says_nothing(wire: Wire) -> bool:
    """Tell whether neither bytes nor an end come."""
    try:
        async with asyncio.timeout(QUIET_S):
            await wire.exactly(1)
    except TimeoutError:
        return True
    return False


# Plain.


@in_a_loop
async def test_bytes_pass_both_ways_as_they_are() -> None:
    asked, answered = secrets.token_bytes(MEGABYTE), secrets.token_bytes(MEGABYTE)
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)

        sending = [
            asyncio.create_task(client.send(asked)),
            asyncio.create_task(server.send(answered)),
        ]

        assert await server.exactly(MEGABYTE) == asked
        assert await client.exactly(MEGABYTE) == answered
        await asyncio.gather(*sending)
        assert proxy.flow(Way.UP).passed_bytes == MEGABYTE


@in_a_loop
async def test_a_receiver_that_rests_stops_the_sender_and_memory_is_bounded() -> None:
    size = 32 * MEGABYTE
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)
        sending = asyncio.create_task(client.send(bytes(size)))

        await asyncio.sleep(0.2)
        held, is_stopped = proxy.held_bytes, not sending.done()
        arrived = await server.exactly(size)

        assert is_stopped
        assert held <= 2 * CHUNK_BYTES
        assert arrived == bytes(size)
        await sending


@in_a_loop
async def test_a_half_closed_connection_still_answers() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)
        await client.send(b"question")
        client.end_writing()

        assert await server.rest() == b"question"
        await server.send(b"answer")
        server.end_writing()

        assert await client.rest() == b"answer"
        await until(lambda: proxy.connections == 0)


@in_a_loop
async def test_a_reset_by_the_client_is_a_reset_for_the_server() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)

        client.reset()

        with pytest.raises(ConnectionResetError):
            await server.rest()
        assert proxy.connections == 0


@in_a_loop
async def test_a_reset_by_the_server_is_a_reset_for_the_client() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)

        server.reset()

        with pytest.raises(ConnectionResetError):
            await client.rest()


@in_a_loop
async def test_who_writes_to_one_that_has_gone_is_reset() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)
        server.hang_up()
        assert await client.rest() == b""

        with pytest.raises(ConnectionError):
            await go_on_sending(client)
        await until(lambda: proxy.connections == 0)


async def go_on_sending(wire: Wire) -> None:
    # The first of these tells the proxy, the proxy tells the client.
    for _ in range(1000):
        await wire.send(b"anyone?")
        await asyncio.sleep(0.001)


@in_a_loop
async def test_a_server_that_is_down_resets_the_client() -> None:
    port = ReservedPort()
    with proxy_to(port.number) as proxy:
        client = await Wire.dial_silently(proxy.port)

        with pytest.raises(ConnectionResetError):
            await client.rest()
        assert proxy.connections == 0
    port.release()


@in_a_loop
async def test_the_ports_that_lead_to_the_server_are_known() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        _, server = await join(proxy, origin)

        assert proxy.server_side_ports() == {server.peer_port}


# Cut.


@in_a_loop
async def test_a_cut_holds_bytes_and_healing_delivers_them_in_order() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)
        await client.send(b"one")
        assert await server.exactly(3) == b"one"

        cut(proxy)
        await client.send(b"two")
        await server.send(b"answer")
        assert await says_nothing(server)
        assert await says_nothing(client)
        leaked = [proxy.flow(way).leaked_bytes for way in Way]
        await client.send(b"three")
        heal(proxy)

        assert await server.exactly(8) == b"twothree"
        assert await client.exactly(6) == b"answer"
        assert leaked == [0, 0]


@in_a_loop
async def test_a_one_way_cut_lets_the_other_way_pass() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)

        proxy.cut(Way.DOWN)
        await client.send(b"there")
        await server.send(b"back")

        assert await server.exactly(5) == b"there"
        assert await says_nothing(client)
        proxy.heal(Way.DOWN)
        assert await client.exactly(4) == b"back"


@in_a_loop
async def test_a_cut_that_others_still_hold_does_not_heal() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)
        cut(proxy)
        cut(proxy)
        await client.send(b"one")

        heal(proxy)

        assert await says_nothing(server)
        heal(proxy)
        assert await server.exactly(3) == b"one"


@in_a_loop
async def test_a_long_cut_stops_the_sender_and_memory_is_bounded() -> None:
    size = 32 * MEGABYTE
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)
        cut(proxy)
        sending = asyncio.create_task(client.send(bytes(size)))

        await asyncio.sleep(0.1)
        held, is_stopped = proxy.held_bytes, not sending.done()
        heal(proxy)

        assert is_stopped
        assert held <= 2 * CHUNK_BYTES
        assert await server.exactly(size) == bytes(size)
        await sending


@in_a_loop
async def test_an_end_does_not_pass_a_cut() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)
        cut(proxy)
        await client.send(b"last words")

        client.hang_up()

        assert await says_nothing(server)
        heal(proxy)
        assert await server.rest() == b"last words"


@in_a_loop
async def test_a_reset_does_not_pass_a_cut() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)
        cut(proxy)

        server.reset()

        assert await says_nothing(client)
        heal(proxy)
        with pytest.raises(ConnectionResetError):
            await client.rest()


@in_a_loop
async def test_a_client_that_calls_through_a_cut_is_heard_when_it_heals() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        cut(proxy)
        client = await Wire.dial_silently(proxy.port)
        await client.send(b"hello")
        assert await says_nothing(client)
        was_called = origin.has_caller()

        heal(proxy)
        server = await origin.accept()

        assert not was_called
        assert await server.exactly(5) == b"hello"


@in_a_loop
async def test_half_a_cut_is_enough_to_keep_a_call_from_the_server() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        proxy.cut(Way.DOWN)
        client = await Wire.dial_silently(proxy.port)

        assert await says_nothing(client)
        assert not origin.has_caller()


@in_a_loop
async def test_a_client_that_gave_up_in_a_cut_was_never_heard_of() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        cut(proxy)
        client = await Wire.dial_silently(proxy.port)
        await client.send(b"hello?")
        assert await says_nothing(client)
        client.hang_up()
        await asyncio.sleep(QUIET_S)

        heal(proxy)
        await asyncio.sleep(QUIET_S)

        assert not origin.has_caller()


@in_a_loop
async def test_nothing_is_left_of_connections_that_broke_in_a_cut() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)
        cut(proxy)
        await client.send(b"one")
        await server.send(b"two")
        await asyncio.sleep(QUIET_S)
        client.reset()
        server.reset()
        await asyncio.sleep(QUIET_S)

        heal(proxy)

        await until(lambda: proxy.connections == 0)
        assert proxy.held_bytes == 0


# Slow.


@in_a_loop
async def test_a_slow_link_delays_and_keeps_the_order() -> None:
    loop = asyncio.get_running_loop()
    with Origin() as origin, proxy_to(origin.port, (20 * MS, 60 * MS)) as proxy:
        client, server = await join(proxy, origin)
        before = loop.time()

        for number in range(20):
            await client.send(b"%02d" % number)
            await asyncio.sleep(0.002)  # so that each is a chunk of its own
        arrived = await server.exactly(40)

        assert arrived == b"".join(b"%02d" % number for number in range(20))
        assert 0.02 <= loop.time() - before < 2


@in_a_loop
async def test_slowing_ends_for_what_is_sent_afterwards() -> None:
    loop = asyncio.get_running_loop()
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)
        proxy.slow((100 * MS, 100 * MS))
        before = loop.time()
        await client.send(b"slow")
        assert await server.exactly(4) == b"slow"
        between = loop.time()

        proxy.unslow((100 * MS, 100 * MS))
        await client.send(b"fast")
        assert await server.exactly(4) == b"fast"

        assert between - before >= 0.1
        assert loop.time() - between < 0.1


@in_a_loop
async def test_what_is_under_way_on_a_slow_link_is_bounded() -> None:
    with Origin() as origin, proxy_to(origin.port, (300 * MS, 300 * MS)) as proxy:
        client, _ = await join(proxy, origin)
        sending = asyncio.create_task(client.send(bytes(32 * MEGABYTE)))

        await asyncio.sleep(0.2)

        assert MEGABYTE < proxy.held_bytes <= DELAYED_BYTES_MAX + CHUNK_BYTES
        sending.cancel()


@in_a_loop
async def test_an_end_travels_as_slowly_as_the_bytes_before_it() -> None:
    loop = asyncio.get_running_loop()
    with Origin() as origin, proxy_to(origin.port, (50 * MS, 50 * MS)) as proxy:
        client, server = await join(proxy, origin)
        before = loop.time()

        client.hang_up()

        assert await server.rest() == b""
        assert loop.time() - before >= 0.05


@in_a_loop
async def test_closing_a_proxy_closes_its_connections() -> None:
    with Origin() as origin, proxy_to(origin.port) as proxy:
        client, server = await join(proxy, origin)

        proxy.close()

        assert await client.rest() == b""
        assert await server.rest() == b""
        with pytest.raises(ConnectionRefusedError):
            await Wire.dial_silently(proxy.port)


def test_a_reserved_port_is_given_to_who_names_it_and_to_nobody_else() -> None:
    port = ReservedPort()
    others = [socket.create_server(("127.0.0.1", 0)) for _ in range(100)]

    with socket.create_server(("127.0.0.1", port.number)) as server:
        named = server.getsockname()[1]

    assert named == port.number
    assert port.number not in [other.getsockname()[1] for other in others]
    for other in others:
        other.close()
    port.release()
