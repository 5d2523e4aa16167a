"""The rows in which two servers are compared, and the bytes that each puts on the wire.

Law of the file: all messages of a row are equally long, so a receiver only has to count bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CRLF = b"\r\n"
BLOCK_BYTES = 64 * 1024
"""What a publisher hands to its socket at a time, at the most."""

SMALL_BLOCK_BYTES = 8 * 1024

REQUEST_SUBJECT = b"bench.ask"

USER = "bench"
PASSWORD = "not a secret"
_HEADER = b"NATS/1.0\r\nTrace: 4bf92f3577b34da6\r\n\r\n"


class Setup(Enum):
    """How the servers of a row are set up; both alike."""

    PLAIN = "as they come"
    TLS = "TLS"
    FULL = "users, permissions, accounts, monitoring"


class Shape(Enum):
    """How the messages of a row differ."""

    SAME = "one subject"
    SUBJECTS = "100 subjects in turn"
    MANY_SUBJECTS = "10,000 subjects in turn"
    REPLY = "a reply subject of its own on each"
    HEADERS = "a header on each"
    REQUEST = "request and reply, one at a time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One comparison.

    size: payload bytes. queue: the group that all subscribers are in, empty for none.
    publishers: connections that publish in turn. block_bytes: what each sends at a time, at most.
    target, stretch: the ratio of our messages per second to theirs that was aimed at.
    warm_up: messages by which the speed is guessed. count_max: messages of a sample, at the most.
    """

    name: str
    size: int
    setup: Setup = Setup.PLAIN
    shape: Shape = Shape.SAME
    publishers: int = 1
    block_bytes: int = BLOCK_BYTES
    subscribers: int = 1
    queue: bytes = b""
    target: float | None = None
    stretch: float | None = None
    warm_up: int = 20_000
    count_max: int = 4_000_000

    @property
    def deliveries(self) -> int:
        """How many subscribers get each message."""
        return 1 if self.queue else self.subscribers


ROWS = {
    row.name: row
    for row in (
        Row(name="16 B", size=16),
        Row(name="128 B", size=128, target=0.30, stretch=0.40),
        Row(name="1024 B", size=1024, target=0.45, stretch=0.55),
        Row(name="128 B to five", size=128, subscribers=5, target=0.50, stretch=0.65),
        Row(name="128 B, 100 subjects", size=128, shape=Shape.SUBJECTS),
        # In the first laps a server learns the subjects; it is to be seen when it knows them, too.
        Row(name="128 B, 10,000 subjects", size=128, shape=Shape.MANY_SUBJECTS, warm_up=200_000),
        Row(name="128 B, 100 publishers", size=128, publishers=100, block_bytes=SMALL_BLOCK_BYTES),
        # Each message is another, so all are made beforehand: fewer of them.
        Row(name="128 B, reply subject", size=128, shape=Shape.REPLY, count_max=400_000),
        Row(name="128 B, headers", size=128, shape=Shape.HEADERS),
        Row(name="128 B, queue of three", size=128, subscribers=3, queue=b"workers"),
        Row(name="request-reply", size=16, shape=Shape.REQUEST, warm_up=500, count_max=100_000),
        Row(name="TLS, 128 B", size=128, setup=Setup.TLS),
        Row(name="full, 128 B", size=128, setup=Setup.FULL, target=0.25, stretch=0.40),
        Row(
            name="full, 128 B to five",
            size=128,
            setup=Setup.FULL,
            subscribers=5,
            target=0.45,
            stretch=0.65,
        ),
    )
}


_LAPS = {Shape.SUBJECTS: 100, Shape.MANY_SUBJECTS: 10_000}
"""After how many messages they repeat, where that is not at once."""


def subscription(row: Row) -> bytes:
    """Write the SUB of each of a row's receivers."""
    match row.shape:
        case Shape.SUBJECTS | Shape.MANY_SUBJECTS:
            subject = b"bench.*"
        case Shape.REQUEST:
            subject = REQUEST_SUBJECT
        case _:
            subject = b"bench.same"
    return b" ".join(word for word in (b"SUB", subject, row.queue, b"1") if word) + CRLF


def blocks(row: Row, count: int) -> Iterator[bytes]:
    """Write a row's publications, in blocks of whole messages."""
    if row.shape is Shape.REPLY:
        size = len(publication(row, 0))
        per_block = max(row.block_bytes // size, 1)
        for start in range(0, count, per_block):
            numbers = range(start, min(start + per_block, count))
            yield b"".join(publication(row, number) for number in numbers)
        return
    # Messages that repeat are equally long: a block is a piece of a ribbon without end.
    lap = _LAPS.get(row.shape, 1)
    size = len(publication(row, 0))
    per_block = max(row.block_bytes // size, 1)
    ribbon = b"".join(publication(row, number) for number in range(lap))
    ribbon *= 1 + -(-per_block // lap)
    for start in range(0, count, per_block):
        at = start % lap * size
        yield ribbon[at : at + min(per_block, count - start) * size]


def publication(row: Row, number: int) -> bytes:
    """Write the publication of one message."""
    payload = bytes(row.size)
    match row.shape:
        case Shape.SAME:
            return b"PUB bench.same %d\r\n%b\r\n" % (row.size, payload)
        case Shape.SUBJECTS:
            return b"PUB bench.%02d %d\r\n%b\r\n" % (number % 100, row.size, payload)
        case Shape.MANY_SUBJECTS:
            return b"PUB bench.%04d %d\r\n%b\r\n" % (number % 10_000, row.size, payload)
        case Shape.REPLY:
            return b"PUB bench.same %b %d\r\n%b\r\n" % (inbox(number), row.size, payload)
        case Shape.HEADERS:
            size = len(_HEADER) + row.size
            return b"HPUB bench.same %d %d\r\n%b%b\r\n" % (len(_HEADER), size, _HEADER, payload)
        case Shape.REQUEST:
            return b"PUB %b %b %d\r\n%b\r\n" % (REQUEST_SUBJECT, inbox(number), row.size, payload)


def delivery(row: Row) -> bytes:
    """Write what a receiver gets for one message; all are as long."""
    payload = bytes(row.size)
    match row.shape:
        case Shape.SAME:
            return b"MSG bench.same 1 %d\r\n%b\r\n" % (row.size, payload)
        case Shape.SUBJECTS:
            return b"MSG bench.00 1 %d\r\n%b\r\n" % (row.size, payload)
        case Shape.MANY_SUBJECTS:
            return b"MSG bench.0000 1 %d\r\n%b\r\n" % (row.size, payload)
        case Shape.REPLY:
            return b"MSG bench.same 1 %b %d\r\n%b\r\n" % (inbox(0), row.size, payload)
        case Shape.HEADERS:
            size = len(_HEADER) + row.size
            return b"HMSG bench.same 1 %d %d\r\n%b%b\r\n" % (len(_HEADER), size, _HEADER, payload)
        case Shape.REQUEST:
            return b"MSG %b 1 %b %d\r\n%b\r\n" % (REQUEST_SUBJECT, inbox(0), row.size, payload)


def inbox(number: int) -> bytes:
    """Name the reply subject of a message, as long as those that nats-py makes."""
    return b"_INBOX.bench0123456789abcdef.%08d" % number


def answer(row: Row, reply: bytes) -> bytes:
    """Write the publication of an answer."""
    return b"PUB %b %d\r\n%b\r\n" % (reply, row.size, bytes(row.size))


def answer_delivery(row: Row) -> bytes:
    """Write what the requestor gets for one answer; all are as long."""
    return b"MSG %b 1 %d\r\n%b\r\n" % (inbox(0), row.size, bytes(row.size))
