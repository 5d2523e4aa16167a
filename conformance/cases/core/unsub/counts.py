"""Counts to which a subscription is limited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.wire.delivery import numbers_of, read_deliveries

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

MESSAGES = 30


@case(
    "core.unsub.max-of-each-number",
    "Each max from 1 to 29 lets just so many messages come.",
    "core.unsub.max",
)
async def each_number(trial: Trial) -> None:
    """Subscriptions to one subject, each with a max of its own."""
    subscriber = await trial.connect()
    publisher = await trial.connect()
    subject = trial.subject("a")
    for most in range(1, MESSAGES):
        await subscriber.write(b"SUB %b %d\r\nUNSUB %d %d\r\n" % (subject, most, most, most))
    await subscriber.expect_nothing()
    await publisher.write(
        b"".join(b"PUB %b 2\r\n%02d\r\n" % (subject, number) for number in range(MESSAGES))
    )
    await publisher.expect_nothing()
    deliveries = read_deliveries(await subscriber.barrier())
    for most in range(1, MESSAGES):
        numbers = numbers_of(each for each in deliveries if each.sid == b"%d" % most)
        if numbers != list(range(most)):
            raise Failed(f"with max {most} came the messages {numbers}; not the first {most}")


@case(
    "core.unsub.max-of-delivered",
    "The max counts what came before UNSUB, however much that was.",
    "core.unsub.max-since-sub",
)
async def of_delivered(trial: Trial) -> None:
    """Ten messages came; a max below, at and above that."""
    connection = await trial.connect()
    subject = trial.subject("a")
    publish = b"PUB %b 0\r\n\r\n" % subject
    limits = (1, 9, 10, 11, 12, 20)
    for most in limits:
        await connection.write(b"SUB %b %d\r\n" % (subject, most))
    await connection.write(publish * 10)
    for most in limits:
        await connection.write(b"UNSUB %d %d\r\n" % (most, most))
    await connection.write(publish * 15)
    deliveries = read_deliveries(await connection.barrier())
    for most in limits:
        count = sum(each.sid == b"%d" % most for each in deliveries)
        if count != max(most, 10):
            raise Failed(f"10 had come when UNSUB said {most}; in all came {count}")


@case(
    "core.unsub.queue-max-of-one",
    "A member whose max is reached leaves its group, which goes on.",
    "core.unsub.queue",
)
async def of_one_member(trial: Trial) -> None:
    """One of two members may get three of forty messages: the other gets the rest."""
    limited = await trial.connect()
    other = await trial.connect()
    publisher = await trial.connect()
    subject = trial.subject("jobs")
    await limited.write(b"SUB %b workers 1\r\nUNSUB 1 3\r\n" % subject)
    await other.write(b"SUB %b workers 1\r\n" % subject)
    await limited.expect_nothing()
    await other.expect_nothing()
    await publisher.write(
        b"".join(b"PUB %b 2\r\n%02d\r\n" % (subject, number) for number in range(40))
    )
    await publisher.expect_nothing()
    few = numbers_of(read_deliveries(await limited.barrier()))
    many = numbers_of(read_deliveries(await other.barrier()))
    if len(few) > 3:
        raise Failed(f"with max 3 a member got {len(few)} messages")
    if sorted(few + many) != list(range(40)):
        raise Failed(f"of 40 messages the members got {len(few)} and {len(many)}, not each once")
