"""The order of many messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.wire.delivery import read_deliveries

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

MESSAGES = 1000
SIZES = (0, 1, 70_000, 2, 512, 4095, 0, 4096, 4097, 32_768, 3, 65_535, 65_536, 1, 0, 100_000, 7)


def numbered(subject: bytes, count: int = MESSAGES) -> bytes:
    """Write PUBs whose payload is their number, of four digits."""
    return b"".join(b"PUB %b 4\r\n%04d\r\n" % (subject, at) for at in range(count))


def see_in_order(who: str, payloads: list[bytes], count: int = MESSAGES) -> None:
    """See that the payloads are the numbers from 0 on."""
    expected = [b"%04d" % at for at in range(count)]
    for came, wanted in zip(payloads, expected, strict=False):
        if came != wanted:
            raise Failed(f"{who}: {came!r} came where {wanted!r} should")
    if len(payloads) != count:
        raise Failed(f"{who}: {count} messages were published, {len(payloads)} came")


@case(
    "core.order.thousand",
    "A thousand messages come to another connection in their order.",
    "core.order.one-subscription",
)
async def thousand(trial: Trial) -> None:
    """Written at once."""
    subscriber, publisher = await trial.connect(), await trial.connect()
    subject = trial.subject("a")
    await subscriber.write(b"SUB %b 1\r\n" % subject)
    await subscriber.expect_nothing()
    await publisher.write(numbered(subject))
    await publisher.expect_nothing()
    deliveries = read_deliveries(await subscriber.barrier())
    see_in_order("the subscriber", [each.payload for each in deliveries])


@case(
    "core.order.thousand-to-several",
    "A thousand messages come to each of three connections in their order.",
    "core.order.one-subscription",
    "core.sub.fan-out",
)
async def to_several(trial: Trial) -> None:
    """One of the connections is the publisher itself."""
    publisher = await trial.connect()
    subscribers = [publisher, await trial.connect(), await trial.connect()]
    subject = trial.subject("a")
    for subscriber in subscribers:
        await subscriber.write(b"SUB %b 1\r\n" % subject)
        await subscriber.expect_nothing()
    await publisher.write(numbered(subject))
    for subscriber in subscribers:
        deliveries = read_deliveries(await subscriber.barrier())
        see_in_order(subscriber.name, [each.payload for each in deliveries])


@case(
    "core.order.overlapping",
    "All copies of a message come before the next message.",
    "core.order.two-subscriptions",
    "core.order.one-subscription",
)
async def overlapping(trial: Trial) -> None:
    """Three subscriptions that overlap, on one connection."""
    subscriber, publisher = await trial.connect(), await trial.connect()
    await subscriber.write(
        b"SUB %b 1\r\nSUB %b 2\r\nSUB %b 3\r\n"
        % (trial.subject("a"), trial.subject("*"), trial.subject(">"))
    )
    await subscriber.expect_nothing()
    await publisher.write(numbered(trial.subject("a")))
    await publisher.expect_nothing()
    deliveries = read_deliveries(await subscriber.barrier())
    for sid in (b"1", b"2", b"3"):
        own = [each.payload for each in deliveries if each.sid == sid]
        see_in_order(f"subscription {sid.decode()}", own)
    payloads = [each.payload for each in deliveries]
    if payloads != sorted(payloads):
        raise Failed("a copy of a message came behind a copy of the next one")


@case("core.order.publishers", "The messages of each of three publishers keep their order.")
async def publishers(trial: Trial) -> None:
    """Each publisher has a subject of its own; the subscriber has one subscription."""
    subscriber = await trial.connect()
    writers = [await trial.connect() for _ in range(3)]
    await subscriber.write(b"SUB %b 1\r\n" % trial.subject("*"))
    await subscriber.expect_nothing()
    for at, writer in enumerate(writers):
        await writer.write(numbered(trial.subject(f"p{at}"), 300))
    for writer in writers:
        await writer.expect_nothing()
    deliveries = read_deliveries(await subscriber.barrier())
    for at in range(len(writers)):
        own = [each.payload for each in deliveries if each.subject == trial.subject(f"p{at}")]
        see_in_order(f"publisher {at}", own, 300)
    if len(deliveries) != 900:
        raise Failed(f"900 messages were published, {len(deliveries)} came")


@case("core.order.sizes", "Small and large messages keep their order and their bytes.")
async def sizes(trial: Trial) -> None:
    """Each payload is filled with a letter of its own."""
    subscriber, publisher = await trial.connect(), await trial.connect()
    subject = trial.subject("a")
    await subscriber.write(b"SUB %b 1\r\n" % subject)
    await subscriber.expect_nothing()
    payloads = [bytes([65 + at]) * size for at, size in enumerate(SIZES)]
    for payload in payloads:
        await publisher.write(b"PUB %b %d\r\n%b\r\n" % (subject, len(payload), payload))
    await publisher.expect_nothing()
    await subscriber.expect(
        *(b"MSG %b 1 %d\r\n%b\r\n" % (subject, len(payload), payload) for payload in payloads)
    )
    await subscriber.expect_nothing()


@case(
    "core.order.pong-behind-burst",
    "PONG comes behind every one of 500 messages that were published before PING.",
    "core.order.pong-barrier",
)
async def burst(trial: Trial) -> None:
    """500 messages, PING, 500 messages, PING, written at once."""
    connection = await trial.connect()
    subject = trial.subject("a")
    half = numbered(subject, 500) + b"PING\r\n"
    await connection.write(b"SUB %b 1\r\n" % subject + half + half)
    messages = [b"MSG %b 1 4\r\n%04d\r\n" % (subject, at) for at in range(500)]
    await connection.expect(*messages, b"PONG\r\n", *messages, b"PONG\r\n")
    await connection.expect_nothing()


@case(
    "core.order.one-subscription-two-subjects",
    "Two subscriptions on two connections see the same order of two subjects.",
    "core.order.one-subscription",
)
async def two_subjects(trial: Trial) -> None:
    """Change between the subjects; both subscribers have a wildcard."""
    subscribers = [await trial.connect() for _ in range(2)]
    publisher = await trial.connect()
    for subscriber in subscribers:
        await subscriber.write(b"SUB %b 1\r\n" % trial.subject(">"))
        await subscriber.expect_nothing()
    subjects = [trial.subject(("a", "b.c")[at * at % 7 % 2]) for at in range(300)]
    await publisher.write(
        b"".join(b"PUB %b 4\r\n%04d\r\n" % (subject, at) for at, subject in enumerate(subjects))
    )
    await publisher.expect_nothing()
    for subscriber in subscribers:
        await subscriber.expect(
            *(b"MSG %b 1 4\r\n%04d\r\n" % (subject, at) for at, subject in enumerate(subjects))
        )
        await subscriber.expect_nothing()
