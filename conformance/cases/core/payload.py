"""Payloads of every byte, of many sizes, and cut at every place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

SMALL_SIZES_MAX = 300
POWERS = range(9, 18)
MANY = 2_000


@case(
    "core.payload.every-byte",
    "Every byte may be in a payload, alone and among others.",
    "core.payload.verbatim",
)
async def every_byte(trial: Trial) -> None:
    """Publish all bytes up and down, then each as a message of its own."""
    subject = trial.subject("a")
    other = await trial.connect("other")
    await other.write(b"SUB %b 1\r\n" % subject)
    await other.expect_nothing()
    publisher = await trial.connect("publisher")
    every = bytes(range(256))
    payloads = [every, every[::-1], *(bytes([code]) for code in every)]

    await publisher.write(b"".join(_pub(subject, payload) for payload in payloads))

    for payload in payloads:
        await other.expect(_msg(subject, payload))
    await publisher.expect_nothing()
    await other.expect_nothing()


@case(
    "core.payload.small-sizes",
    "Payloads of every size from nothing to 300 bytes are delivered.",
    "core.payload.sizes",
)
async def small_sizes(trial: Trial) -> None:
    """Publish one of each size in one go."""
    subject = trial.subject("a")
    connection = await trial.connect()
    await connection.write(b"SUB %b 1\r\n" % subject)
    payloads = [_pattern(size) for size in range(SMALL_SIZES_MAX + 1)]

    await connection.write(b"".join(_pub(subject, payload) for payload in payloads))

    await connection.expect(*(_msg(subject, payload) for payload in payloads))
    await connection.expect_nothing()


@case(
    "core.payload.size-classes",
    "Payloads around every power of two up to 128 KiB are delivered, large and small in turn.",
    "core.payload.sizes",
)
async def size_classes(trial: Trial) -> None:
    """Publish one byte less, the power, and one more, of each; between them a small one."""
    subject = trial.subject("a")
    other = await trial.connect("other")
    await other.write(b"SUB %b 1\r\n" % subject)
    await other.expect_nothing()
    publisher = await trial.connect("publisher")
    for power in POWERS:
        payloads = [_pattern(2**power - 1), b"x", _pattern(2**power), b"", _pattern(2**power + 1)]

        await publisher.write(b"".join(_pub(subject, payload) for payload in payloads))

        for payload in payloads:
            await other.expect(_msg(subject, payload))
    await publisher.expect_nothing()
    await other.expect_nothing()


@case(
    "core.payload.split-anywhere",
    "PUB may be cut in two at any byte of its line, its payload and its end.",
    "core.payload.split",
)
async def split_anywhere(trial: Trial) -> None:
    """Publish the same message cut at each place."""
    subject = trial.subject("a")
    connection = await trial.connect()
    await connection.write(b"SUB %b 1\r\n" % subject)
    message = b"PUB %b reply 9\r\nhi\r\nPING\n\r\n" % subject
    for place in range(1, len(message)):
        await connection.write(message, [place])
        await connection.expect(b"MSG %b 1 reply 9\r\nhi\r\nPING\n\r\n" % subject)
    await connection.expect_nothing()


@case(
    "core.payload.pieces",
    "A large payload may come in pieces of any size.",
    "core.payload.split",
)
async def pieces(trial: Trial) -> None:
    """Publish 50 KB in pieces of 1, 2, 3 … bytes, and commands behind it."""
    subject = trial.subject("a")
    connection = await trial.connect()
    await connection.write(b"SUB %b 1\r\n" % subject)
    payload = _pattern(50_000)
    message = _pub(subject, payload) + _pub(subject, b"next")
    cuts = [place for n in range(1, 400) if (place := n * (n + 1) // 2) < len(message)]

    await connection.write(message, cuts)

    await connection.expect(_msg(subject, payload), _msg(subject, b"next"))
    await connection.expect_nothing()


@case("core.payload.many", "Two thousand messages in one go arrive one by one.")
async def many(trial: Trial) -> None:
    """Publish messages of different sizes, some with a reply; hear them on another connection."""
    subject = trial.subject("a")
    other = await trial.connect("other")
    await other.write(b"SUB %b 1\r\n" % subject)
    await other.expect_nothing()
    publisher = await trial.connect("publisher")
    payloads = [b"%d:%b" % (n, _pattern(n % 97)) for n in range(MANY)]

    await publisher.write(b"".join(_pub(subject, payload) for payload in payloads))

    for payload in payloads:
        await other.expect(_msg(subject, payload))
    await publisher.expect_nothing()
    await other.expect_nothing()


def _pub(subject: bytes, payload: bytes) -> bytes:
    return b"PUB %b %d\r\n%b\r\n" % (subject, len(payload), payload)


def _msg(subject: bytes, payload: bytes) -> bytes:
    return b"MSG %b 1 %d\r\n%b\r\n" % (subject, len(payload), payload)


def _pattern(size: int) -> bytes:
    """Give bytes in which no two places near each other look alike: the period is odd."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]
