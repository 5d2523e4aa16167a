"""Cases: the connections between the servers of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.clustering import until_meshed
from natsim.conformance.failure import Failed
from natsim.conformance.monitoring import ask
from natsim.conformance.wire.connection import PING, PONG, Address

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

POOL = 4
"""Three, and one of the system account's own."""


@case(
    "cluster.routes.pool",
    "Two servers have a pool of connections between them.",
    house="pair",
    versions=">=2.10",
)
async def pool(trial: Trial) -> None:
    await _expect_routes(trial, POOL)


@case(
    "cluster.routes.one",
    "Two servers had one connection between them.",
    "cluster.routes.pool",
    house="pair",
    versions="<2.10",
)
async def one(trial: Trial) -> None:
    await _expect_routes(trial, 1)


@case(
    "cluster.routes.who-are-you",
    "Who does not say CONNECT first on the port of routes is refused.",
    house="pair",
    versions=">=2.12.7",
)
async def who_are_you(trial: Trial) -> None:
    connection = await _ping_as_a_route(trial)
    await connection.expect_error("Authorization Violation", closes=True)


@case(
    "cluster.routes.answered-before-2-12-7",
    "Who did not say CONNECT on the port of routes was answered.",
    "cluster.routes.who-are-you",
    house="pair",
    versions="<2.12.7",
)
async def answered(trial: Trial) -> None:
    connection = await _ping_as_a_route(trial)
    await connection.expect(PONG)


async def _expect_routes(trial: Trial, count: int) -> None:
    await until_meshed(trial)

    async def look() -> str:
        said = (await ask(trial, "/routez")).integer("num_routes")
        return "" if said == count else f"/routez says num_routes {said}, expected {count}"

    await trial.until(look)
    routes = (await ask(trial, "/routez")).rows("routes")
    peers = {route.text("remote_id") for route in routes}
    if len(peers) != 1:
        raise Failed(f"/routez lists the peers {sorted(peers)}, expected one")


async def _ping_as_a_route(trial: Trial) -> Connection:
    address = Address(trial.addresses[0].host, int(trial.things["cluster1"]))
    connection = await trial.open("route", address)
    await connection.write(PING)
    return connection
