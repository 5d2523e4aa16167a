"""Cases: how interest comes to other servers, and goes; requests and their answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.clustering import (
    connect_to,
    expect_end,
    until_heard,
    until_meshed,
    until_nobody,
)
from natsim.conformance.failure import Failed
from natsim.conformance.monitoring import ask

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial


@case(
    "cluster.interest.unsub",
    "After UNSUB nothing comes, from whichever server.",
    house="pair",
)
async def unsub(trial: Trial) -> None:
    await until_meshed(trial)
    publisher, subscriber = await connect_to(trial, 1), await connect_to(trial, 2)
    a, end = trial.subject("a"), trial.subject("end")
    await subscriber.write(b"SUB %b 1\r\nSUB %b 2\r\nSUB %b end\r\n" % (a, a, end))
    await until_heard(trial, publisher, subscriber)

    await subscriber.write(b"UNSUB 1\r\n")
    await subscriber.expect_nothing()
    # At once: the other server may not even know of it yet.
    await publisher.write(b"PUB %b 1\r\nx\r\n" % a)

    await publisher.expect_nothing()
    await subscriber.expect(b"MSG %b 2 1\r\nx\r\n" % a)
    await expect_end(publisher, subscriber, end)


@case(
    "cluster.interest.max",
    "Auto-unsubscribe counts what comes from other servers.",
    house="pair",
)
async def unsub_max(trial: Trial) -> None:
    await until_meshed(trial)
    publisher, subscriber = await connect_to(trial, 1), await connect_to(trial, 2)
    a, end = trial.subject("a"), trial.subject("end")
    await subscriber.write(b"SUB %b 1\r\nUNSUB 1 3\r\nSUB %b end\r\n" % (a, end))
    await until_heard(trial, publisher, subscriber)

    await subscriber.write(b"PUB %b 1\r\n0\r\n" % a)
    await subscriber.expect(b"MSG %b 1 1\r\n0\r\n" % a)
    for number in range(1, 6):
        await publisher.write(b"PUB %b 1\r\n%d\r\n" % (a, number))
    await publisher.expect_nothing()

    await subscriber.expect(b"MSG %b 1 1\r\n1\r\n" % a, b"MSG %b 1 1\r\n2\r\n" % a)
    await expect_end(publisher, subscriber, end)


@case(
    "cluster.interest.client-leaves",
    "The interest of a client that leaves is forgotten on all servers.",
    house="pair",
    needs=("no-responders",),
)
async def client_leaves(trial: Trial) -> None:
    await until_meshed(trial)
    requestor = await connect_to(trial, 1, headers=True, no_responders=True)
    responder, a = await connect_to(trial, 2), trial.subject("a")
    await responder.write(b"SUB %b 1\r\nSUB %b group 2\r\n" % (a, a))
    await until_heard(trial, requestor, responder)

    await responder.leave()

    await until_nobody(trial, requestor, a)


@case(
    "cluster.interest.restart",
    "A server that joins learns of the interest that there is, and brings its own.",
    house="pair",
    is_fresh=True,
    limit_s=30,
)
async def restart(trial: Trial) -> None:
    await until_meshed(trial)
    old, a, b = await connect_to(trial, 1), trial.subject("a"), trial.subject("b")
    await old.write(b"SUB %b end\r\n" % a)
    await old.expect_nothing()

    await trial.node(2).stop()
    await old.write(b"PUB %b 5\r\nalone\r\n" % a)
    await old.expect(b"MSG %b end 5\r\nalone\r\n" % a)
    await trial.node(2).start()

    await until_meshed(trial)
    new = await connect_to(trial, 2)
    await new.write(b"SUB %b end\r\n" % b)
    await new.expect_nothing()
    await until_heard(trial, new, old)
    await until_heard(trial, old, new)
    await expect_end(new, old, a)
    await expect_end(old, new, b)


@case(
    "cluster.interest.third-leaves",
    "When one of three servers leaves, the others go on.",
    "cluster.mesh",
    house="trio",
    is_fresh=True,
    limit_s=20,
)
async def third_leaves(trial: Trial) -> None:
    await until_meshed(trial)
    # The second and third know of each other by the first only, which leaves.
    second, third = await connect_to(trial, 2), await connect_to(trial, 3)
    a = trial.subject("a")
    await third.write(b"SUB %b end\r\n" % a)
    await until_heard(trial, second, third)

    await trial.node(1).stop()
    await until_meshed(trial, 2, 3)

    for number in range(10):
        await second.write(b"PUB %b 1\r\n%d\r\n" % (a, number))
        await second.expect_nothing()
        await third.expect(b"MSG %b end 1\r\n%d\r\n" % (a, number))
    await expect_end(second, third, a)


@case(
    "cluster.request.reply",
    "A request is answered from another server, once.",
    house="pair",
)
async def reply(trial: Trial) -> None:
    await until_meshed(trial)
    requestor, responder = await connect_to(trial, 1), await connect_to(trial, 2)
    service, inbox = trial.subject("service"), trial.subject("inbox.7")
    await responder.write(b"SUB %b workers 1\r\n" % service)
    await requestor.write(b"SUB %b.inbox.* end\r\n" % trial.prefix.encode())
    await until_heard(trial, requestor, responder)
    await until_heard(trial, responder, requestor)

    await requestor.write(b"PUB %b %b 1\r\n?\r\n" % (service, inbox))
    await requestor.expect_nothing()
    await responder.expect(b"MSG %b 1 %b 1\r\n?\r\n" % (service, inbox))
    await responder.write(b"PUB %b 1\r\n!\r\n" % inbox)

    await responder.expect_nothing()
    await requestor.expect(b"MSG %b end 1\r\n!\r\n" % inbox)
    await expect_end(responder, requestor, inbox)


@case(
    "cluster.request.at-once",
    "An answer finds the inbox that was subscribed right before the request.",
    house="pair",
)
async def at_once(trial: Trial) -> None:
    await until_meshed(trial)
    requestor, responder = await connect_to(trial, 1), await connect_to(trial, 2)
    service = trial.subject("service")
    await responder.write(b"SUB %b 1\r\n" % service)
    await until_heard(trial, requestor, responder)

    for number in range(20):
        inbox = trial.subject(f"inbox.{number}")
        # On the way to the other server interest goes before the request.
        await requestor.write(
            b"SUB %b %d\r\nPUB %b %b 1\r\n?\r\n" % (inbox, number, service, inbox)
        )
        await requestor.expect_nothing()
        await responder.expect(b"MSG %b 1 %b 1\r\n?\r\n" % (service, inbox))
        await responder.write(b"PUB %b 1\r\n!\r\n" % inbox)
        await responder.expect_nothing()
        await requestor.expect(b"MSG %b %d 1\r\n!\r\n" % (inbox, number))
    await requestor.expect_nothing()


@case(
    "cluster.request.no-responders",
    "503 says that nobody is there on any server, and only then.",
    house="pair",
    needs=("no-responders",),
)
async def no_responders(trial: Trial) -> None:
    await until_meshed(trial)
    requestor = await connect_to(trial, 1, headers=True, no_responders=True)
    responder, service = await connect_to(trial, 2), trial.subject("service")
    inbox = trial.subject("inbox")
    await requestor.write(b"SUB %b 9\r\n" % inbox)
    await requestor.expect_nothing()

    await requestor.write(b"PUB %b %b 0\r\n\r\n" % (service, inbox))
    frame = await requestor.hear()
    if not frame.startswith(b"HMSG %b 9 " % inbox) or b"NATS/1.0 503\r\n" not in frame:
        raise requestor.failed(b"HMSG %b 9 ... NATS/1.0 503" % inbox, frame)

    await responder.write(b"SUB %b 1\r\n" % service)
    await until_heard(trial, requestor, responder)
    await requestor.write(b"PUB %b %b 0\r\n\r\n" % (service, inbox))
    await requestor.expect_nothing()
    await responder.expect(b"MSG %b 1 %b 0\r\n\r\n" % (service, inbox))

    await responder.write(b"UNSUB 1\r\n")
    await responder.expect_nothing()
    await until_nobody(trial, requestor, service)


@case(
    "cluster.monitor.routes",
    "/routez and /varz tell of the other server.",
    house="pair",
)
async def routes(trial: Trial) -> None:
    await until_meshed(trial)
    other = await connect_to(trial, 2)

    members = await ask(trial, "/routez")

    rows = members.rows("routes")
    members.must_say("num_routes", len(rows))
    if not rows:
        raise Failed("/routez lists no route")
    for row in rows:
        row.must_say("remote_id", other.info["server_id"])
        row.must_say("ip", "127.0.0.1")
        row.boolean("did_solicit")
        row.boolean("is_configured")
        for name in ("rid", "port", "in_msgs", "out_msgs", "in_bytes", "out_bytes"):
            row.integer(name)
    varz = await ask(trial, "/varz")
    varz.must_say("remotes", 1)
    varz.inner("cluster").must_say("name", "natsim")
    varz.inner("cluster").must_say("cluster_port", int(trial.things["cluster1"]))
