"""What the system account may ask of a server, and hears of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.credentials.login import connect_as
from natsim.conformance.failure import Failed
from natsim.conformance.members import Members, read_members
from natsim.conformance.wire.delivery import read_delivery

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection


@case("accounts.system.ping", "The server answers a ping of the system account.", house="accounts")
async def ping(trial: Trial) -> None:
    system = await connect_as(trial, "sys")
    answer = await _ask(trial, system, "$SYS.REQ.SERVER.PING")
    answer.inner("server").must_say("id", system.info.get("server_id"))
    answer.inner("statsz")


@case("accounts.system.varz", "A server is asked by its id.", house="accounts")
async def varz(trial: Trial) -> None:
    system = await connect_as(trial, "sys")
    answer = await _ask(trial, system, f"$SYS.REQ.SERVER.{system.info.get('server_id')}.VARZ")
    for name in ("server_id", "max_payload", "version"):
        answer.inner("data").must_say(name, system.info.get(name))


@case("accounts.system.connections", "The server tells its connections.", house="accounts")
async def every_connection(trial: Trial) -> None:
    system = await connect_as(trial, "sys")
    other = await connect_as(trial, "a")
    answer = await _ask(trial, system, "$SYS.REQ.SERVER.PING.CONNZ", {"limit": 4096})
    ids = [each.integer("cid") for each in answer.inner("data").rows("connections")]
    if other.info.get("client_id") not in ids:
        raise Failed(f"the connection {other.info.get('client_id')} is not among {ids}")


@case(
    "accounts.system.connect-event", "The system account hears who comes and goes.",
    house="accounts",
)  # fmt: skip
async def connect_event(trial: Trial) -> None:
    system = await connect_as(trial, "sys")
    ordinary = await connect_as(trial, "c")
    for connection in (system, ordinary):
        await connection.write(b"SUB $SYS.ACCOUNT.A.CONNECT 1\r\n")
        await connection.write(b"SUB $SYS.ACCOUNT.A.DISCONNECT 2\r\n")
        await connection.expect_nothing()
    comer = await connect_as(trial, "a")
    cid = comer.info.get("client_id")
    await _hear_event(system, b"$SYS.ACCOUNT.A.CONNECT", cid)
    await comer.leave()
    await _hear_event(system, b"$SYS.ACCOUNT.A.DISCONNECT", cid)
    await ordinary.expect_nothing()


@case(
    "accounts.system.user-info", "Who asks is told who it is.", house="accounts",
    versions=">=2.10",
)  # fmt: skip
async def user_info(trial: Trial) -> None:
    answer = await _ask(trial, await connect_as(trial, "c"), "$SYS.REQ.USER.INFO")
    answer.inner("data").must_say("user", "c")
    answer.inner("data").must_say("account", "C")


async def _ask(
    trial: Trial, connection: Connection, subject: str, question: dict[str, object] | None = None
) -> Members:
    inbox = trial.subject("inbox")
    text = json.dumps(question).encode() if question else b""
    await connection.write(b"SUB %b 7\r\nPUB %b %b %d\r\n%b\r\n" % (
        inbox, subject.encode(), inbox, len(text), text,
    ))  # fmt: skip
    return read_members("the answer", read_delivery(await connection.hear()).payload)


async def _hear_event(connection: Connection, subject: bytes, cid: object) -> None:
    """Hear of one client; cases beside this one have events of their own."""
    while True:
        event = read_delivery(await connection.hear())
        if event.subject != subject:
            continue
        if read_members("the event", event.payload).inner("client").integer("id") == cid:
            return
