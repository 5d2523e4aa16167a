"""HTTP between a monitor and its clients, on both loops."""

from __future__ import annotations

import asyncio
import json
import ssl
from typing import TYPE_CHECKING

import pytest
from tests.harness.layers.both_loops import Net, on_both_loops, until
from tests.harness.layers.conftest import Material

from natsim.broker.nats.broker import Broker
from natsim.broker.nats.identity import make_identity
from natsim.broker.nats.options import Options
from natsim.harness.layers.tls_context import load_server_tls
from natsim.harness.monitor import limits

from .monitoring import Counting, monitoring

if TYPE_CHECKING:
    from pathlib import Path

    from tests.harness.layers.peer import Peer


def get(target: str, *headers: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {target} HTTP/1.1", "Host: x", *headers, "", ""]).encode()


async def answer(peer: Peer) -> tuple[bytes, bytes]:
    """Read an answer; give its first line and its body."""
    head = await peer.until(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    [length] = [line[16:] for line in lines if line.startswith(b"content-length: ")]
    return head.split(b"\r\n")[0], await peer.exactly(int(length))


@on_both_loops
async def test_a_connection_is_kept_for_the_next_request(net: Net) -> None:
    async with monitoring(net, Counting()):
        peer = await net.dial()

        peer.send(get("/a"))
        first = await answer(peer)
        peer.send(get("/b?c"))
        second = await answer(peer)

        assert first == (b"HTTP/1.1 200 OK", b"1 /a")
        assert second == (b"HTTP/1.1 200 OK", b"2 /b?c")


@on_both_loops
async def test_an_answer_says_what_it_is_and_when_it_was_given(net: Net) -> None:
    async with monitoring(net, Counting()):
        peer = await net.dial()

        peer.send(get("/a"))
        head = await peer.until(b"\r\n\r\n")

        names = [line.split(b":")[0] for line in head.split(b"\r\n")[1:-2]]
        assert names == [b"Content-Type", b"Date", b"Content-Length"]


@on_both_loops
async def test_a_broker_answers_for_itself(net: Net) -> None:
    identity = make_identity("n1", "test", lambda _: 0)
    async with monitoring(net, Broker(Options(), identity, lambda _: 0)):
        peer = await net.dial()

        peer.send(get("/healthz") + get("/varz"))
        health = await answer(peer)
        _, varz = await answer(peer)

        assert health == (b"HTTP/1.1 200 OK", b'{"status":"ok"}')
        assert json.loads(varz)["http_req_stats"] == {"/healthz": 1, "/varz": 1}


@on_both_loops
async def test_bytes_may_be_cut_anywhere(net: Net) -> None:
    async with monitoring(net, Counting()):
        peer = await net.dial()

        for byte in get("/a"):
            peer.send(bytes([byte]))
            await asyncio.sleep(0)

        assert (await answer(peer))[1] == b"1 /a"


@on_both_loops
async def test_requests_that_come_together_are_answered_in_turn(net: Net) -> None:
    async with monitoring(net, Counting()):
        peer = await net.dial()

        peer.send(get("/a") + get("/b", method="PUT") + get("/c"))

        assert [(await answer(peer))[1] for _ in range(3)] == [b"1 /a", b"2 /b", b"3 /c"]


@on_both_loops
async def test_head_is_answered_without_the_body(net: Net) -> None:
    async with monitoring(net, Counting()):
        peer = await net.dial()

        peer.send(get("/a", method="HEAD") + get("/b"))
        head = await peer.until(b"\r\n\r\n")

        assert b"Content-Length: 4" in head
        assert (await answer(peer))[1] == b"2 /b"


@on_both_loops
async def test_what_a_request_carries_is_passed_over(net: Net) -> None:
    async with monitoring(net, Counting()):
        peer = await net.dial()

        peer.send(get("/a", "Content-Length: 3", method="POST") + b"abc")
        chunked = get("/b", "Transfer-Encoding: chunked", method="POST")
        peer.send(chunked + b"3\r\nabc\r\n0\r\n\r\n" + get("/c"))

        assert [(await answer(peer))[1] for _ in range(3)] == [b"1 /a", b"2 /b", b"3 /c"]


@on_both_loops
async def test_a_request_that_carries_too_much_is_answered_and_cut(net: Net) -> None:
    async with monitoring(net, Counting()):
        peer = await net.dial()

        size = 100 * limits.BODY_BYTES_MAX
        peer.send(get("/a", f"Content-Length: {size}", method="POST"))
        peer.send(b"x" * (limits.BODY_BYTES_MAX + 1))

        assert (await answer(peer))[1] == b"1 /a"
        assert await peer.rest() == b""


@on_both_loops
async def test_nobody_is_asked_for_what_is_not_wanted(net: Net) -> None:
    async with monitoring(net, Counting()):
        peer = await net.dial()

        peer.send(get("/a", "Expect: 100-continue", "Content-Length: 3", method="POST"))
        said = await peer.rest()

        assert said.startswith(b"HTTP/1.1 200 OK")
        assert b"Connection: close" in said
        assert said.endswith(b"1 /a")


@pytest.mark.parametrize(
    "request_bytes",
    [get("/a", "Connection: close"), b"GET /a HTTP/1.0\r\n\r\n"],
    ids=["close", "1.0"],
)
@on_both_loops
async def test_who_wants_no_other_answer_gets_none(net: Net, request_bytes: bytes) -> None:
    async with monitoring(net, Counting()) as listener:
        peer = await net.dial()

        peer.send(request_bytes)

        assert (await answer(peer))[1] == b"1 /a"
        assert await peer.rest() == b""
        peer.transport.close()
        await until(lambda: listener.connection_count == 0)


@pytest.mark.parametrize(
    ("sent", "status", "text"),
    [
        (b"GET /a HTTP/1.1\r\n\r\n", b"400 Bad Request", b"400 Bad Request"),
        (b"garbage\r\n\r\n", b"400 Bad Request", b"400 Bad Request"),
        (get("/a", "Host: y"), b"400 Bad Request", b"400 Bad Request"),
        (get("/a", "no header"), b"400 Bad Request", b"400 Bad Request"),
        (get("/a", "Content-Length: x"), b"400 Bad Request", b"400 Bad Request"),
        (
            # Without its end: one that is whole in a single read has cost its memory already.
            get("/a", "A: " + "a" * limits.HEAD_BYTES_MAX).rstrip(),
            b"431 Request Header Fields Too Large",
            b"431 Request Header Fields Too Large",
        ),
        (
            get("/a", "Transfer-Encoding: gzip", method="POST"),
            b"501 Not Implemented",
            b"Unsupported transfer encoding",
        ),
        (
            b"GET /a HTTP/2.0\r\nHost: x\r\n\r\n",
            b"505 HTTP Version Not Supported",
            b"505 HTTP Version Not Supported: unsupported protocol version",
        ),
        (get("/a", method="CONNECT"), b"405 Method Not Allowed", b"405 Method Not Allowed"),
    ],
    ids=["host", "line", "hosts", "header", "length", "large", "encoding", "version", "tunnel"],
)
@on_both_loops
async def test_what_is_not_http_is_refused_and_cut(
    net: Net, sent: bytes, status: bytes, text: bytes
) -> None:
    monitored = Counting()
    async with monitoring(net, monitored) as listener:
        peer = await net.dial()

        peer.send(sent)
        said = await peer.rest()

        assert said.startswith(b"HTTP/1.1 " + status + b"\r\n")
        assert said.endswith(b"\r\n\r\n" + text)
        assert b"\r\nConnection: close\r\n" in said
        assert monitored.requests == []
        peer.transport.close()
        await until(lambda: listener.connection_count == 0)


@on_both_loops
async def test_nothing_is_heard_after_what_was_not_http(net: Net) -> None:
    monitored = Counting()
    async with monitoring(net, monitored):
        peer = await net.dial()

        peer.send(b"garbage\r\n\r\n" + get("/a"))
        await peer.rest()
        peer.send(get("/b"))
        await peer.rest_or_reset()

        assert monitored.requests == []


@on_both_loops
async def test_a_peer_that_leaves_is_forgotten(net: Net) -> None:
    async with monitoring(net, Counting()) as listener:
        peer = await net.dial()
        peer.send(get("/a")[:10])
        await until(lambda: listener.connection_count == 1)

        peer.transport.close()

        await until(lambda: listener.connection_count == 0)


@on_both_loops
async def test_one_connection_too_many_is_closed(net: Net) -> None:
    async with monitoring(net, Counting()) as listener:
        peers = [await net.dial() for _ in range(limits.CONNECTIONS_MAX)]
        await until(lambda: listener.connection_count == limits.CONNECTIONS_MAX)

        surplus = await net.dial()
        await surplus.rest_or_reset()
        peers[-1].send(get("/a"))

        assert surplus.is_lost
        assert (await answer(peers[-1]))[1] == b"1 /a"


@on_both_loops
async def test_an_answer_of_any_size_arrives_whole(net: Net) -> None:
    async with monitoring(net, Counting(more_bytes=8 * 1024 * 1024)):
        peer = await net.dial()

        peer.send(get("/a") + get("/b"))

        sizes = [len((await answer(peer))[1]) for _ in range(2)]
        assert sizes == [8 * 1024 * 1024 + len(b"1 /a")] * 2


@on_both_loops
async def test_a_peer_that_does_not_read_has_one_answer_made_for_it(net: Net) -> None:
    monitored = Counting(more_bytes=32 * 1024 * 1024)
    async with monitoring(net, monitored):
        peer = await net.dial()
        peer.transport.pause_reading()

        for _ in range(1000):
            peer.send(get("/slow"))
        await until(lambda: len(monitored.requests) > 0)
        quick = await net.dial()
        quick.send(get("/quick"))
        await answer(quick)

        assert [request.target for request in monitored.requests] == ["/slow", "/quick"]


@on_both_loops
async def test_a_layer_makes_it_https(net: Net, tmp_path: Path) -> None:
    material = Material(tmp_path)
    server = load_server_tls(material.options()).context
    async with monitoring(net, Counting(), server):
        peer = await net.dial()

        tls = await peer.start_tls(material.client_context(version=ssl.TLSVersion.TLSv1_3))
        peer.send(get("/a") + get("/b"))

        assert tls.version() == "TLSv1.3"
        assert [(await answer(peer))[1] for _ in range(2)] == [b"1 /a", b"2 /b"]


@on_both_loops
async def test_a_listener_that_ends_cuts_its_connections(net: Net) -> None:
    async with monitoring(net, Counting()) as listener:
        peer = await net.dial()
        peer.send(get("/a"))
        await answer(peer)

        listener.close()
        await peer.rest_or_reset()

        assert peer.is_lost
        await until(lambda: listener.connection_count == 0)
