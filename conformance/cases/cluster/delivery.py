"""Cases: messages between the servers of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.clustering import connect_to, expect_end, until_heard, until_meshed

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

COUNT = 1000
PAYLOADS = (b"", b"x", b"a\r\nb\0c\xff", bytes(range(256)), b"y" * 5000, b"z" * 70000)


@case(
    "cluster.delivery.once",
    "A subscription gets a message once, on whichever server it is published.",
    house="pair",
)
async def once(trial: Trial) -> None:
    await _fan_out(trial)


@case(
    "cluster.delivery.once-of-three",
    "Among three servers, too, a subscription gets a message once.",
    "cluster.delivery.once",
    "cluster.mesh",
    house="trio",
)
async def once_of_three(trial: Trial) -> None:
    await _fan_out(trial)


@case(
    "cluster.delivery.bytes",
    "Payloads cross from server to server as they are.",
    house="pair",
)
async def payloads(trial: Trial) -> None:
    subscriber, publisher, a = await _two(trial)

    for payload in PAYLOADS:
        await publisher.write(b"PUB %b %d\r\n%b\r\n" % (a, len(payload), payload))
        await publisher.expect_nothing()
        await subscriber.expect(b"MSG %b end %d\r\n%b\r\n" % (a, len(payload), payload))
    await expect_end(publisher, subscriber, a)


@case(
    "cluster.delivery.reply",
    "The reply subject crosses with the message.",
    "cluster.delivery.bytes",
    house="pair",
)
async def reply(trial: Trial) -> None:
    subscriber, publisher, a = await _two(trial)

    await publisher.write(b"PUB %b any.reply 2\r\nhi\r\n" % a)
    await publisher.expect_nothing()

    await subscriber.expect(b"MSG %b end any.reply 2\r\nhi\r\n" % a)
    await expect_end(publisher, subscriber, a)


@case(
    "cluster.delivery.headers",
    "Headers cross from server to server as they are, and are left out for who cannot take them.",
    house="pair",
    needs=("headers",),
)
async def headers(trial: Trial) -> None:
    await until_meshed(trial)
    publisher = await connect_to(trial, 1, headers=True)
    able, unable = await connect_to(trial, 2, headers=True), await connect_to(trial, 2)
    a, block = trial.subject("a"), b"NATS/1.0 408 Odd\r\nK:v\r\nk: w \r\nK:v\r\n\r\n"
    for subscriber in (able, unable):
        await subscriber.write(b"SUB %b end\r\n" % a)
        await subscriber.expect_nothing()
    await until_heard(trial, publisher, able, unable)

    for tail in (
        b"%b %d %d" % (a, len(block), len(block) + 2),
        b"%b re %d %d" % (a, len(block), len(block) + 2),
    ):
        await publisher.write(b"HPUB %b\r\n%bhi\r\n" % (tail, block))
    await publisher.expect_nothing()

    size = b"%d %d" % (len(block), len(block) + 2)
    await able.expect(
        b"HMSG %b end %b\r\n%bhi\r\n" % (a, size, block),
        b"HMSG %b end re %b\r\n%bhi\r\n" % (a, size, block),
    )
    await unable.expect(b"MSG %b end 2\r\nhi\r\n" % a, b"MSG %b end re 2\r\nhi\r\n" % a)
    for subscriber in (able, unable):
        await subscriber.expect_nothing()


@case(
    "cluster.delivery.wildcards",
    "Wildcards match on another server as on this one.",
    house="pair",
)
async def wildcards(trial: Trial) -> None:
    await until_meshed(trial)
    publisher, subscriber = await connect_to(trial, 1), await connect_to(trial, 2)
    s, end = trial.prefix.encode(), trial.subject("end")
    await subscriber.write(
        b"SUB %b.*.b star\r\nSUB %b.a.> tail\r\nSUB %b.a.b literal\r\nSUB %b end\r\n"
        % (s, s, s, end)
    )
    await until_heard(trial, publisher, subscriber)

    for subject, sids in (
        (b"%b.a.b" % s, (b"star", b"tail", b"literal")),
        (b"%b.c.b" % s, (b"star",)),
        (b"%b.a" % s, ()),
        (b"%b.a.b.c" % s, (b"tail",)),
        (b"%b.A.B" % s, ()),
    ):
        await publisher.write(b"PUB %b 1\r\nx\r\n" % subject)
        await publisher.expect_nothing()
        await subscriber.expect_any_order(
            *[b"MSG %b %b 1\r\nx\r\n" % (subject, sid) for sid in sids]
        )
        await expect_end(publisher, subscriber, end)


@case(
    "cluster.delivery.order",
    "Messages of one publisher come to another server in their order.",
    house="pair",
)
async def order(trial: Trial) -> None:
    subscriber, publisher, a = await _two(trial)

    await publisher.write(b"".join(b"PUB %b 4\r\n%04d\r\n" % (a, n) for n in range(COUNT)))
    await publisher.expect_nothing()

    await subscriber.expect(*[b"MSG %b end 4\r\n%04d\r\n" % (a, n) for n in range(COUNT)])
    await expect_end(publisher, subscriber, a)


@case(
    "cluster.delivery.order-of-subjects",
    "Messages of one publisher to several subjects come to another server in their order.",
    "cluster.delivery.order",
    house="trio",
)
async def order_of_subjects(trial: Trial) -> None:
    await until_meshed(trial)
    publisher = await connect_to(trial, 1)
    subscribers = [await connect_to(trial, node) for node in (2, 3)]
    s = trial.prefix.encode()
    for subscriber in subscribers:
        await subscriber.write(b"SUB %b.o.> 1\r\nSUB %b.end end\r\n" % (s, s))
    await until_heard(trial, publisher, *subscribers)

    await publisher.write(
        b"".join(b"PUB %b.o.%d 3\r\n%03d\r\n" % (s, n % 7, n) for n in range(300))
    )
    await publisher.expect_nothing()

    for subscriber in subscribers:
        await subscriber.expect(
            *[b"MSG %b.o.%d 1 3\r\n%03d\r\n" % (s, n % 7, n) for n in range(300)]
        )
        await subscriber.expect_nothing()


@case(
    "cluster.delivery.no-echo",
    "With echo false a client hears itself on no server, and others hear it on all.",
    house="pair",
    needs=("echo",),
)
async def no_echo(trial: Trial) -> None:
    await until_meshed(trial)
    silent, other = await connect_to(trial, 1, echo=False), await connect_to(trial, 2)
    a = trial.subject("a")
    for connection in (silent, other):
        await connection.write(b"SUB %b end\r\n" % a)
        await connection.expect_nothing()
    await until_heard(trial, silent, other)
    await until_heard(trial, other, silent)

    await silent.write(b"PUB %b 3\r\nown\r\n" % a)
    await silent.expect_nothing()
    await other.expect(b"MSG %b end 3\r\nown\r\n" % a)
    await other.write(b"PUB %b 5\r\nother\r\n" % a)
    await other.expect(b"MSG %b end 5\r\nother\r\n" % a)
    await silent.expect(b"MSG %b end 5\r\nother\r\n" % a)
    for connection in (silent, other):
        await connection.expect_nothing()


async def _two(trial: Trial) -> tuple[Connection, Connection, bytes]:
    """Give a subscriber with sid end on the second server, and a publisher on the first."""
    await until_meshed(trial)
    publisher, subscriber = await connect_to(trial, 1), await connect_to(trial, 2)
    subject = trial.subject("a")
    await subscriber.write(b"SUB %b end\r\n" % subject)
    await until_heard(trial, publisher, subscriber)
    return subscriber, publisher, subject


async def _fan_out(trial: Trial) -> None:
    await until_meshed(trial)
    nodes = range(1, len(trial.addresses) + 1)
    publishers = [await connect_to(trial, node) for node in nodes]
    subscribers = [await connect_to(trial, node) for node in (*nodes, *nodes)]
    a = trial.subject("a")
    for subscriber in subscribers:
        await subscriber.write(b"SUB %b end\r\n" % a)
    for publisher in publishers:
        await until_heard(trial, publisher, *subscribers)

    for number, publisher in enumerate(publishers):
        await publisher.write(b"PUB %b 1\r\n%d\r\n" % (a, number))
        await publisher.expect_nothing()
        for subscriber in subscribers:
            await subscriber.expect(b"MSG %b end 1\r\n%d\r\n" % (a, number))
    for publisher in publishers:
        # Behind it on the same route nothing else may come.
        await publisher.write(b"PUB %b 3\r\nend\r\n" % a)
        await publisher.expect_nothing()
        for subscriber in subscribers:
            await subscriber.expect(b"MSG %b end 3\r\nend\r\n" % a)
    for subscriber in subscribers:
        await subscriber.expect_nothing()
