"""A client as a process of its own: publishes, or counts what it receives.

Usage: `python -m benchmarks.peer publisher`, or `receiver`. Each line on stdin is a job, the JSON
object {row, port, count}; each line on stdout is what came of it, {began, ended} in seconds of the
monotonic clock, or {error}. A receiver says {ready} before.
Laws of the file: only the standard library, and no work per message but in request and reply, so
that as much of the machine as can be is left to the server; the count is proved, not assumed.
"""

from __future__ import annotations

import json
import select
import socket
import ssl
import sys
import time
from contextlib import ExitStack
from itertools import cycle

from .traffic import (
    CRLF,
    PASSWORD,
    REQUEST_SUBJECT,
    ROWS,
    USER,
    Row,
    Setup,
    Shape,
    answer,
    answer_delivery,
    blocks,
    delivery,
    inbox,
    publication,
    subscription,
)

LOOPBACK = "127.0.0.1"
PING = b"PING\r\n"
PONG = b"PONG\r\n"
PINGS_MAX = 5
"""PINGs that a server may send on one connection during a sample."""

_BUFFER_BYTES = 1024 * 1024
_LINE_BYTES_MAX = 65_536
_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
_TLS.check_hostname = False
_TLS.verify_mode = ssl.CERT_NONE
_OPTIONS = {"verbose": False, "pedantic": False, "headers": True, "name": "benchmark"}


class Miscount(Exception):
    """What came is not what was sent."""


def main() -> None:
    """Do the jobs on stdin until it ends."""
    work = {"publisher": publish, "receiver": receive}[sys.argv[1]]
    for line in sys.stdin:
        job = json.loads(line)
        try:
            work(ROWS[job["row"]], job["port"], job["count"])
        except (OSError, Miscount) as error:
            say(error=f"{sys.argv[1]}: {error}")


def say(**members: object) -> None:
    """Write one line of JSON."""
    sys.stdout.write(json.dumps(members) + "\n")
    sys.stdout.flush()


def publish(row: Row, port: int, count: int) -> None:
    """Publish a row's messages; then prove by PING and PONG that the server had them all."""
    with ExitStack() as stack:
        links = [stack.enter_context(connect(port, row.setup)) for _ in range(row.publishers)]
        if row.shape is Shape.REQUEST:
            ask(row, links[0], count)
            return
        all_blocks = list(zip(cycle(links), blocks(row, count), strict=False))
        began = time.monotonic()
        for link, block in all_blocks:
            link.sendall(block)
        for link in links:
            prove(link)
        say(began=began, ended=time.monotonic())


def receive(row: Row, port: int, count: int) -> None:
    """Subscribe, say ready, and count until all messages are here."""
    with ExitStack() as stack:
        links = [stack.enter_context(connect(port, row.setup)) for _ in range(row.subscribers)]
        for link in links:
            link.sendall(subscription(row))
            prove(link)
        say(ready=True)
        if row.shape is Shape.REQUEST:
            reply(row, links[0], count)
            return
        began = time.monotonic()
        frame_bytes = len(delivery(row))
        got = take(links, frame_bytes * count * row.deliveries)
        ended = time.monotonic()
        # A PING of the server's may be among the bytes: what stands behind PONG proves the count.
        tails = [count_to_pong(link) for link in links]
        totals = [here + tail for here, tail in zip(got, tails, strict=True)]
        for total in [sum(totals)] if row.queue else totals:
            check_total(total, frame_bytes, count)
        say(began=began, ended=ended)


def take(links: list[socket.socket], total: int) -> list[int]:
    """Read until so many bytes have come over all links together; give the bytes of each."""
    buffer = bytearray(_BUFFER_BYTES)
    counts = dict.fromkeys((link.fileno() for link in links), 0)
    if len(links) == 1:
        link, got = links[0], 0
        while got < total:
            got += _some(link.recv_into(buffer))
        return [got]
    by_number = {link.fileno(): link for link in links}
    poll = select.poll()
    for number in by_number:
        poll.register(number, select.POLLIN)
    left = total
    while left > 0:
        for number, _ in poll.poll():
            size = _some(by_number[number].recv_into(buffer))
            counts[number] += size
            left -= size
    return list(counts.values())


def check_total(total: int, frame_bytes: int, count: int) -> None:
    """Raise Miscount unless the bytes are those of the messages, and a few PINGs."""
    pings, odd = divmod(total - frame_bytes * count, len(PING))
    if odd or not 0 <= pings <= PINGS_MAX:
        raise Miscount(f"{total} bytes came, not {count} messages of {frame_bytes}")


def count_to_pong(link: socket.socket) -> int:
    """Send PING; give how many bytes come before its PONG."""
    link.sendall(PING)
    said = b""
    # A PING of the server's may stand behind the PONG, too.
    while PONG not in said:
        data = link.recv(_BUFFER_BYTES)
        _some(len(data))
        said += data
    return said.index(PONG)


def prove(link: socket.socket) -> None:
    """Wait until the server has worked off all that was sent. Raises Miscount for an error."""
    link.sendall(PING)
    said = b""
    # A PING of the server's, the first two seconds after CONNECT, may stand behind the PONG.
    while PONG not in said:
        data = link.recv(_LINE_BYTES_MAX)
        _some(len(data))
        said += data
        if len(said) > _LINE_BYTES_MAX or b"-ERR" in said:
            raise Miscount(f"the server said {said[:200]!r}")


def connect(port: int, setup: Setup = Setup.PLAIN) -> socket.socket:
    """Connect to a server as its setup wants it."""
    link = socket.create_connection((LOOPBACK, port))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    greeting = b""
    while not greeting.endswith(CRLF):
        data = link.recv(_LINE_BYTES_MAX)
        _some(len(data))
        greeting += data
    options = _OPTIONS
    if setup is Setup.TLS:
        link = _TLS.wrap_socket(link)
    elif setup is Setup.FULL:
        options = {**_OPTIONS, "user": USER, "pass": PASSWORD}
    link.sendall(b"CONNECT %b\r\n" % json.dumps(options).encode())
    prove(link)
    return link


def ask(row: Row, link: socket.socket, count: int) -> None:
    """Send requests, each when the answer before it is here."""
    link.sendall(b"SUB %b* 1\r\n" % inbox(0)[:-8])
    prove(link)
    questions = [publication(row, number) for number in range(count)]
    frames = Frames(link, len(answer_delivery(row)))
    began = time.monotonic()
    for number, question in enumerate(questions):
        link.sendall(question)
        if inbox(number) not in frames.next():
            raise Miscount(f"the answer to request {number} is not the next that came")
    say(began=began, ended=time.monotonic())


def reply(row: Row, link: socket.socket, count: int) -> None:
    """Answer requests."""
    began = time.monotonic()
    frames = Frames(link, len(delivery(row)))
    start = len(b"MSG %b 1 " % REQUEST_SUBJECT)
    end = start + len(inbox(0))
    for _ in range(count):
        link.sendall(answer(row, frames.next()[start:end]))
    say(began=began, ended=time.monotonic())


class Frames:
    """The messages that come over a link, all equally long."""

    def __init__(self, link: socket.socket, size: int) -> None:
        self._link = link
        self._size = size
        self._held = b""

    def next(self) -> bytes:
        """Wait for the next message and give it; passes over PING."""
        while True:
            if self._held.startswith(PING):
                self._held = self._held[len(PING) :]
            elif len(self._held) >= self._size:
                frame = self._held[: self._size]
                self._held = self._held[self._size :]
                return frame
            else:
                data = self._link.recv(_LINE_BYTES_MAX)
                _some(len(data))
                self._held += data


def _some(size: int) -> int:
    if not size:
        raise Miscount("the server closed the connection")
    return size


if __name__ == "__main__":
    main()
