"""Cases: /varz, the server as a whole."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.monitoring import ask, until_alone

if TYPE_CHECKING:
    from natsim.conformance.members import Members
    from natsim.conformance.trial import Trial

INTEGERS = (
    "proto", "port", "max_connections", "ping_interval", "ping_max", "http_port", "https_port",
    "max_control_line", "max_payload", "max_pending", "write_deadline", "mem", "cores",
    "connections", "total_connections", "routes", "remotes", "leafnodes", "in_msgs", "out_msgs",
    "in_bytes", "out_bytes", "slow_consumers", "subscriptions",
)  # fmt: skip
NUMBERS = ("auth_timeout", "tls_timeout", "cpu")
TEXTS = (
    "server_id", "server_name", "version", "go", "host", "http_host", "http_base_path", "start",
    "now", "uptime", "config_load_time",
)  # fmt: skip
OBJECTS = ("cluster", "gateway", "leaf", "http_req_stats")


@case("monitor.varz.types", "/varz has its members, each of its type.", house="monitor")
async def types(trial: Trial) -> None:
    members = await ask(trial, "/varz")

    for name in INTEGERS:
        if members.integer(name) < 0:
            raise Failed(f"/varz says {name}: {members.integer(name)}")
    for name in NUMBERS:
        members.number(name)
    for name in TEXTS:
        members.text(name)
    for name in OBJECTS:
        members.inner(name)


@case("monitor.varz.info", "/varz says of the server what INFO says.", house="monitor")
async def info(trial: Trial) -> None:
    said = (await trial.open()).info

    members = await ask(trial, "/varz")

    for name in ("server_id", "server_name", "version", "proto", "go", "port", "max_payload"):
        members.must_say(name, said.get(name))
    members.must_say("host", trial.addresses[0].host)


@case(
    "monitor.varz.limits", "/varz says the limits as they are configured.", house="monitor-limits"
)
async def limits(trial: Trial) -> None:
    members = await ask(trial, "/varz")

    members.must_say("max_connections", 1234)
    members.must_say("max_subscriptions", 4321)
    members.must_say("max_control_line", 2048)
    members.must_say("max_payload", 65536)
    members.must_say("max_pending", 1048576)
    members.must_say("ping_interval", 77_000_000_000)
    members.must_say("ping_max", 5)
    members.must_say("write_deadline", 3_000_000_000)
    if members.number("auth_timeout") != 4:
        raise Failed(f"/varz says auth_timeout: {members.number('auth_timeout')}, expected 4")


@case("monitor.varz.defaults", "/varz says the limits that nobody has configured.", house="monitor")
async def defaults(trial: Trial) -> None:
    members = await ask(trial, "/varz")

    members.must_say("max_connections", 65536)
    members.must_say("max_subscriptions", None)
    members.must_say("max_control_line", 4096)
    members.must_say("max_payload", 1048576)
    members.must_say("max_pending", 67108864)
    members.must_say("ping_interval", 120_000_000_000)
    members.must_say("ping_max", 2)
    members.must_say("write_deadline", 10_000_000_000)
    members.must_say("auth_required", None)


@case(
    "monitor.varz.messages",
    "/varz counts messages and bytes both ways.",
    house="monitor",
    is_alone=True,
)
async def messages(trial: Trial) -> None:
    publisher, one, other = [await trial.connect() for _ in range(3)]
    subject = trial.subject("a")
    for subscriber in (one, other):
        await subscriber.write(b"SUB %b 1\r\n" % subject)
        await subscriber.expect_nothing()
    before = await ask(trial, "/varz")

    await publisher.write((b"PUB %b 5\r\nhello\r\n" % subject) * 3)
    await publisher.expect_nothing()
    for subscriber in (one, other):
        await subscriber.expect(*[b"MSG %b 1 5\r\nhello\r\n" % subject] * 3)

    expected = {"in_msgs": 3, "in_bytes": 15, "out_msgs": 6, "out_bytes": 30}
    await _until_grown(trial, before, expected)


@case(
    "monitor.varz.connections",
    "/varz counts connections: those that are, and all that ever were.",
    house="monitor",
    is_alone=True,
)
async def connections(trial: Trial) -> None:
    await until_alone(trial)
    before = await ask(trial, "/varz")

    connections = [await trial.connect() for _ in range(3)]
    await _until_grown(trial, before, {"connections": 3, "total_connections": 3})
    await connections[0].leave()

    await _until_grown(trial, before, {"connections": 2, "total_connections": 3})


@case(
    "monitor.varz.subscriptions",
    "/varz counts the living subscriptions of all connections.",
    house="monitor",
    is_alone=True,
)
async def subscriptions(trial: Trial) -> None:
    await until_alone(trial)
    before = await ask(trial, "/varz")
    one, other = await trial.connect(), await trial.connect()

    subject = trial.subject("a")
    await one.write(b"SUB %b 1\r\nSUB %b q 2\r\nSUB %b.> 3\r\n" % (subject, subject, subject))
    await one.expect_nothing()
    await other.write(b"SUB %b 1\r\n" % subject)
    await other.expect_nothing()
    await _until_grown(trial, before, {"subscriptions": 4})

    await one.write(b"UNSUB 2\r\n")
    await one.expect_nothing()
    await _until_grown(trial, before, {"subscriptions": 3})

    await one.leave()
    await _until_grown(trial, before, {"subscriptions": 1})


@case("monitor.varz.time", "start, now and uptime agree.", house="monitor")
async def time(trial: Trial) -> None:
    members = await ask(trial, "/varz")

    start, now = _moment(members, "start"), _moment(members, "now")
    if now < start:
        raise Failed(f"now {now} is before start {start}")
    found = re.fullmatch(
        r"(?:(?:(?:(\d+)y)?(\d+)d)?(\d+)h)?(?:(\d+)m)?(\d+)s", members.text("uptime")
    )
    if found is None:
        raise Failed(f"uptime is {members.text('uptime')!r}, expected the like of 1d2h3m4s")
    years, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    uptime_s = (((years * 365 + days) * 24 + hours) * 60 + minutes) * 60 + seconds
    if abs(uptime_s - (now - start).total_seconds()) > 1:
        raise Failed(f"uptime is {members.text('uptime')}, but {now - start} went by since start")


@case(
    "monitor.varz.requests",
    "/varz counts the questions to each path.",
    house="monitor",
    is_alone=True,
)
async def requests(trial: Trial) -> None:
    before = (await ask(trial, "/varz")).inner("http_req_stats")
    was = before.integer("/subsz") if before.has("/subsz") else 0

    await ask(trial, "/subsz")
    await ask(trial, "/subscriptionsz")

    after = (await ask(trial, "/varz")).inner("http_req_stats")
    after.must_say("/varz", before.integer("/varz") + 1)
    after.must_say("/subsz", was + 2)


def _moment(members: Members, name: str) -> datetime:
    text = members.text(name)
    # Python 3.11 reads at most six digits behind the second.
    short = re.sub(r"(\.\d{6})\d+", r"\1", text)
    try:
        moment = datetime.fromisoformat(short)
    except ValueError:
        raise Failed(f"/varz says {name}: {text}, which is no time of RFC 3339") from None
    if moment.tzinfo is None:
        raise Failed(f"/varz says {name}: {text} without a zone")
    return moment


async def _until_grown(trial: Trial, before: Members, expected: dict[str, int]) -> None:
    async def look() -> str:
        after = await ask(trial, "/varz")
        grown = {name: after.integer(name) - before.integer(name) for name in expected}
        return "" if grown == expected else f"/varz grew by {grown}, expected {expected}"

    await trial.until(look)
