"""Cases: what the monitoring of newer servers says, and that of older ones did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.members import read_members
from natsim.conformance.monitoring import ask

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

NO_ACCOUNT = '"account" must not be empty when checking stream health'
NO_STREAM = '"stream" must not be empty when checking consumer health'


@case(
    "monitor.varz.slow-by-kind",
    "/varz counts slow consumers by the kind of connection.",
    house="monitor",
    versions=">=2.10",
)
async def slow_by_kind(trial: Trial) -> None:
    counts = (await ask(trial, "/varz")).inner("slow_consumer_stats")

    for kind in ("clients", "routes", "gateways", "leafs"):
        counts.must_say(kind, 0)


@case(
    "monitor.varz.config-digest",
    "/varz tells the digest of the configuration.",
    house="monitor",
    versions=">=2.11",
)
async def config_digest(trial: Trial) -> None:
    digest = (await ask(trial, "/varz")).text("config_digest")

    scheme, _, digits = digest.partition(":")
    if scheme != "sha256" or len(digits) != 64 or set(digits) - set("0123456789abcdef"):
        raise Failed(f"config_digest is {digest!r}, expected sha256: and 64 hexadecimal digits")


@case(
    "monitor.varz.stale",
    "/varz counts stale connections, and clients that were stalled.",
    house="monitor",
    versions=">=2.12",
)
async def stale(trial: Trial) -> None:
    members = await ask(trial, "/varz")

    members.must_say("stale_connections", 0)
    members.inner("stale_connection_stats").must_say("clients", 0)
    members.must_say("stalled_clients", 0)


@case(
    "monitor.varz.of-clients",
    "/varz counts apart the messages of clients.",
    house="monitor",
    is_fresh=True,
    versions=">=2.14.1",
)
async def of_clients(trial: Trial) -> None:
    connection, subject = await trial.connect(), trial.subject("a")
    await connection.write(b"SUB %b 1\r\nSUB %b 2\r\n" % (subject, subject))
    await connection.write(b"PUB %b 3\r\nabc\r\n" % subject)
    await connection.expect_any_order(*[b"MSG %b %d 3\r\nabc\r\n" % (subject, n) for n in (1, 2)])
    expected = {
        "in_client_msgs": 1, "in_client_bytes": 3, "out_client_msgs": 2, "out_client_bytes": 6,
    }  # fmt: skip

    async def look() -> str:
        members = await ask(trial, "/varz")
        said = {name: members.integer(name) for name in expected}
        return "" if said == expected else f"/varz says {said}, expected {expected}"

    await trial.until(look)


@case(
    "monitor.accstatz.subscriptions",
    "/accstatz counts the subscriptions of an account.",
    house="monitor",
    versions=">=2.10",
)
async def account_subscriptions(trial: Trial) -> None:
    for row in (await ask(trial, "/accstatz?unused=1")).rows("account_statz"):
        row.integer("num_subscriptions")


@case(
    "monitor.accstatz.name",
    "/accstatz tells the name of an account.",
    house="monitor",
    versions=">=2.11",
)
async def account_name(trial: Trial) -> None:
    for row in (await ask(trial, "/accstatz?unused=1")).rows("account_statz"):
        row.text("name")


@case(
    "monitor.routez.server-name",
    "/routez tells the name of the server.",
    house="monitor",
    versions=">=2.10",
)
async def server_name(trial: Trial) -> None:
    expected = (await trial.open()).info.get("server_name")
    said = (await ask(trial, "/routez")).text("server_name")

    if said != expected:
        raise Failed(f"/routez says server_name {said!r}, INFO says {expected!r}")


@case(
    "monitor.leafz.empty-list",
    "/leafz without leaf nodes has an empty list of them.",
    house="monitor",
    versions=">=2.10",
)
async def no_leafs(trial: Trial) -> None:
    (await ask(trial, "/leafz")).must_say("leafs", [])


@case(
    "monitor.leafz.null",
    "/leafz without leaf nodes had no list of them.",
    "monitor.leafz.empty-list",
    house="monitor",
    versions="<2.10",
)
async def null_leafs(trial: Trial) -> None:
    members = await ask(trial, "/leafz")

    if members.values.get("leafs", []) is not None:
        raise Failed("/leafz does not say leafs: null")


@case(
    "monitor.healthz.bad-question",
    "/healthz refuses to look after a stream of no account, or a consumer of no stream.",
    house="monitor",
    versions=">=2.10",
)
async def bad_question(trial: Trial) -> None:
    for query, text in (("stream=S", NO_ACCOUNT), ("consumer=C", NO_STREAM)):
        path = f"/healthz?{query}"
        status, _, body = await trial.server.monitor(path)
        if status != 400:
            raise Failed(f"{path} is answered by {status}, expected 400: {body[:200]!r}")
        members = read_members(path, body)
        members.must_say("status", "error")
        members.must_say("error", text)


@case(
    "monitor.healthz.bad-question-details",
    "With details= the answer of /healthz has a list of what is wrong.",
    "monitor.healthz.bad-question",
    house="monitor",
    versions=">=2.10",
)
async def bad_question_details(trial: Trial) -> None:
    path = "/healthz?stream=S&details=1"
    status, _, body = await trial.server.monitor(path)

    (wrong,) = read_members(path, body).rows("errors")
    wrong.must_say("type", "BAD_REQUEST")
    wrong.must_say("error", NO_ACCOUNT)
    if status != 400:
        raise Failed(f"{path} is answered by {status}, expected 400")


@case(
    "monitor.healthz.any-question",
    "/healthz did not read which stream to look after.",
    "monitor.healthz.bad-question",
    house="monitor",
    versions="<2.10",
)
async def any_question(trial: Trial) -> None:
    for query in ("stream=S", "consumer=C", "stream=S&details=1"):
        (await ask(trial, f"/healthz?{query}")).must_say("status", "ok")


@case(
    "monitor.raftz.none",
    "/raftz of a server without JetStream says that there are no nodes.",
    house="monitor",
    versions=">=2.10",
)
async def no_raft(trial: Trial) -> None:
    await _expect_not_found(trial, "/raftz", "No Raft nodes registered")


@case(
    "monitor.raftz.unknown",
    "There was no /raftz.",
    "monitor.raftz.none",
    house="monitor",
    versions="<2.10",
)
async def unknown_raft(trial: Trial) -> None:
    await _expect_not_found(trial, "/raftz", "404 page not found")


@case(
    "monitor.debug.vars",
    "/debug/vars gives the variables of the process.",
    house="monitor",
    versions=">=2.11.11,!=2.12.0,!=2.12.1",
)
async def debug_vars(trial: Trial) -> None:
    await ask(trial, "/debug/vars")


@case(
    "monitor.debug.no-vars",
    "There was no /debug/vars.",
    "monitor.debug.vars",
    house="monitor",
    versions="<2.12.2,!=2.11.11",
)
async def no_debug_vars(trial: Trial) -> None:
    await _expect_not_found(trial, "/debug/vars", "404 page not found")


async def _expect_not_found(trial: Trial, path: str, text: str) -> None:
    status, _, body = await trial.server.monitor(path)
    said = body.decode("utf-8", "replace").strip()
    if (status, said) != (404, text):
        raise Failed(f"{path} is answered by {status} {said!r}, expected 404 {text!r}")
