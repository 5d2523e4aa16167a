"""Many subscriptions on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.wire.delivery import read_deliveries

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

SUBSCRIPTIONS = 1000
BYTES = [bytes([number]) for number in range(256) if bytes([number]) not in b" \t\r\n"]


@case("core.sub.many", "Each of a thousand subscriptions gets its own message.")
async def a_thousand(trial: Trial) -> None:
    """Publish to each subject from another connection, and once more after half are gone."""
    subscriber = await trial.connect()
    publisher = await trial.connect()
    subjects = [trial.subject(f"{number % 10}.{number}") for number in range(SUBSCRIPTIONS)]
    await subscriber.write(
        b"".join(b"SUB %b s%d\r\n" % (subject, at) for at, subject in enumerate(subjects))
    )
    await subscriber.expect_nothing()
    messages = [b"PUB %b 0\r\n\r\n" % subject for subject in subjects]

    await publisher.write(b"".join(messages))
    await publisher.expect_nothing()
    first = await subscriber.barrier()
    await subscriber.write(b"".join(b"UNSUB s%d\r\n" % at for at in range(0, SUBSCRIPTIONS, 2)))
    await subscriber.expect_nothing()
    await publisher.write(b"".join(messages))
    await publisher.expect_nothing()
    second = await subscriber.barrier()

    expected = [b"MSG %b s%d 0\r\n\r\n" % (subject, at) for at, subject in enumerate(subjects)]
    compare(first, expected)
    compare(second, expected[1::2])


@case(
    "core.sub.many-to-one-subject",
    "Each of two hundred subscriptions to the same subject gets a copy.",
    "core.sub.same-subject-twice",
    "core.sub.many",
)
async def one_subject(trial: Trial) -> None:
    """Compare sorted: the copies of one message come in any order."""
    connection = await trial.connect()
    subject = trial.subject("a")
    await connection.write(b"".join(b"SUB %b %d\r\n" % (subject, at) for at in range(200)))
    await connection.write(b"PUB %b 2\r\nhi\r\n" % subject)
    heard = await connection.barrier()
    compare(sorted(heard), sorted(b"MSG %b %d 2\r\nhi\r\n" % (subject, at) for at in range(200)))


@case(
    "core.sub.any-byte-in-sid",
    "Each byte but space, tab, CR and LF may be in a sid.",
    "core.sub.any-sid",
)
async def each_byte(trial: Trial) -> None:
    """See that each sid comes back byte by byte, and that UNSUB finds it."""
    connection = await trial.connect()
    sids = [b"x%by" % byte for byte in BYTES]
    subject = trial.subject("a")
    await connection.write(b"".join(b"SUB %b %b\r\n" % (subject, sid) for sid in sids))
    await connection.write(b"PUB %b 0\r\n\r\n" % subject)
    heard = sorted(delivery.sid for delivery in read_deliveries(await connection.barrier()))
    for sid in sids:
        if heard.count(sid) != 1:
            raise Failed(f"the sid {sid!r} came back {heard.count(sid)} times, not once")
    await connection.write(b"".join(b"UNSUB %b\r\n" % sid for sid in sids))
    await connection.write(b"PUB %b 0\r\n\r\n" % subject)
    await connection.expect_nothing()


def compare(heard: list[bytes], expected: list[bytes]) -> None:
    """See that two lists of frames are the same; name the first that differs."""
    for came, wanted in zip(heard, expected, strict=False):
        if came != wanted:
            raise Failed(f"{came!r} came where {wanted!r} should")
    if len(heard) != len(expected):
        raise Failed(f"{len(expected)} messages should come, {len(heard)} came")
