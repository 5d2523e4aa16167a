"""The probes: what two or three peers do to each other, one situation each.

A probe's name is its situation. What it notes must be equal on loopback and in a world.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from .log import error_name
from .programs import BIG

if TYPE_CHECKING:
    from .ground import Ground
    from .peer import Peer

Probe = Callable[["Ground"], Coroutine[Any, Any, None]]
PROBES: dict[str, Probe] = {}


def _probe(probe: Probe) -> Probe:
    PROBES[probe.__name__.replace("_", " ")] = probe
    return probe


# Bytes.


@_probe
async def bytes_go_both_ways(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b")
    await ground.pair(a, b)
    a.transport.write(b"one")
    b.transport.write(b"two")
    await ground.settle()
    b.transport.writelines([b"th", b"ree"])
    a.transport.write(memoryview(b"four"))
    a.transport.write(b"")
    await ground.settle()


@_probe
async def many_small_writes_stay_in_order(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b")
    await ground.pair(a, b)
    for number in range(1000):
        a.transport.write(b"%d " % number)
    await ground.settle()


@_probe
async def megabytes_both_ways_at_once(ground: Ground) -> None:
    a, b = ground.peer("a", counts=True), ground.peer("b", counts=True)
    await ground.pair(a, b)
    for _ in range(20):
        a.transport.write(bytes(200_000))
        b.transport.write(bytes(100_000))
    await ground.until(lambda: a.received_bytes == 2_000_000 and b.received_bytes == 4_000_000)
    a.transport.close()
    await ground.settle()


@_probe
async def what_is_written_must_be_bytes(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b")
    await ground.pair(a, b)
    wrong: Any
    for wrong in ("text", 5, None, [1]):
        a.attempt(f"write {wrong}", lambda wrong=wrong: a.transport.write(wrong))
    await ground.settle()


@_probe
async def the_first_words_are_said_when_a_connection_is_made(ground: Ground) -> None:
    a = ground.peer("a", on_made=lambda peer: peer.transport.write(b"hello "))
    b = ground.peer("b", on_made=lambda peer: peer.transport.write(b"welcome "))
    await ground.pair(a, b)
    await ground.settle()


@_probe
async def streams_read_byte_by_byte(ground: Ground) -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"abcdef\nghi")
        writer.close()
        await writer.wait_closed()

    async def read(port: int) -> None:
        reader, writer = await asyncio.open_connection(ground.host("b"), port)
        for _ in range(3):
            ground.log.note("a", b"[" + await reader.readexactly(1) + b"]")
        ground.log.note("a", await reader.readline())
        try:
            await reader.readexactly(4)
        except asyncio.IncompleteReadError as error:
            ground.log.note("a", f"short: {error.partial!r} of {error.expected}")
        ground.log.note("a", f"at eof: {reader.at_eof()}")
        writer.close()
        await writer.wait_closed()

    server = await ground.on("b", asyncio.start_server(serve, ground.host("b"), 0))
    await ground.on("a", read(server.sockets[0].getsockname()[1]))
    server.close()
    await ground.settle()


# Ends.


@_probe
async def a_close_is_an_end_for_both(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b")
    await ground.pair(a, b)
    a.transport.write(b"last words")
    a.transport.close()
    a.attempt("write after close", lambda: a.transport.write(b"never"))
    a.attempt("write_eof after close", a.transport.write_eof)
    a.attempt("close twice", a.transport.close)
    await ground.settle()
    a.attempt("abort after the end", a.transport.abort)
    a.attempt("write after the end", lambda: a.transport.write(b"never"))
    await ground.settle()


@_probe
async def a_half_close_lets_the_other_half_speak(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b", keeps_open=True)
    await ground.pair(a, b)
    a.transport.write(b"question")
    a.transport.write_eof()
    await ground.settle()
    b.transport.write(b"answer")
    await ground.settle()
    b.transport.write(b", and more")
    b.transport.close()
    await ground.settle()


@_probe
async def a_half_close_by_the_server(ground: Ground) -> None:
    a, b = ground.peer("a", keeps_open=True), ground.peer("b")
    await ground.pair(a, b)
    b.transport.write_eof()
    await ground.settle()
    a.transport.write(b"still here")
    await ground.settle()
    a.transport.close()
    await ground.settle()


@_probe
async def half_closes_both_ways_leave_a_silent_connection(ground: Ground) -> None:
    a, b = ground.peer("a", keeps_open=True), ground.peer("b", keeps_open=True)
    await ground.pair(a, b)
    a.transport.write_eof()
    await ground.settle()
    b.transport.write_eof()
    await ground.settle()
    a.attempt("write", lambda: a.transport.write(b"x"))
    a.transport.close()
    await ground.settle()
    b.transport.close()
    await ground.settle()


@_probe
async def both_half_close_at_once(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b")
    await ground.pair(a, b)
    a.transport.write(b"x")
    b.transport.write(b"y")
    a.transport.write_eof()
    b.transport.write_eof()
    await ground.settle()


@_probe
async def both_close_at_once(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b")
    await ground.pair(a, b)
    a.transport.close()
    b.transport.close()
    await ground.settle()


@_probe
async def both_write_and_close_at_once(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b")
    await ground.pair(a, b)
    a.transport.write(b"x")
    b.transport.write(b"y")
    a.transport.close()
    b.transport.close()
    await ground.settle()


@_probe
async def nothing_is_written_after_an_eof(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b", keeps_open=True)
    await ground.pair(a, b)
    a.attempt("can write eof", lambda: a.note(str(a.transport.can_write_eof())))
    a.transport.write_eof()
    a.attempt("write", lambda: a.transport.write(b"x"))
    a.attempt("write nothing", lambda: a.transport.write(b""))
    a.attempt("write_eof twice", a.transport.write_eof)
    await ground.settle()


@_probe
async def an_abort_of_the_client(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b")
    await ground.pair(a, b)
    a.transport.write(b"x")
    a.transport.abort()
    a.attempt("abort twice", a.transport.abort)
    await ground.settle()


@_probe
async def an_abort_of_the_server(ground: Ground) -> None:
    a, b = ground.peer("a", keeps_open=True), ground.peer("b")
    await ground.pair(a, b)
    b.transport.abort()
    await ground.settle()
    a.transport.write(b"too late")
    await ground.settle()


@_probe
async def an_abort_loses_what_waits_in_the_process(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b", is_paused=True, is_silent=True)
    await ground.pair(a, b)
    a.transport.write(bytes(BIG))
    await ground.settle()
    a.note(f"waits: {a.transport.get_write_buffer_size() > 0}")
    a.transport.abort()
    await ground.settle()
    b.transport.resume_reading()
    await ground.until(lambda: b.is_lost)


@_probe
async def a_close_flushes_what_waits_in_the_process(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b", is_paused=True, counts=True)
    await ground.pair(a, b)
    a.transport.write(bytes(BIG))
    a.transport.close()
    await ground.settle()
    a.note(f"closing: {a.transport.is_closing()}, lost: {a.is_lost}")
    b.transport.resume_reading()
    await ground.until(lambda: a.is_lost and b.is_lost)


@_probe
async def a_write_after_close_goes_out_while_others_wait(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b", is_paused=True, counts=True)
    await ground.pair(a, b)
    a.transport.write(bytes(BIG))
    a.transport.close()
    a.transport.write(bytes(1000))
    b.transport.resume_reading()
    await ground.until(lambda: a.is_lost and b.is_lost)


@_probe
async def an_eof_waits_for_what_was_written_before(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b", is_paused=True, counts=True, keeps_open=True)
    await ground.pair(a, b)
    a.transport.write(bytes(BIG))
    a.transport.write_eof()
    a.attempt("write", lambda: a.transport.write(b"x"))
    await ground.settle()
    b.transport.resume_reading()
    await ground.until(lambda: b.has_eof)
    b.transport.close()
    await ground.settle()


@_probe
async def a_close_while_a_connection_is_made(ground: Ground) -> None:
    a = ground.peer("a", on_made=lambda peer: peer.transport.close())
    b = ground.peer("b")
    await ground.pair(a, b)
    await ground.settle()


@_probe
async def a_close_while_bytes_are_received(ground: Ground) -> None:
    a = ground.peer("a")
    b = ground.peer("b", on_data=lambda peer, _: peer.transport.close())
    await ground.pair(a, b)
    a.transport.write(b"x")
    await ground.settle()
    a.attempt("write", lambda: a.transport.write(b"y"))
    await ground.settle()


# Resets.


@_probe
async def a_close_with_unread_bytes_is_a_reset(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b", is_paused=True)
    await ground.pair(a, b)
    a.transport.write(b"unread")
    await ground.settle()
    b.transport.close()
    await ground.settle()


@_probe
async def an_abort_with_unread_bytes_is_a_reset(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b", is_paused=True)
    await ground.pair(a, b)
    a.transport.write(b"unread")
    await ground.settle()
    b.transport.abort()
    await ground.settle()


@_probe
async def words_before_a_reset_are_heard(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b", is_paused=True)
    await ground.pair(a, b)
    a.transport.write(b"unread")
    await ground.settle()
    b.transport.write(b"bye")
    b.transport.close()
    await ground.settle()


@_probe
async def words_before_a_reset_are_heard_when_reading_goes_on(ground: Ground) -> None:
    a, b = ground.peer("a", is_paused=True), ground.peer("b", is_paused=True)
    await ground.pair(a, b)
    a.transport.write(b"unread")
    b.transport.write(b"bye")
    await ground.settle()
    b.transport.close()
    await ground.settle()
    a.note("goes on")
    a.transport.resume_reading()
    await ground.settle()


@_probe
async def a_reset_is_not_noticed_without_reading(ground: Ground) -> None:
    a, b = ground.peer("a", is_paused=True), ground.peer("b", is_paused=True)
    await ground.pair(a, b)
    a.transport.write(b"unread")
    await ground.settle()
    b.transport.close()
    await ground.settle()
    a.attempt("write", lambda: a.transport.write(b"x"))
    await ground.settle()


@_probe
async def an_eof_cannot_be_written_to_a_reset_connection(ground: Ground) -> None:
    a, b = ground.peer("a", is_paused=True), ground.peer("b", is_paused=True)
    await ground.pair(a, b)
    a.transport.write(b"unread")
    await ground.settle()
    b.transport.close()
    await ground.settle()
    a.attempt("write_eof", a.transport.write_eof)
    await ground.settle()
    a.transport.resume_reading()
    await ground.settle()


@_probe
async def bytes_for_a_closed_socket_are_answered_by_a_reset(ground: Ground) -> None:
    a, b = ground.peer("a", keeps_open=True), ground.peer("b")
    await ground.pair(a, b)
    b.transport.close()
    await ground.settle()
    a.attempt("first write", lambda: a.transport.write(b"x"))
    await ground.settle()
    a.attempt("second write", lambda: a.transport.write(b"y"))
    await ground.settle()
    a.attempt("third write", lambda: a.transport.write(b"z"))
    await ground.settle()


@_probe
async def bytes_for_a_closed_socket_of_a_peer_that_does_not_read(ground: Ground) -> None:
    a, b = ground.peer("a", is_paused=True), ground.peer("b")
    await ground.pair(a, b)
    b.transport.close()
    await ground.settle()
    a.attempt("first write", lambda: a.transport.write(b"x"))
    await ground.settle()
    a.transport.resume_reading()
    await ground.settle()


@_probe
async def bytes_that_cross_a_close(ground: Ground) -> None:
    a, b = ground.peer("a", keeps_open=True), ground.peer("b")
    await ground.pair(a, b)
    b.transport.write(b"bye")
    b.transport.close()
    await ground.until(lambda: b.is_lost)
    a.transport.write(b"x")
    await ground.settle()
    a.transport.close()
    await ground.settle()


@_probe
async def a_reset_ends_a_write_that_waits(ground: Ground) -> None:
    a, b = ground.peer("a", is_paused=True), ground.peer("b", is_paused=True)
    await ground.pair(a, b)
    a.transport.write(bytes(BIG))
    await ground.settle()
    b.transport.abort()
    await ground.until(lambda: a.is_lost)


@_probe
async def a_reset_ends_a_close_that_waits(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b", is_paused=True)
    await ground.pair(a, b)
    a.transport.write(bytes(BIG))
    a.transport.close()
    await ground.settle()
    b.transport.abort()
    await ground.until(lambda: a.is_lost)


@_probe
async def a_reset_after_a_half_close(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b", is_paused=True)
    await ground.pair(a, b)
    a.transport.write(b"unread")
    a.transport.write_eof()
    await ground.settle()
    b.transport.close()
    await ground.settle()


@_probe
async def a_stream_after_a_reset(ground: Ground) -> None:
    async def talk(port: int) -> None:
        reader, writer = await asyncio.open_connection(ground.host("b"), port)
        writer.write(b"unread")
        for what, step in (("read", reader.read(10)), ("drain", writer.drain())):
            try:
                await step
                ground.log.note("a", f"{what}: ok")
            except OSError as error:
                ground.log.note("a", f"{what}: {error_name(error)}")
        writer.close()
        try:
            await writer.wait_closed()
        except OSError as error:
            ground.log.note("a", f"wait_closed: {error_name(error)}")

    b = ground.peer("b", is_paused=True)
    _, port = await ground.listen("b", lambda: b)
    talking = ground.on("a", talk(port))
    await ground.until(lambda: b.is_made)
    b.transport.close()
    await talking
    await ground.settle()


# Flow.


@_probe
async def a_writer_pauses_and_resumes(ground: Ground) -> None:
    a = ground.peer("a")
    b = ground.peer("b", is_paused=True, counts=True)
    await ground.pair(a, b)
    chunks = 0
    # Over a network a writer is paused a while for bytes under way too.
    while not a.is_writing_paused:
        while not a.is_writing_paused:
            a.transport.write(bytes(65_536))
            chunks += 1
        await asyncio.sleep(0.02)
    a.notes_flow = True
    a.note("writing stays paused")
    b.transport.resume_reading()
    await ground.until(lambda: b.received_bytes == chunks * 65_536)


@_probe
async def a_writer_keeps_its_own_limits(ground: Ground) -> None:
    a = ground.peer("a", notes_flow=True)
    b = ground.peer("b", is_paused=True, counts=True)
    await ground.pair(a, b)
    a.note(f"limits: {a.transport.get_write_buffer_limits()}")
    a.transport.set_write_buffer_limits(high=0)
    a.note(f"limits: {a.transport.get_write_buffer_limits()}")
    a.transport.write(bytes(BIG))
    await ground.settle()
    a.transport.set_write_buffer_limits(high=2 * BIG)
    a.note(f"limits: {a.transport.get_write_buffer_limits()}")
    a.attempt("limits", lambda: a.transport.set_write_buffer_limits(high=1, low=2))
    b.transport.resume_reading()
    await ground.until(lambda: b.received_bytes == BIG)


@_probe
async def limits_that_are_lowered_pause_the_writer(ground: Ground) -> None:
    a = ground.peer("a", notes_flow=True)
    b = ground.peer("b", is_paused=True, counts=True)
    await ground.pair(a, b)
    a.transport.set_write_buffer_limits(high=2 * BIG)
    a.transport.write(bytes(BIG))
    await ground.settle()
    a.transport.set_write_buffer_limits(high=1000)
    await ground.settle()
    b.transport.resume_reading()
    await ground.until(lambda: b.received_bytes == BIG)


@_probe
async def a_drain_waits_for_the_reader(ground: Ground) -> None:
    async def write(port: int) -> None:
        _, writer = await asyncio.open_connection(ground.host("b"), port)
        writer.write(bytes(BIG))
        await writer.drain()
        ground.log.note("a", "drained")
        writer.close()
        await writer.wait_closed()

    b = ground.peer("b", is_paused=True, counts=True)
    _, port = await ground.listen("b", lambda: b)
    writing = ground.on("a", write(port))
    await ground.until(lambda: b.is_made)
    b.note(f"drained early: {writing.done()}")
    b.transport.resume_reading()
    await ground.until(lambda: b.is_lost)


@_probe
async def reading_is_paused_and_resumed(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b")
    await ground.pair(a, b)
    b.attempt("resume first", b.transport.resume_reading)
    b.transport.pause_reading()
    b.attempt("pause twice", b.transport.pause_reading)
    b.note(f"reading: {b.transport.is_reading()}")
    a.transport.write(b"one ")
    await ground.settle()
    a.transport.write(b"two ")
    a.transport.close()
    await ground.settle()
    b.transport.resume_reading()
    b.note(f"reading: {b.transport.is_reading()}")
    await ground.settle()
    b.attempt("pause at the end", b.transport.pause_reading)
    b.attempt("resume at the end", b.transport.resume_reading)
    b.note(f"reading: {b.transport.is_reading()}")
    await ground.settle()


@_probe
async def a_reader_that_pauses_between_its_bytes_loses_none(ground: Ground) -> None:
    a = ground.peer("a")
    b = ground.peer("b", counts=True, on_data=lambda peer, _: peer.transport.pause_reading())
    await ground.pair(a, b)
    a.transport.write(bytes(1_000_000))
    a.transport.write_eof()
    while not b.has_eof:
        await asyncio.sleep(0.001)
        b.transport.resume_reading()
    await ground.settle()


@_probe
async def an_end_is_heard_again_when_reading_is_resumed(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b", keeps_open=True)
    await ground.pair(a, b)
    a.transport.write_eof()
    await ground.settle()
    b.transport.pause_reading()
    b.transport.resume_reading()
    await ground.settle()


@_probe
async def a_connection_that_nobody_reads_is_closed_by_its_server(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b", is_paused=True)
    await ground.pair(a, b)
    for _ in range(3):
        a.transport.write(b"hello?")
        await ground.settle()
    b.transport.close()
    await ground.settle()


# Protocols.


@_probe
async def an_exception_in_a_protocol_ends_its_connection(ground: Ground) -> None:
    def fail(_: Peer, data: bytes) -> None:
        raise ValueError(data)

    a, b = ground.peer("a"), ground.peer("b", on_data=fail)
    ground.loop("b").set_exception_handler(
        lambda _, context: b.note(f"handler: {context['message']}")
    )
    await ground.pair(a, b)
    a.transport.write(b"x")
    await ground.settle()


@_probe
async def another_protocol_takes_over(ground: Ground) -> None:
    a, b, successor = ground.peer("a"), ground.peer("b"), ground.peer("b2")
    await ground.pair(a, b)
    a.transport.write(b"one")
    await ground.settle()
    b.transport.set_protocol(successor)
    b.note(f"successor: {b.transport.get_protocol() is successor}")
    a.transport.write(b"two")
    a.transport.close()
    await ground.settle()
    b.is_lost = True


@_probe
async def the_addresses_of_the_ends_agree(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b")
    await ground.pair(a, b)
    ends = [
        (peer.transport.get_extra_info("sockname"), peer.transport.get_extra_info("peername"))
        for peer in (a, b)
    ]
    a.note(f"agree: {ends[0] == ends[1][::-1]}")
    a.note(f"parts: {[type(part).__name__ for part in ends[0][0]]}")
    a.note(f"unknown: {a.transport.get_extra_info('nothing', 'default')}")
    a.transport.close()
    await ground.settle()
    a.note(f"still known: {a.transport.get_extra_info('peername') == ends[0][1]}")


# Connecting and listening.


async def _try_to_connect(ground: Ground, name: str, port: int, wait_s: float = 5) -> None:
    peer = ground.peer(name)
    try:
        await asyncio.wait_for(ground.connect(peer, "b", port), wait_s)
    except (TimeoutError, OSError) as error:
        peer.note(f"connect: {error_name(error)}")


@_probe
async def a_connect_to_nothing_is_refused(ground: Ground) -> None:
    server, port = await ground.listen("b", lambda: ground.peer("b"))
    server.close()
    await ground.settle()
    await _try_to_connect(ground, "a", port)
    await _try_to_connect(ground, "a2", port)
    await ground.settle()


@_probe
async def a_server_that_closes_leaves_its_connections_open(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b")
    server, port = await ground.listen("b", lambda: b)
    await ground.connect(a, "b", port)
    await ground.until(lambda: b.is_made)
    server.close()
    b.note(f"serving: {server.is_serving()}, sockets: {len(server.sockets)}")
    await _try_to_connect(ground, "a2", port)
    a.transport.write(b"still here")
    await ground.settle()
    a.transport.close()
    await ground.settle()


@_probe
async def a_closed_server_waits_for_its_connections(ground: Ground) -> None:
    a, b = ground.peer("a"), ground.peer("b")
    server, port = await ground.listen("b", lambda: b)
    await ground.connect(a, "b", port)
    await ground.until(lambda: b.is_made)
    server.close()
    waiting = ground.on("b", server.wait_closed())
    await ground.settle()
    b.note(f"closed with a connection: {waiting.done()}")
    a.transport.close()
    await ground.settle()
    b.note(f"closed without: {waiting.done()}")
    waiting.cancel()
    await ground.settle()


@_probe
async def a_closed_server_without_connections_waits_for_nothing(ground: Ground) -> None:
    b = ground.peer("b")
    server, _ = await ground.listen("b", lambda: b)
    b.note(f"serving: {server.is_serving()}")
    server.close()
    b.attempt("close twice", server.close)
    await ground.on("b", server.wait_closed())
    b.note("closed")
    await ground.settle()


@_probe
async def a_server_that_does_not_serve_yet_refuses(ground: Ground) -> None:
    b = ground.peer("b")
    server, port = await ground.listen("b", lambda: b, start_serving=False)
    b.note(f"serving: {server.is_serving()}")
    await _try_to_connect(ground, "a", port)
    await ground.on("b", server.start_serving())
    b.note(f"serving: {server.is_serving()}")
    await _try_to_connect(ground, "a2", port)
    await ground.until(lambda: b.is_made)


@_probe
async def a_server_serves_for_ever_until_it_is_closed(ground: Ground) -> None:
    b = ground.peer("b")
    server, port = await ground.listen("b", lambda: b, start_serving=False)
    serving = ground.on("b", server.serve_forever())
    await ground.settle()
    await _try_to_connect(ground, "a", port)
    await ground.until(lambda: b.is_made)
    b.transport.close()
    await ground.settle()
    server.close()
    await ground.settle()
    b.note(f"cancelled: {serving.cancelled()}")


@_probe
async def a_port_that_is_taken(ground: Ground) -> None:
    b = ground.peer("b")
    _, port = await ground.listen("b", lambda: b)
    try:
        await ground.listen("b", lambda: b, port)
    except OSError as error:
        b.note(error_name(error))
    await ground.settle()


@_probe
async def a_port_is_served_again(ground: Ground) -> None:
    first, second = ground.peer("b"), ground.peer("b2")
    server, port = await ground.listen("b", lambda: first)
    a = await ground.connect(ground.peer("a"), "b", port)
    await ground.until(lambda: first.is_made)
    server.close()
    first.transport.abort()
    await ground.settle()
    await _try_to_connect(ground, "a2", port)
    await ground.listen("b", lambda: second, port)
    await _try_to_connect(ground, "a3", port)
    await ground.until(lambda: second.is_made)
    second.transport.write(b"hello")
    await ground.settle()
    a.note(f"lost: {a.is_lost}")


@_probe
async def fifty_connections_at_once(ground: Ground) -> None:
    number = 0

    def accept() -> Peer:
        nonlocal number
        number += 1
        peer = ground.peer(f"b{number}", on_data=lambda peer, data: peer.transport.write(data))
        peer.is_noting = False  # in which order they are accepted is chance
        return peer

    _, port = await ground.listen("b", accept)
    peers = [ground.peer(f"a{n}") for n in range(50)]
    await asyncio.gather(*(ground.connect(peer, "b", port) for peer in peers))
    await ground.until(lambda: number == 50)
    for peer in peers:
        peer.transport.write(b"echo")
    await ground.settle()
    for peer in peers[::2]:
        peer.transport.close()
    await ground.settle()
    peers[1].note(f"still open: {sum(not peer.is_lost for peer in peers)}")


@_probe
async def a_full_backlog_lets_a_connect_time_out(ground: Ground) -> None:
    port = await ground.start("b", "one at a time")
    await ground.pause("b")
    for name in ("a1", "a2", "a3"):
        await _try_to_connect(ground, name, port, wait_s=0.4)
        await ground.settle()


@_probe
async def a_connect_is_cancelled_and_another_made(ground: Ground) -> None:
    b = ground.peer("b")
    _, port = await ground.listen("b", lambda: b if b.is_lost else ground.peer("b0"))
    a = ground.peer("a")
    connecting = asyncio.ensure_future(ground.connect(a, "b", port))
    connecting.cancel()
    await asyncio.wait([connecting])
    a.note(f"cancelled: {connecting.cancelled()}, made: {a.is_made}")
    await ground.settle()
    await ground.connect(ground.peer("a2"), "b", port)
    await ground.settle()


# Three peers.


@_probe
async def a_relay_that_closes_ends_both_sides(ground: Ground) -> None:
    c = ground.peer("c", keeps_open=True)
    _, end = await ground.listen("c", lambda: c)
    onward = ground.peer("b2")
    inward = ground.peer("b", on_data=lambda _, data: onward.transport.write(data))
    _, port = await ground.listen("b", lambda: inward)
    await ground.connect(onward, "c", end)
    a = await ground.connect(ground.peer("a", keeps_open=True), "b", port)
    await ground.until(lambda: inward.is_made and c.is_made)
    a.transport.write(b"through")
    await ground.settle()
    inward.transport.close()
    onward.transport.close()
    await ground.settle()
    a.transport.write(b"too late")
    c.transport.close()
    await ground.settle()


@_probe
async def a_reset_of_one_client_leaves_the_other(ground: Ground) -> None:
    b1, b2 = ground.peer("b1", is_paused=True), ground.peer("b2")
    accepted = iter((b1, b2))
    _, port = await ground.listen("b", lambda: next(accepted))
    a = await ground.connect(ground.peer("a"), "b", port)
    await ground.until(lambda: b1.is_made)
    c = await ground.connect(ground.peer("c"), "b", port)
    await ground.until(lambda: b2.is_made)
    a.transport.write(b"unread")
    c.transport.write(b"read")
    await ground.settle()
    b1.transport.abort()
    await ground.settle()
    b2.transport.write(b"still here")
    await ground.settle()


# Programs that are killed and stopped.


@_probe
async def a_killed_program_ends_its_connections(ground: Ground) -> None:
    port = await ground.start("b", "quiet")
    a = await ground.connect(ground.peer("a", keeps_open=True), "b", port)
    a.transport.write(b"read")
    await ground.settle()
    await ground.kill("b")
    await ground.until(lambda: a.has_eof)
    await _try_to_connect(ground, "a2", port)
    a.attempt("write", lambda: a.transport.write(b"too late"))
    await ground.settle()
    a.attempt("write", lambda: a.transport.write(b"too late"))
    await ground.settle()


@_probe
async def a_killed_program_with_unread_bytes_resets(ground: Ground) -> None:
    port = await ground.start("b", "deaf")
    a = await ground.connect(ground.peer("a", keeps_open=True), "b", port)
    a.transport.write(b"unread")
    await ground.settle()
    await ground.kill("b")
    await ground.until(lambda: a.is_lost)


@_probe
async def a_killed_program_has_said_what_its_kernel_took(ground: Ground) -> None:
    port = await ground.start("b", "greeting")
    a = await ground.connect(ground.peer("a", is_paused=True), "b", port)
    await ground.settle()
    await ground.kill("b")
    a.transport.resume_reading()
    await ground.until(lambda: a.is_lost)


@_probe
async def a_killed_program_has_spoken_before_its_reset(ground: Ground) -> None:
    port = await ground.start("b", "greeting")
    a = await ground.connect(ground.peer("a", is_paused=True), "b", port)
    a.transport.write(b"unread")
    await ground.settle()
    await ground.kill("b")
    a.transport.resume_reading()
    await ground.until(lambda: a.is_lost)


@_probe
async def a_killed_flood_stops_short(ground: Ground) -> None:
    port = await ground.start("b", "flood")
    a = await ground.connect(ground.peer("a", is_paused=True, is_silent=True), "b", port)
    await ground.settle()
    await ground.kill("b")
    a.transport.resume_reading()
    await ground.until(lambda: a.is_lost)
    a.note(f"all of it: {a.received_bytes == BIG}")


@_probe
async def a_killed_program_resets_those_in_its_backlog(ground: Ground) -> None:
    port = await ground.start("b", "quiet")
    await ground.pause("b")
    a = await ground.connect(ground.peer("a"), "b", port)
    await ground.settle()
    await ground.kill("b")
    await ground.until(lambda: a.is_lost)


@_probe
async def a_stopped_program_accepts_and_takes_bytes(ground: Ground) -> None:
    port = await ground.start("b", "echo")
    await ground.pause("b")
    a = await ground.connect(ground.peer("a"), "b", port)
    a.transport.write(b"question")
    await ground.settle()
    a.note("goes on")
    await ground.resume("b")
    await ground.until(lambda: a.received_bytes == 8)
    a.transport.close()
    await ground.settle()


@_probe
async def a_stopped_program_holds_its_writer_back(ground: Ground) -> None:
    port = await ground.start("b", "count")
    a = await ground.connect(ground.peer("a", notes_flow=True), "b", port)
    await ground.pause("b")
    a.transport.write(bytes(BIG))
    a.transport.write_eof()
    await ground.settle()
    a.note("goes on")
    await ground.resume("b")
    await ground.until(lambda: a.is_lost)


@_probe
async def a_stopped_program_hears_a_farewell_late(ground: Ground) -> None:
    port = await ground.start("b", "count")
    await ground.pause("b")
    a = await ground.connect(ground.peer("a", keeps_open=True), "b", port)
    a.transport.write(b"12345")
    a.transport.write_eof()
    await ground.settle()
    await ground.resume("b")
    await ground.until(lambda: a.has_eof)


@_probe
async def a_stopped_program_that_is_killed(ground: Ground) -> None:
    port = await ground.start("b", "quiet")
    a = await ground.connect(ground.peer("a"), "b", port)
    await ground.settle()
    await ground.pause("b")
    a.transport.write(b"never read")
    await ground.settle()
    await ground.kill("b")
    await ground.until(lambda: a.is_lost)
