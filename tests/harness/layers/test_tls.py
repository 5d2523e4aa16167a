"""The TLS layer by itself: two of them, back to back, in memory."""

from __future__ import annotations

import asyncio
import ssl
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from natsim.harness.layers.records import Records
from natsim.harness.layers.tls import TlsLayer
from natsim.harness.layers.tls_context import load_server_tls

from .memory import Heard, MemoryTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .conftest import Material

MEGABYTE = 1024 * 1024


class Side:
    """One end: a layer, what is below it and what is above it."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        context: ssl.SSLContext,
        room: int = 1 << 40,
        on_secured: Callable[[TlsLayer], None] = lambda _: None,
    ) -> None:
        self.lower, self.upper = MemoryTransport(room), Heard()
        name = None if context.protocol is ssl.PROTOCOL_TLS_SERVER else "localhost"
        self.layer = TlsLayer(self.lower, self.upper, loop, context, on_secured, name)


class Pair:
    """A server and a client of it."""

    def __init__(self, server: Side, client: Side) -> None:
        self.server, self.client = server, client

    def exchange(self, cut: Callable[[bytes], Sequence[bytes]] = lambda data: [data]) -> None:
        """Carry bytes to and fro until neither has any. cut: gives the pieces."""
        ways = ((self.client, self.server), (self.server, self.client))
        while self.client.lower.written or self.server.lower.written:
            for here, there in ways:
                for piece in cut(here.lower.take()):
                    there.layer.data_received(piece)


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    loop = asyncio.new_event_loop()
    yield loop
    loop.close()


@pytest.fixture
def pair(loop: asyncio.AbstractEventLoop, material: Material) -> Pair:
    server = Side(loop, load_server_tls(material.options()).context)
    return Pair(server, Side(loop, material.client_context()))


def _bytes_of(data: bytes) -> list[bytes]:
    return [data[at : at + 1] for at in range(len(data))]


def test_bytes_one_at_a_time_are_enough(pair: Pair) -> None:
    pair.client.layer.write(b"to the server")
    pair.server.layer.write(b"to the client")

    pair.exchange(_bytes_of)

    assert pair.server.upper.data == b"to the server"
    assert pair.client.upper.data == b"to the client"


def test_what_is_written_before_the_handshake_waits_for_it(pair: Pair) -> None:
    pair.server.layer.write(b"early")
    early = pair.server.layer.get_write_buffer_size()

    pair.exchange()

    assert early == 5
    assert pair.client.upper.data == b"early"
    assert pair.server.layer.get_write_buffer_size() == 0


def test_more_than_the_limit_before_the_handshake_pauses_until_it_is_done(pair: Pair) -> None:
    pair.server.layer.write(bytes(100_000))
    before = list(pair.server.upper.calls)

    pair.exchange()

    assert before == ["pause"]
    assert pair.server.upper.calls == ["pause", "resume"]
    assert len(pair.client.upper.data) == 100_000


def test_a_burst_is_handed_on_in_few_pieces(pair: Pair) -> None:
    pair.exchange()

    pair.client.layer.write(bytes(256 * 1024))
    pair.exchange()

    assert pair.server.upper.sizes == [65_536] * 4


def test_records_are_full(pair: Pair) -> None:
    pair.exchange()

    pair.client.layer.write(bytes(65_536))

    # 22 bytes on top of each record of 16 KiB, in TLS 1.3.
    assert len(pair.client.lower.written) == 65_536 + 4 * 22


def test_who_pauses_gets_nothing_more_until_it_resumes(
    pair: Pair, loop: asyncio.AbstractEventLoop
) -> None:
    pair.exchange()
    server = pair.server
    server.upper.on_data = server.layer.pause_reading

    pair.client.layer.write(bytes(256 * 1024))
    pair.exchange()
    paused = len(server.upper.data), server.lower.is_reading_wanted, server.layer.is_reading()
    server.upper.on_data = lambda: None
    server.layer.resume_reading()
    loop.run_until_complete(asyncio.sleep(0))

    assert paused == (65_536, False, False)
    assert len(server.upper.data) == 256 * 1024
    assert server.lower.is_reading_wanted


def test_an_end_waits_for_who_has_paused(pair: Pair, loop: asyncio.AbstractEventLoop) -> None:
    pair.exchange()
    server = pair.server
    server.upper.on_data = server.layer.pause_reading

    pair.client.layer.write(b"last")
    pair.client.layer.close()
    pair.exchange()
    paused = list(server.upper.calls)
    server.layer.resume_reading()
    loop.run_until_complete(asyncio.sleep(0))

    assert server.upper.data == b"last"
    assert paused == []
    assert server.upper.calls == ["eof"]
    assert server.lower.has_closed


def test_back_pressure_passes_both_ways(pair: Pair) -> None:
    pair.exchange()
    server = pair.server
    server.lower.room = 0

    server.layer.write(bytes(100))
    held = server.layer.get_write_buffer_size()
    server.layer.pause_writing()
    server.layer.resume_writing()

    assert held == 100 + 22
    assert server.upper.calls == ["pause", "resume"]


def test_nothing_is_written_after_the_close(pair: Pair) -> None:
    pair.exchange()

    pair.server.layer.close()
    goodbye = pair.server.lower.take()
    pair.server.layer.write(b"too late")
    pair.server.layer.close()

    assert goodbye
    assert not pair.server.lower.written
    assert pair.server.lower.has_closed


def test_an_abort_says_nothing(pair: Pair) -> None:
    pair.exchange()

    pair.server.layer.abort()

    assert not pair.server.lower.written
    assert pair.server.lower.has_aborted


def test_a_refusal_follows_the_handshake(
    loop: asyncio.AbstractEventLoop, material: Material
) -> None:
    server = Side(
        loop,
        load_server_tls(material.options()).context,
        on_secured=lambda layer: layer.refuse("not you"),
    )
    pair = Pair(server, Side(loop, material.client_context()))

    pair.client.layer.write(b"never read")
    pair.exchange()
    server.layer.connection_lost(None)

    assert server.upper.calls == ["lost: not you"]
    assert server.upper.data == b""
    assert server.lower.has_closed


def test_a_connection_lost_in_the_handshake_is_a_failed_handshake(pair: Pair) -> None:
    pair.server.layer.data_received(b"\x16\x03")

    pair.server.layer.connection_lost(None)

    assert pair.server.upper.calls == ["lost: unexpected EOF"]


def test_a_peer_that_has_said_goodbye_is_told_no_more_of(pair: Pair) -> None:
    pair.exchange()

    pair.client.layer.close()
    pair.exchange()
    pair.server.layer.data_received(b"\x17\x03\x03 anything")

    assert pair.server.upper.calls == ["eof"]


def test_the_session_can_be_asked_for(pair: Pair) -> None:
    pair.exchange()

    layer = pair.client.layer

    assert layer.get_extra_info("ssl_object") is layer.tls
    assert layer.get_extra_info("cipher")[1] == "TLSv1.3"
    assert layer.get_extra_info("peercert")["subject"] == ((("commonName", "localhost"),),)
    assert layer.get_extra_info("nothing", "default") == "default"


@settings(max_examples=200, deadline=None)
@given(sizes=st.lists(st.integers(0, 300), max_size=20), data=st.data())
def test_records_are_followed_however_they_are_cut(sizes: list[int], data: st.DataObject) -> None:
    stream = b"".join(b"\x17\x03\x03" + size.to_bytes(2, "big") + bytes(size) for size in sizes)
    ends = {sum(5 + size for size in sizes[:count]) for count in range(len(sizes) + 1)}
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)))) | {len(stream)})
    records = Records()

    inside: dict[int, bool] = {}
    start = 0
    for cut in cuts:
        records.follow(stream[start:cut])
        inside[cut] = records.is_inside
        start = cut

    assert inside == {cut: cut not in ends for cut in cuts}
