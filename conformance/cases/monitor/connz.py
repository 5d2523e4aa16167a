"""Cases: /connz, the connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.monitoring import (
    ask,
    cid_of,
    expect_refusal,
    row_of,
    until_alone,
    until_says,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

INTEGERS = (
    "cid", "port", "pending_bytes", "in_msgs", "out_msgs", "in_bytes", "out_bytes", "subscriptions",
)  # fmt: skip
TEXTS = ("ip", "start", "last_activity", "uptime", "idle", "rtt")

SORTS = (
    "cid", "start", "subs", "pending", "msgs_to", "msgs_from", "bytes_to", "bytes_from", "last",
    "idle", "uptime",
)  # fmt: skip


@case(
    "monitor.connz.client",
    "/connz says of a connection what its CONNECT said of the client.",
    house="monitor",
)
async def client(trial: Trial) -> None:
    connection = await trial.connect(name="Möwe 7", lang="klingon", version="9.8.7")

    row = await row_of(trial, connection)

    row.must_say("cid", cid_of(connection))
    row.must_say("name", "Möwe 7")
    row.must_say("lang", "klingon")
    row.must_say("version", "9.8.7")
    row.must_say("kind", "Client")
    row.must_say("type", "nats")


@case(
    "monitor.connz.anonymous",
    "What CONNECT did not say is left out of /connz.",
    "monitor.connz.client",
    house="monitor",
)
async def anonymous(trial: Trial) -> None:
    connection = await trial.open()
    await connection.write(b'CONNECT {"verbose":false}\r\n')
    await connection.expect_nothing()

    row = await row_of(trial, connection)

    for name in ("name", "lang", "version", "stop", "reason", "authorized_user"):
        row.must_say(name, None)


@case("monitor.connz.types", "/connz has its members, each of its type.", house="monitor")
async def types(trial: Trial) -> None:
    row = await row_of(trial, await trial.connect())

    for name in INTEGERS:
        row.integer(name)
    for name in TEXTS:
        if not row.text(name):
            raise Failed(f"/connz says nothing of {name}")


@case(
    "monitor.connz.counts",
    "/connz counts what a connection sent and got: messages, bytes of payload, subscriptions.",
    house="monitor",
)
async def counts(trial: Trial) -> None:
    a, b = trial.subject("a"), trial.subject("b")
    publisher, subscriber = await trial.connect(), await trial.connect()
    await subscriber.write(b"SUB %b 1\r\nSUB %b.> 2\r\nSUB %b 3\r\nUNSUB 3\r\n" % (a, a, b))
    await subscriber.expect_nothing()

    await publisher.write(
        b"PUB %b 5\r\nhello\r\nPUB %b 0\r\n\r\nPUB %b 7\r\nunheard\r\n" % (a, a, b)
    )
    await publisher.expect_nothing()
    await subscriber.expect(b"MSG %b 1 5\r\nhello\r\n" % a, b"MSG %b 1 0\r\n\r\n" % a)

    zero = {"in_msgs": 0, "in_bytes": 0, "out_msgs": 0, "out_bytes": 0, "subscriptions": 0}
    await until_says(trial, publisher, {**zero, "in_msgs": 3, "in_bytes": 12})
    await until_says(trial, subscriber, {**zero, "out_msgs": 2, "out_bytes": 5, "subscriptions": 2})


@case(
    "monitor.connz.header-bytes",
    "The bytes that /connz counts are those of headers and payload.",
    "monitor.connz.counts",
    house="monitor",
    needs=("headers",),
)
async def header_bytes(trial: Trial) -> None:
    connection, a = await trial.connect(headers=True), trial.subject("a")
    message = b"NATS/1.0\r\nk: v\r\n\r\nhello"

    await connection.write(b"SUB %b 1\r\nHPUB %b 18 23\r\n%b\r\n" % (a, a, message))
    await connection.expect(b"HMSG %b 1 18 23\r\n%b\r\n" % (a, message))

    expected = {"in_msgs": 1, "in_bytes": 23, "out_msgs": 1, "out_bytes": 23}
    await until_says(trial, connection, expected)


@case("monitor.connz.cid", "cid= asks for one connection.", house="monitor")
async def cid(trial: Trial) -> None:
    one, other = await trial.connect(name="one"), await trial.connect(name="other")

    (await row_of(trial, one)).must_say("name", "one")
    (await row_of(trial, other)).must_say("name", "other")

    unknown = await ask(trial, "/connz?cid=999999999")
    unknown.must_say("num_connections", 0)
    if unknown.rows("connections"):
        raise Failed("/connz?cid=999999999 lists a connection")
    await expect_refusal(
        trial,
        "/connz?cid=-1",
        "Error decoding uint64 for 'cid': strconv.ParseUint: parsing \"-1\": invalid syntax",
    )


@case(
    "monitor.connz.page",
    "offset= and limit= page through the connections, in the order of cid.",
    house="monitor",
    is_alone=True,
)
async def page(trial: Trial) -> None:
    connections = await _alone(trial, 5)
    cids = [cid_of(connection) for connection in connections]

    for offset, limit, expected in (
        (0, 2, cids[:2]),
        (2, 2, cids[2:4]),
        (4, 2, cids[4:]),
        (9, 2, []),
    ):
        path = f"/connz?offset={offset}&limit={limit}"
        members = await ask(trial, path)
        members.must_say("offset", offset)
        members.must_say("limit", limit)
        members.must_say("total", 5)
        members.must_say("num_connections", len(expected))
        listed = [row.integer("cid") for row in members.rows("connections")]
        if listed != expected:
            raise Failed(f"{path} lists {listed}, expected {expected}")


@case(
    "monitor.connz.default-page",
    "Without offset and limit /connz gives the first 1024.",
    house="monitor",
)
async def default_page(trial: Trial) -> None:
    members = await ask(trial, "/connz")

    members.must_say("offset", 0)
    members.must_say("limit", 1024)


@case(
    "monitor.connz.sort",
    "sort= orders the connections: counts from the highest, cid and start from the lowest.",
    house="monitor",
    is_alone=True,
)
async def sort(trial: Trial) -> None:
    subject = trial.subject("a")
    first, second, third = connections = await _alone(trial, 3)
    # The second sends most messages, the third most bytes; the first has most subscriptions and
    # gets least.
    await first.write(b"SUB %b.x 1\r\nSUB %b.y 2\r\nSUB %b.z 3\r\n" % (subject, subject, subject))
    await second.write(b"SUB %b 1\r\nSUB %b 2\r\n" % (subject, subject))
    await third.write(b"SUB %b 1\r\n" % subject)
    for connection in connections:
        await connection.expect_nothing()
    await first.write(b"PUB %b.none 3\r\nabc\r\n" % subject)
    await second.write(b"PUB %b 1\r\na\r\n" % subject + b"PUB %b.none 0\r\n\r\n" % subject * 3)
    await third.write(b"PUB %b.none 50\r\n%b\r\n" % (subject, b"x" * 50) * 2)
    for connection in connections:
        await connection.barrier()
    await until_says(trial, first, {"in_msgs": 1, "out_msgs": 0})
    await until_says(trial, second, {"in_msgs": 4, "out_msgs": 2})
    await until_says(trial, third, {"in_msgs": 2, "out_msgs": 1})

    one, two, three = (cid_of(connection) for connection in connections)
    for name, expected in {
        "cid": [one, two, three],
        "start": [one, two, three],
        "subs": [one, two, three],
        "msgs_to": [two, three, one],
        "msgs_from": [two, three, one],
        "bytes_to": [two, three, one],
        "bytes_from": [three, one, two],
    }.items():
        rows = (await ask(trial, f"/connz?sort={name}")).rows("connections")
        listed = [row.integer("cid") for row in rows]
        if listed != expected:
            raise Failed(f"/connz?sort={name} lists {listed}, expected {expected}")


@case("monitor.connz.sorts", "/connz takes each of its orders, and no other.", house="monitor")
async def sorts(trial: Trial) -> None:
    for name in SORTS:
        await ask(trial, f"/connz?sort={name}")
    for name in ("stop", "reason"):
        await ask(trial, f"/connz?state=closed&sort={name}")
        await expect_refusal(
            trial,
            f"/connz?sort={name}",
            f"sort by {name} only valid on closed connections",
        )
    await expect_refusal(trial, "/connz?sort=bogus", "invalid sorting option: bogus")


@case("monitor.connz.refusals", "A parameter that cannot be read is refused.", house="monitor")
async def refusals(trial: Trial) -> None:
    await expect_refusal(
        trial,
        "/connz?auth=yes",
        "Error decoding boolean for 'auth': strconv.ParseBool: parsing \"yes\": invalid syntax",
    )
    for name in ("limit", "offset"):
        await expect_refusal(
            trial,
            f"/connz?{name}=x",
            f"Error decoding int for '{name}': strconv.Atoi: parsing \"x\": invalid syntax",
        )
    await expect_refusal(trial, "/connz?state=bogus", "Error decoding state for bogus")


@case("monitor.connz.subs", "subs=1 lists the subjects of the subscriptions.", house="monitor")
async def subs(trial: Trial) -> None:
    connection, a = await trial.connect(), trial.subject("a")
    await connection.write(b"SUB %b 1\r\nSUB %b.* q 2\r\nSUB %b.x 3\r\nUNSUB 3\r\n" % (a, a, a))
    await connection.expect_nothing()

    listed = sorted((await row_of(trial, connection, "subs=1")).texts("subscriptions_list"))

    if listed != [a.decode(), f"{a.decode()}.*"]:
        raise Failed(f"/connz lists the subscriptions {listed}")
    (await row_of(trial, connection)).must_say("subscriptions_list", None)


@case(
    "monitor.connz.subs-detail",
    "subs=detail tells subject, queue group, sid, limit and deliveries of each subscription.",
    house="monitor",
)
async def subs_detail(trial: Trial) -> None:
    connection, a, b = await trial.connect(), trial.subject("a"), trial.subject("b")
    await connection.write(b"SUB %b one\r\nSUB %b group two\r\nUNSUB two 7\r\n" % (a, b))
    await connection.write(b"PUB %b 0\r\n\r\n" % b * 2)
    await connection.expect(b"MSG %b two 0\r\n\r\n" % b, b"MSG %b two 0\r\n\r\n" % b)

    row = await row_of(trial, connection, "subs=detail")
    plain, grouped = sorted(
        row.rows("subscriptions_list_detail"), key=lambda each: each.text("sid")
    )

    plain.must_say("subject", a.decode())
    plain.must_say("sid", "one")
    plain.must_say("msgs", 0)
    plain.must_say("qgroup", None)
    plain.must_say("max", None)
    grouped.must_say("subject", b.decode())
    grouped.must_say("sid", "two")
    grouped.must_say("msgs", 2)
    grouped.must_say("qgroup", "group")
    grouped.must_say("max", 7)
    for each in (plain, grouped):
        each.must_say("cid", cid_of(connection))


@case(
    "monitor.connz.user",
    "auth=1 tells user and account; user= and acc= ask for those of one.",
    house="monitor-accounts",
)
async def user(trial: Trial) -> None:
    ada = await trial.log_in("ada", trial.things["plus"])
    bob = await trial.log_in("bob", trial.things["minus"])

    for connection, name, account in ((ada, "ada", "PLUS"), (bob, "bob", "MINUS")):
        row = await row_of(trial, connection, "auth=1")
        row.must_say("authorized_user", name)
        row.must_say("account", account)
        (await row_of(trial, connection)).must_say("authorized_user", None)
        for query in (f"user={name}", f"acc={account}"):
            rows = (await ask(trial, f"/connz?auth=1&{query}")).rows("connections")
            if cid_of(connection) not in [each.integer("cid") for each in rows]:
                raise Failed(f"/connz?auth=1&{query} does not list the connection of {name}")
            if {each.text("authorized_user") for each in rows} != {name}:
                raise Failed(f"/connz?auth=1&{query} lists others than {name}")
    nobody = await ask(trial, "/connz?acc=NOBODY")
    nobody.must_say("num_connections", 0)
    nobody.must_say("total", 0)


async def _alone(trial: Trial, count: int) -> Sequence[Connection]:
    """Connect some, when no others are there."""
    await until_alone(trial)
    return [await trial.connect() for _ in range(count)]
