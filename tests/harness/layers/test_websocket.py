"""WebSocket between a driver and its clients, on both loops."""

from __future__ import annotations

import asyncio
import zlib
from typing import TYPE_CHECKING, NamedTuple

import pytest

from natsim.broker.effects import Close, CloseReason, Effect, Send
from natsim.broker.events import (
    Connected,
    ConnectionKind,
    Disconnected,
    Event,
    Received,
    Upgrade,
)
from natsim.broker.nats.broker import Broker
from natsim.broker.nats.identity import make_identity
from natsim.broker.nats.options import Options
from natsim.broker.nats.options.websocket import WebsocketOptions
from natsim.harness.entrance import Entrance
from natsim.harness.layers.tls_context import load_server_tls

from .both_loops import Net, on_both_loops, until
from .scripted import FAREWELL, Scripted, echo
from .websocket_exchanges import (
    MAX_PAYLOAD,
    REQUESTS,
    TALKS,
    Asked,
    Talk,
    deflated,
    frame,
    request,
    without_dates,
)

if TYPE_CHECKING:
    from .conftest import Material
    from .peer import Peer


class Frame(NamedTuple):
    """What a server sent."""

    first: int
    payload: bytes


def _broker() -> Broker:
    identity = make_identity("test", "test", lambda _: 0)
    return Broker(Options(max_payload=MAX_PAYLOAD), identity, lambda _: 0)


CLOSE, PING = 8, 9
BINARY, BINARY_DEFLATED = 0x82, 0xC2
DATE_BYTES = len("Tue, 24 Nov 2026 15:18:09 GMT") - len("*")


@pytest.mark.parametrize("asked", REQUESTS, ids=str)
@on_both_loops
async def test_a_request_is_answered_as_by_nats_server(net: Net, asked: Asked) -> None:
    await net.serve(_broker(), Entrance(websocket=asked.options))
    peer = await net.dial()

    peer.send(asked.sent)
    if asked.stays:
        dates = asked.answer.count(b"Date: *")
        answer = await peer.exactly(len(asked.answer) + dates * DATE_BYTES)
    else:
        answer = await peer.rest()

    assert without_dates(answer) == asked.answer
    assert peer.has_ended is not asked.stays


@pytest.mark.parametrize("talk", TALKS, ids=str)
@on_both_loops
async def test_frames_are_answered_as_by_nats_server(net: Net, talk: Talk) -> None:
    await net.serve(_broker(), Entrance(websocket=WebsocketOptions(compression=True)))
    peer = await net.dial()
    peer.send(talk.opening)
    await peer.until(b"\r\n\r\n")
    await _frame(peer)

    peer.send(talk.sent)
    answer = await (peer.exactly(len(talk.answer)) if talk.stays else peer.rest())

    assert answer == talk.answer
    assert peer.has_ended is not talk.stays


async def _opened(net: Net, opening: bytes) -> Peer:
    """Open a WebSocket, and read the greeting."""
    peer = await net.dial()
    peer.send(opening)
    await peer.until(b"\r\n\r\n")
    await _frame(peer)
    return peer


@on_both_loops
async def test_the_broker_hears_of_it_when_it_is_open(net: Net) -> None:
    machine = Scripted(echo)
    options = WebsocketOptions(
        jwt_cookie="jwt", user_cookie="user", pass_cookie="pass", token_cookie="token"
    )
    driver = await net.serve(machine, Entrance(websocket=options))
    refused = await net.dial()

    refused.send(request("POST / HTTP/1.1"))
    await refused.until(b"Allowed\n")
    await _opened(
        net,
        request(
            Cookie='jwt=e30.e30.x; user=bob; pass="s=e"; token=t; other=o',
            X_Forwarded_For="10.1.2.3",
        ),
    )

    assert driver.connection_count == 1
    [connected] = machine.of(Connected)
    assert connected.kind is ConnectionKind.WEBSOCKET
    assert connected.upgrade == Upgrade("10.1.2.3", "e30.e30.x", "bob", "s=e", "t")
    assert connected.tls is None
    assert [note.text.partition(" - ")[2] for note in net.notes] == [
        "websocket handshake error: request method must be GET"
    ]


@pytest.mark.parametrize("address", ["10.1.2.3, 10.1.2.4", "nobody", "fe80::1%eth0"])
@on_both_loops
async def test_a_proxy_that_names_no_single_address_is_passed_over(net: Net, address: str) -> None:
    machine = Scripted(echo)
    await net.serve(machine, Entrance(websocket=WebsocketOptions()))

    await _opened(net, request(X_Forwarded_For=address))

    assert machine.of(Connected)[0].upgrade == Upgrade()


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        (frame(b"", mask=b""), "mask bit missing"),
        (frame(b"", reserved=0x20), "RSV2 and RSV3 must be clear"),
        (
            frame(b"", reserved=0x40),
            "compressed frame received without negotiated permessage-deflate",
        ),
        (frame(b"", opcode=11), "unknown opcode 11"),
        (
            frame(bytes(126), PING),
            "control frame length bigger than maximum allowed of 125 bytes",
        ),
        (frame(b"", PING, is_final=False), "control frame does not have final bit set"),
        (frame(b"", opcode=0), "invalid continuation frame"),
        (
            frame(b"a", is_final=False) + frame(b"b"),
            "new message started before final frame for previous message was received",
        ),
        (frame(b"", length=b"\x7f\x80" + bytes(7)), "invalid 64-bit payload length"),
        (frame(b"\x03", CLOSE), "close frame payload cannot be 1 byte"),
        (frame(b"\x03\xed", CLOSE), "invalid close status code 1005"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@on_both_loops
async def test_a_bad_frame_is_named_as_nats_server_names_it(
    net: Net, sent: bytes, error: str
) -> None:
    machine = Scripted(echo)
    await net.serve(machine, Entrance(websocket=WebsocketOptions()))
    peer = await _opened(net, request())

    peer.send(sent)
    await until(lambda: bool(machine.of(Disconnected)))

    assert machine.of(Disconnected) == [Disconnected(1, error)]


@on_both_loops
async def test_frames_may_be_cut_anywhere(net: Net) -> None:
    machine = Scripted(echo)
    await net.serve(machine, Entrance(websocket=WebsocketOptions()))
    opening, talk = request(), frame(b"one") + frame(b"x" * 300, 1) + frame(b"p", PING)
    peer = await net.dial()

    for byte in opening:
        peer.send(bytes([byte]))
        await asyncio.sleep(0)
    await _frame_after_head(peer)
    for byte in talk:
        peer.send(bytes([byte]))
        await asyncio.sleep(0.0001)
    await peer.until(b"\x8a\x01p")

    assert b"".join(event.data for event in machine.of(Received)) == b"one" + b"x" * 300


@on_both_loops
async def test_a_frame_of_any_length_is_handed_on_as_it_comes(net: Net) -> None:
    machine = Scripted(lambda event: echo(event) if isinstance(event, Connected) else [])
    await net.serve(machine, Entrance(websocket=WebsocketOptions()))
    peer = await _opened(net, request())
    piece = bytes(65_536)

    peer.send(frame(b"", length=b"\x7f\x00\x00\x01" + bytes(5)))
    for _ in range(64):
        peer.send(piece)
        await asyncio.sleep(0.0001)
    await until(lambda: sum(len(event.data) for event in machine.of(Received)) == 64 * 65_536)

    assert max(len(event.data) for event in machine.of(Received)) <= 65_536


@on_both_loops
async def test_what_a_bomb_becomes_is_handed_on_in_small_pieces(net: Net) -> None:
    machine = Scripted(lambda event: echo(event) if isinstance(event, Connected) else [])
    await net.serve(machine, Entrance(websocket=WebsocketOptions(compression=True)))
    peer = await _opened(net, request(Sec_WebSocket_Extensions="permessage-deflate"))
    size = 32 * 1024 * 1024

    bomb = deflated(bytes(size))
    peer.send(frame(bomb, reserved=0x40))
    await until(lambda: sum(len(event.data) for event in machine.of(Received)) == size)

    assert len(bomb) < 40_000
    assert max(len(event.data) for event in machine.of(Received)) <= 65_536


@on_both_loops
async def test_a_browser_gets_short_frames(net: Net) -> None:
    await net.serve(Scripted(echo), Entrance(websocket=WebsocketOptions()))
    peer = await _opened(net, request(User_Agent="Mozilla/5.0 (X11)"))

    peer.send(frame(b"x" * 10_000))
    frames = [await _frame(peer) for _ in range(3)]

    assert [(each.first, len(each.payload)) for each in frames] == [
        (BINARY, 4096),
        (BINARY, 4096),
        (BINARY, 1808),
    ]


@on_both_loops
async def test_only_what_is_worth_it_is_compressed(net: Net) -> None:
    await net.serve(Scripted(echo), Entrance(websocket=WebsocketOptions(compression=True)))
    peer = await _opened(net, request(Sec_WebSocket_Extensions="permessage-deflate"))

    peer.send(frame(b"x" * 64))
    short = await _frame(peer)
    peer.send(frame(b"x" * 6500))
    long = await _frame(peer)

    assert short == Frame(BINARY, b"x" * 64)
    assert long.first == BINARY_DEFLATED
    assert zlib.decompressobj(-15).decompress(long.payload + b"\0\0\xff\xff") == b"x" * 6500
    assert len(long.payload) < 100


@pytest.mark.parametrize(
    ("reason", "goodbye"),
    [
        (CloseReason.CLIENT_CLOSED, b"\x03\xe8Client Closed"),
        (CloseReason.AUTHENTICATION_FAILURE, b"\x03\xf0Authentication Failure"),
        (CloseReason.BAD_CLIENT_PROTOCOL_VERSION, b"\x03\xeaBad Client Protocol Version"),
        (CloseReason.MAX_PAYLOAD_EXCEEDED, b"\x03\xf1Maximum Message Payload Exceeded"),
        (CloseReason.SERVER_SHUTDOWN, b"\x03\xe9Server Shutdown"),
        (CloseReason.KICKED, b"\x03\xf3Kicked"),
    ],
)
@on_both_loops
async def test_a_close_says_why(net: Net, reason: CloseReason, goodbye: bytes) -> None:
    def react(event: Event) -> list[Effect]:
        match event:
            case Received(conn, _):
                return [Send(conn, [b"-ERR\r\n"]), Close(conn, reason)]
            case _:
                return echo(event)

    await net.serve(Scripted(react), Entrance(websocket=WebsocketOptions()))
    peer = await _opened(net, request())

    peer.send(frame(b"anything"))

    assert await _frame(peer) == Frame(BINARY, b"-ERR\r\n")
    assert await _frame(peer) == Frame(0x88, goodbye)
    assert await peer.rest() == b""


@on_both_loops
async def test_after_a_read_error_the_connection_ends_without_a_word(net: Net) -> None:
    def react(event: Event) -> list[Effect]:
        match event:
            case Received(conn, _):
                return [Close(conn, CloseReason.READ_ERROR)]
            case _:
                return echo(event)

    await net.serve(Scripted(react), Entrance(websocket=WebsocketOptions()))
    peer = await _opened(net, request())

    peer.send(frame(b"anything"))

    assert await peer.rest() == b""


@on_both_loops
async def test_who_does_not_ask_in_time_is_cut(net: Net) -> None:
    options = WebsocketOptions(handshake_timeout_ns=30_000_000)
    driver = await net.serve(Scripted(echo), Entrance(websocket=options))
    peer = await net.dial()

    peer.send(b"GET / HTTP/1.1\r\nHost: x\r\n")

    assert await peer.rest_or_reset() == b""
    await net.wait_closed(driver)


@on_both_loops
async def test_who_pings_and_never_reads_is_cut(net: Net) -> None:
    machine = Scripted(echo)
    driver = await net.serve(machine, Entrance(websocket=WebsocketOptions()))
    peer = await _opened(net, request())
    peer.transport.pause_reading()
    pings = frame(bytes(125), PING) * 500

    while driver.connection_count:
        peer.send(pings)
        await asyncio.sleep(0.001)

    [gone] = machine.of(Disconnected)
    assert gone.error == "peer reads none of what it makes us answer"


@on_both_loops
async def test_it_works_inside_tls(net: Net, material: Material) -> None:
    machine = Scripted(echo)
    tls = load_server_tls(material.options())
    await net.serve(machine, Entrance(tls, WebsocketOptions(same_origin=True)))
    peer = await net.dial()

    await peer.start_tls(material.client_context())
    peer.send(request(Origin="https://localhost:9222"))
    await _frame_after_head(peer)
    peer.send(frame(b"in"))
    echoed = await _frame(peer)
    peer.send(frame(b"bye"))

    assert echoed == Frame(BINARY, b"in")
    assert await _frame(peer) == Frame(BINARY, FAREWELL)
    assert (await _frame(peer)).payload == b"\x03\xe8Client Closed"
    assert await peer.rest() == b""
    assert peer.has_goodbye
    [connected] = machine.of(Connected)
    assert connected.tls is not None
    assert not connected.tls.is_first


async def _frame_after_head(peer: Peer) -> Frame:
    await peer.until(b"\r\n\r\n")
    return await _frame(peer)


async def _frame(peer: Peer) -> Frame:
    """Read a server's frame: its first byte, and its payload."""
    first, size = await peer.exactly(2)
    if size == 126:
        size = int.from_bytes(await peer.exactly(2), "big")
    elif size == 127:
        size = int.from_bytes(await peer.exactly(8), "big")
    return Frame(first, await peer.exactly(size))
