"""Cases: /accountz and /accstatz, the accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.monitoring import ask, expect_refusal, until_alone

if TYPE_CHECKING:
    from natsim.conformance.members import Members
    from natsim.conformance.trial import Trial


@case("monitor.accountz.names", "/accountz names the accounts.", house="monitor-accounts")
async def names(trial: Trial) -> None:
    members = await ask(trial, "/accountz")

    members.must_say("system_account", "$SYS")
    listed = sorted(members.texts("accounts"))
    if listed != ["$G", "$SYS", "MINUS", "PLUS"]:
        raise Failed(f"/accountz names {listed}, expected $G, $SYS, MINUS and PLUS")


@case(
    "monitor.accountz.one",
    "acc= tells of one account: its connections, subscriptions and exports.",
    house="monitor-accounts",
    is_alone=True,
)
async def one(trial: Trial) -> None:
    await until_alone(trial)
    before = await _account(trial, "PLUS")
    ada = await trial.log_in("ada", trial.things["plus"])
    await trial.log_in("bob", trial.things["minus"])
    a = trial.subject("a")
    await ada.write(b"SUB %b 1\r\nSUB %b 2\r\n" % (a, a))
    await ada.expect_nothing()

    account = await _account(trial, "PLUS")

    account.must_say("account_name", "PLUS")
    account.must_say("expired", False)
    account.must_say("jetstream_enabled", False)
    account.must_say("client_connections", 1)
    account.must_say("leafnode_connections", 0)
    account.must_say("subscriptions", before.integer("subscriptions") + 2)
    (export,) = account.rows("exports")
    export.must_say("subject", "secret-plus.time")
    export.must_say("type", "service")
    account.inner("sublist_stats").integer("num_subscriptions")


@case(
    "monitor.accountz.unknown",
    "An account that does not exist is refused.",
    "monitor.accountz.one",
    house="monitor-accounts",
)
async def unknown(trial: Trial) -> None:
    await expect_refusal(trial, "/accountz?acc=NOBODY", "Account NOBODY does not exist")


@case(
    "monitor.accstatz.counts",
    "/accstatz counts connections and messages of each account by itself.",
    house="monitor-accounts",
    is_alone=True,
)
async def counts(trial: Trial) -> None:
    await until_alone(trial)
    before = await _statistics(trial)
    ada = await trial.log_in("ada", trial.things["plus"])
    a = trial.subject("a")
    await ada.write(b"SUB %b 1\r\nSUB %b 2\r\nPUB %b 3\r\nabc\r\n" % (a, a, a))
    await ada.expect_any_order(b"MSG %b 1 3\r\nabc\r\n" % a, b"MSG %b 2 3\r\nabc\r\n" % a)

    expected = {
        "PLUS": {"conns": 1, "received": (1, 3), "sent": (2, 6)},
        "MINUS": {"conns": 0, "received": (0, 0), "sent": (0, 0)},
    }

    async def look() -> str:
        after = await _statistics(trial)
        grown = {name: _growth(before[name], after[name]) for name in expected}
        return "" if grown == expected else f"/accstatz grew by {grown}, expected {expected}"

    await trial.until(look)


@case(
    "monitor.accstatz.unused",
    "/accstatz tells of accounts without connections only with unused=1.",
    house="monitor-accounts",
    is_alone=True,
)
async def unused(trial: Trial) -> None:
    await until_alone(trial)
    await trial.log_in("bob", trial.things["minus"])

    rows = (await ask(trial, "/accstatz")).rows("account_statz")

    listed = [row.text("acc") for row in rows]
    if listed != ["MINUS"]:
        raise Failed(f"/accstatz tells of {listed}, expected only MINUS")
    if not {"PLUS", "MINUS"} <= set(await _statistics(trial)):
        raise Failed("/accstatz?unused=1 does not tell of PLUS and MINUS")


async def _account(trial: Trial, name: str) -> Members:
    return (await ask(trial, f"/accountz?acc={name}")).inner("account_detail")


async def _statistics(trial: Trial) -> dict[str, Members]:
    rows = (await ask(trial, "/accstatz?unused=1")).rows("account_statz")
    return {row.text("acc"): row for row in rows}


def _growth(before: Members, after: Members) -> dict[str, object]:
    growth: dict[str, object] = {"conns": after.integer("conns") - before.integer("conns")}
    for name in ("received", "sent"):
        was, now = before.inner(name), after.inner(name)
        growth[name] = (
            now.integer("msgs") - was.integer("msgs"),
            now.integer("bytes") - was.integer("bytes"),
        )
    return growth
