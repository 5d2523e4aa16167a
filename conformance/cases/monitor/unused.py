"""Cases: endpoints of what this server does not use, and its health."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.monitoring import ask

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial


@case("monitor.healthz.ok", "A server that is well says ok.", house="monitor")
async def healthy(trial: Trial) -> None:
    for path in ("/healthz", "/healthz?js-enabled-only=0"):
        members = await ask(trial, path)
        members.must_say("status", "ok")
        members.must_say("error", None)


@case("monitor.jsz.disabled", "/jsz says that there is no JetStream.", house="monitor")
async def jetstream(trial: Trial) -> None:
    members = await ask(trial, "/jsz")

    members.must_say("disabled", True)
    for name in ("memory", "storage", "streams", "consumers", "messages", "bytes"):
        members.must_say(name, 0)


@case("monitor.routez.none", "/routez lists no routes of a server by itself.", house="monitor")
async def routes(trial: Trial) -> None:
    members = await ask(trial, "/routez")

    members.must_say("num_routes", 0)
    members.must_say("routes", [])


@case(
    "monitor.gatewayz.none", "/gatewayz lists no gateways of a server by itself.", house="monitor"
)
async def gateways(trial: Trial) -> None:
    members = await ask(trial, "/gatewayz")

    members.must_say("outbound_gateways", {})
    members.must_say("inbound_gateways", {})


@case("monitor.leafz.none", "/leafz counts no leaf nodes of a server by itself.", house="monitor")
async def leafs(trial: Trial) -> None:
    members = await ask(trial, "/leafz")

    members.must_say("leafnodes", 0)
    if members.values.get("leafs") not in ([], None):
        raise Failed(f"/leafz lists {members.values['leafs']}, expected none")
