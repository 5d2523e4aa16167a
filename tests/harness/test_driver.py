"""The driver joins the broker to a real event loop: real TCP, real back-pressure."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections import Counter
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from natsim.broker.nats.broker import Broker
from natsim.broker.nats.identity import make_identity
from natsim.broker.nats.options import Options
from natsim.broker.now import Now
from natsim.harness import driver as driver_module
from natsim.harness.driver import Driver
from natsim.harness.file_limit import raise_file_limit

from .loops import in_a_loop, until
from .wire import CONNECT, HOST, Wire, hang_up_all, publication

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    import pytest

    from natsim.broker.effects import Effect
    from natsim.broker.events import Event

MEGABYTE = 1024 * 1024
SECOND_NS = 1_000_000_000


class Counting:
    """A broker whose effects are counted by name."""

    def __init__(self, options: Options) -> None:
        identity = make_identity("counting", "natsim", secrets.randbelow)
        self._broker = Broker(options, identity, secrets.randbelow)
        self.effects: Counter[str] = Counter()

    def handle(self, event: Event, now: Now) -> list[Effect]:
        effects = self._broker.handle(event, now)
        self.effects.update(type(effect).__name__ for effect in effects)
        return effects

    def deadline(self) -> int | None:
        return self._broker.deadline()


class Running:
    """A driver that listens, and what its broker did."""

    def __init__(self, options: Options) -> None:
        self.notes: list[str] = []
        self.broker = Counting(options)
        self.driver = Driver(
            self.broker,
            asyncio.get_running_loop(),
            lambda: Now(time.monotonic_ns(), time.time_ns()),
            lambda note: self.notes.append(note.text),
        )
        self.port = 0


@asynccontextmanager
async def running(options: Options | None = None) -> AsyncGenerator[Running, None]:
    it = Running(options or Options(host=HOST))
    it.port = (await it.driver.listen(HOST, 0))[1]
    try:
        yield it
    finally:
        it.driver.close()


@in_a_loop
async def test_a_message_travels_from_one_client_to_another() -> None:
    async with running() as it:
        publisher, subscriber = await Wire.dial(it.port), await Wire.dial(it.port)
        await subscriber.send(CONNECT + b"SUB orders.* 7\r\n")
        await subscriber.sync()

        await publisher.send(CONNECT, publication("orders.new", b"one"))
        await publisher.sync()

        assert await subscriber.sync() == b"MSG orders.new 7 3\r\none\r\n"


@in_a_loop
async def test_a_payload_of_a_megabyte_arrives_whole() -> None:
    payload = secrets.token_bytes(MEGABYTE)
    async with running() as it:
        wire = await Wire.dial(it.port)

        await wire.send(CONNECT + b"SUB large 1\r\n", publication("large", payload))

        assert await wire.sync() == b"MSG large 1 1048576\r\n" + payload + b"\r\n"


@in_a_loop
async def test_a_thousand_clients_are_served_together() -> None:
    raise_file_limit()
    async with running() as it:
        wires = await asyncio.gather(*(Wire.dial(it.port) for _ in range(1000)))
        for wire in wires:
            await wire.send(CONNECT + b"SUB news 1\r\n")
        await asyncio.gather(*(wire.sync() for wire in wires))

        await wires[0].send(publication("news", b"hi"))
        said = await asyncio.gather(*(wire.exactly(18) for wire in wires))

        assert it.driver.connection_count == 1000
        assert set(said) == {b"MSG news 1 2\r\nhi\r\n"}
        hang_up_all()
        await until(lambda: it.driver.connection_count == 0)


@in_a_loop
async def test_a_reset_takes_only_its_own_client_away() -> None:
    async with running() as it:
        victims = [await Wire.dial(it.port) for _ in range(20)]
        subscriber = await Wire.dial(it.port)
        for wire in [*victims, subscriber]:
            await wire.send(CONNECT + b"SUB news 1\r\n")
            await wire.sync()

        for victim in victims:
            await victim.send(b"PUB half 100\r\nonly some")
            victim.reset()
        await until(lambda: it.driver.connection_count == 1)

        await subscriber.send(publication("news", b"still here"))
        assert await subscriber.sync() == b"MSG news 1 10\r\nstill here\r\n"


@in_a_loop
async def test_who_stops_reading_is_cut_at_max_pending_and_the_others_go_on() -> None:
    count = 500
    options = Options(host=HOST, max_payload=65_536, max_pending=MEGABYTE)
    frame = b"MSG news 1 65536\r\n" + bytes(65_536) + b"\r\n"
    async with running(options) as it:
        slow, other = await Wire.dial(it.port, receive_buffer=4096), await Wire.dial(it.port)
        publisher = await Wire.dial(it.port)
        for wire in (slow, other):
            await wire.send(CONNECT + b"SUB news 1\r\n")
            await wire.sync()

        reading = asyncio.create_task(other.exactly(count * len(frame)))
        for _ in range(count):
            await publisher.send(publication("news", bytes(65_536)))

        assert await reading == frame * count
        assert it.driver.connection_count == 2
        assert any("Slow Consumer Detected" in note for note in it.notes)
        assert it.broker.effects["Abort"] == 1


@in_a_loop
async def test_a_publisher_that_was_held_up_goes_on_and_loses_nothing() -> None:
    count = 4000
    # Wide enough that a slow machine reads something between two resumes.
    options = Options(host=HOST, max_pending=8 * MEGABYTE)
    frame = b"MSG news 1 8192\r\n" + bytes(8192) + b"\r\n"
    async with running(options) as it:
        subscriber, publisher = await Wire.dial(it.port, 65_536), await Wire.dial(it.port)
        await subscriber.send(CONNECT + b"SUB news 1\r\n")
        await subscriber.sync()

        await publisher.send(CONNECT)
        publishing = asyncio.create_task(publisher.send(publication("news", bytes(8192)) * count))
        await until(lambda: it.broker.effects["PauseReading"] > 0)
        said = await subscriber.exactly(count * len(frame))
        await publishing

        assert said == frame * count
        assert it.broker.effects["ResumeReading"] > 0
        assert it.broker.effects["Abort"] == 0
        assert await publisher.sync() == b""


@in_a_loop
async def test_a_quiet_client_is_pinged_and_then_cut() -> None:
    options = Options(host=HOST, ping_interval_ns=SECOND_NS // 20, ping_max=1)
    async with running(options) as it:
        wire = await Wire.dial(it.port)

        await wire.send(CONNECT)

        assert await wire.rest() == b"PING\r\n-ERR 'Stale Connection'\r\n"


@in_a_loop
async def test_a_timer_that_comes_to_lie_earlier_is_moved() -> None:
    # The first PING of a connection lies 100 s ahead, and CONNECT pulls it to about 2 s.
    options = Options(host=HOST, ping_interval_ns=100 * SECOND_NS)
    async with running(options) as it:
        wire = await Wire.dial(it.port)
        before = time.monotonic()

        await wire.send(CONNECT)

        assert await wire.until(b"\r\n") == b"PING\r\n"
        assert 1.9 < time.monotonic() - before < 10


@in_a_loop
async def test_closing_writes_what_was_sent_and_then_ends_the_stream() -> None:
    async with running() as it:
        wire = await Wire.dial(it.port)
        await wire.send(CONNECT + b"SUB large 1\r\n", publication("large", bytes(MEGABYTE)))
        await until(lambda: it.broker.effects["Send"] > 1)

        it.driver.close()
        said = await wire.rest()
        await it.driver.wait_closed()

        assert len(said) == len(b"MSG large 1 1048576\r\n") + MEGABYTE + 2


@in_a_loop
async def test_waiting_for_no_connections_takes_no_time() -> None:
    async with running() as it:
        it.driver.close()

        await it.driver.wait_closed()


async def never_reading(it: Running) -> Wire:
    """Connect a client for which bytes wait in the driver, and which will not take them."""
    wire = await Wire.dial(it.port, receive_buffer=4096)
    await wire.send(CONNECT + b"SUB large 1\r\n")
    await wire.sync()
    publisher = await Wire.dial(it.port)
    for _ in range(16):
        await publisher.send(publication("large", bytes(MEGABYTE)))
    await publisher.sync()
    publisher.hang_up()
    return wire


@in_a_loop
async def test_closing_does_not_wait_for_ever_for_a_client_that_does_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(driver_module, "LINGER_S", 0.05)
    async with running() as it:
        wire = await never_reading(it)

        it.driver.close()
        await it.driver.wait_closed()

        assert len(await wire.rest()) < 16 * MEGABYTE


@in_a_loop
async def test_a_client_that_sends_no_more_and_never_reads_is_let_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(driver_module, "LINGER_S", 0.05)
    async with running() as it:
        wire = await never_reading(it)

        wire.end_writing()
        await it.driver.wait_closed()

        assert it.driver.connection_count == 0


@in_a_loop
async def test_a_socket_that_is_bound_already_serves_as_well() -> None:
    bound = socket.create_server((HOST, 0))
    async with running() as it:
        await it.driver.listen_on(bound)

        wire = await Wire.dial(bound.getsockname()[1])

        assert wire.info["server_name"] == "counting"
