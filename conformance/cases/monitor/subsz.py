"""Cases: /subsz, the subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.monitoring import ask, cid_of, expect_refusal, until_alone

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

COUNTERS = (
    "num_subscriptions", "num_cache", "num_inserts", "num_removes", "num_matches", "max_fanout",
)  # fmt: skip


@case("monitor.subsz.types", "/subsz has its counters.", house="monitor")
async def types(trial: Trial) -> None:
    members = await ask(trial, "/subsz")

    for name in COUNTERS:
        if members.integer(name) < 0:
            raise Failed(f"/subsz says {name}: {members.integer(name)}")
    members.number("cache_hit_rate")
    members.number("avg_fanout")


@case(
    "monitor.subsz.changes",
    "/subsz counts subscriptions that came and went.",
    house="monitor",
    is_alone=True,
)
async def changes(trial: Trial) -> None:
    await until_alone(trial)
    before = await ask(trial, "/subsz")
    connection, a = await trial.connect(), trial.subject("a")

    await connection.write(b"SUB %b 1\r\nSUB %b 2\r\nSUB %b q 3\r\nUNSUB 2\r\n" % (a, a, a))
    await connection.expect_nothing()

    after = await ask(trial, "/subsz")
    after.must_say("num_subscriptions", before.integer("num_subscriptions") + 2)
    after.must_say("num_inserts", before.integer("num_inserts") + 3)
    after.must_say("num_removes", before.integer("num_removes") + 1)


@case(
    "monitor.subsz.test",
    "test= lists the subscriptions that a subject would reach.",
    house="monitor",
)
async def test(trial: Trial) -> None:
    connection, prefix = await trial.connect(), trial.prefix.encode()
    await connection.write(
        b"SUB %b.a.b one\r\nSUB %b.*.b q two\r\nSUB %b.> three\r\nSUB %b.a.c four\r\n"
        b"SUB %b.a five\r\nUNSUB two 9\r\n" % ((prefix,) * 5)
    )
    await connection.expect_nothing()

    members = await ask(trial, f"/subsz?subs=1&test={trial.prefix}.a.b")

    rows = {row.text("sid"): row for row in members.rows("subscriptions_list")}
    if sorted(rows) != ["one", "three", "two"]:
        raise Failed(f"a message to a.b would reach {sorted(rows)}, expected one, three, two")
    rows["one"].must_say("subject", f"{trial.prefix}.a.b")
    rows["one"].must_say("qgroup", None)
    rows["two"].must_say("subject", f"{trial.prefix}.*.b")
    rows["two"].must_say("qgroup", "q")
    rows["two"].must_say("max", 9)
    for row in rows.values():
        row.must_say("cid", cid_of(connection))
        row.must_say("msgs", 0)
        row.must_say("account", "$G")


@case(
    "monitor.subsz.page",
    "offset= and limit= page through the subscriptions.",
    house="monitor",
)
async def page(trial: Trial) -> None:
    connection, a = await trial.connect(), trial.subject("a")
    await connection.write(b"".join(b"SUB %b s%d\r\n" % (a, number) for number in range(5)))
    await connection.expect_nothing()
    query = f"subs=1&test={a.decode()}"

    listed: list[str] = []
    for offset in (0, 2, 4):
        members = await ask(trial, f"/subsz?{query}&offset={offset}&limit=2")
        members.must_say("offset", offset)
        members.must_say("limit", 2)
        rows = members.rows("subscriptions_list")
        if len(rows) > 2:
            raise Failed(f"with limit=2 /subsz lists {len(rows)} subscriptions")
        listed += [row.text("sid") for row in rows]

    if not 1 <= len(listed) <= 5:
        raise Failed(f"three pages of two list {listed}")


@case("monitor.subsz.refusals", "A subject to test must be a literal.", house="monitor")
async def refusals(trial: Trial) -> None:
    for subject in ("foo.*", "foo.%3E", "foo..bar"):
        shown = subject.replace("%3E", ">")
        await expect_refusal(
            trial,
            f"/subsz?subs=1&test={subject}",
            f"invalid test subject, must be valid publish subject: {shown}",
        )
