"""Cases: what INFO tells clients of a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.clustering import connect_to, connect_urls, until_meshed, urls_of
from natsim.conformance.failure import Failed
from natsim.conformance.members import Members, read_members
from natsim.conformance.wire.connection import PING, PONG

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection


@case("cluster.info.name", "INFO names the cluster.", house="pair")
async def name(trial: Trial) -> None:
    for address in trial.addresses:
        connection = await trial.open("", address)
        Members("INFO", connection.info).must_say("cluster", "natsim")


@case("cluster.info.servers", "Each server of a cluster has its own id and name.", house="pair")
async def servers(trial: Trial) -> None:
    infos = [(await trial.open("", address)).info for address in trial.addresses]

    for member in ("server_id", "server_name"):
        if len({str(info.get(member)) for info in infos}) != len(infos):
            raise Failed(f"INFO of two servers says the same {member}: {infos[0].get(member)}")


@case(
    "cluster.info.connect-urls",
    "INFO lists the addresses for clients of all servers of the cluster.",
    house="pair",
)
async def listed(trial: Trial) -> None:
    await until_meshed(trial)


@case(
    "cluster.info.gossip",
    "Servers that were told of one of them only learn of all.",
    "cluster.info.connect-urls",
    "cluster.mesh",
    house="trio",
)
async def gossip(trial: Trial) -> None:
    await until_meshed(trial)


@case(
    "cluster.info.leaves",
    "When a server leaves, clients of the others are told by INFO.",
    "cluster.info.changes",
    house="pair",
    is_fresh=True,
    limit_s=20,
)
async def leaves(trial: Trial) -> None:
    await until_meshed(trial)
    connection = await connect_to(trial, 1, protocol=1)
    await connection.barrier()

    await trial.node(2).stop()

    info = await _next_change(connection)
    if str(trial.addresses[1]) in connect_urls(info):
        raise Failed(f"INFO still lists the server that left: {connect_urls(info)}")
    info.must_say("server_id", connection.info["server_id"])


@case(
    "cluster.info.joins",
    "When a server joins, clients of the others are told by INFO.",
    "cluster.info.changes",
    house="pair",
    is_fresh=True,
    limit_s=30,
)
async def joins(trial: Trial) -> None:
    await until_meshed(trial)
    await trial.node(2).stop()
    await _until_listed(trial, is_listed=False)
    connection = await connect_to(trial, 1, protocol=1)
    await connection.barrier()

    await trial.node(2).start()

    info = await _next_change(connection)
    if connect_urls(info) != {str(address) for address in trial.addresses}:
        raise Failed(f"INFO lists {connect_urls(info)} after a server joined")


@case(
    "cluster.info.protocol-0",
    "A client that does not speak protocol 1 is not told by INFO.",
    house="pair",
    is_fresh=True,
    limit_s=20,
)
async def protocol_0(trial: Trial) -> None:
    await until_meshed(trial)
    connection = await connect_to(trial, 1, protocol=0)

    await trial.node(2).stop()
    await _until_listed(trial, is_listed=False)

    await connection.write(PING)
    heard = await connection.hear(passing_over=(b"PING",))
    if heard != PONG:
        raise connection.failed(PONG, heard)


@case(
    "cluster.info.lame-duck",
    "A server in lame duck mode tells its clients of the others only, and those forget it.",
    house="pair",
    is_fresh=True,
    limit_s=20,
)
async def lame_duck(trial: Trial) -> None:
    await until_meshed(trial)
    leaving = await connect_to(trial, 1, protocol=1)
    staying = await connect_to(trial, 2, protocol=1)
    for connection in (leaving, staying):
        await connection.barrier()

    await trial.server.lame_duck()

    info = await _next_change(leaving)
    info.must_say("ldm", True)
    if connect_urls(info) != {str(trial.addresses[1])}:
        raise Failed(f"INFO of the leaving server lists {connect_urls(info)}")
    info = await _next_change(staying)
    if str(trial.addresses[0]) in connect_urls(info):
        raise Failed(f"INFO of the other server lists {connect_urls(info)}")
    if info.has("ldm") and info.boolean("ldm"):
        raise Failed("INFO of the other server says ldm, too")


async def _next_change(connection: Connection) -> Members:
    """Give the next INFO that lists other addresses, or tells of lame duck mode."""
    before = connect_urls(Members("INFO", connection.info))
    while True:
        line = await connection.hear(2 * connection.patience.wait_s, passing_over=(b"PING",))
        if not line.startswith(b"INFO "):
            raise connection.failed(b"INFO {", line, "no INFO told of the change")
        info = read_members("INFO", line[5:])
        if connect_urls(info) != before or info.has("ldm"):
            return info


async def _until_listed(trial: Trial, *, is_listed: bool) -> None:
    second = str(trial.addresses[1])

    async def look() -> str:
        urls = await urls_of(trial, trial.addresses[0])
        return "" if (second in urls) is is_listed else f"server 1 tells of {sorted(urls)}"

    await trial.until(look)
