"""What the system account may ask of a server, and hears of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.json_object import json_object, object_of
from natsim.conformance.login import connect_as
from natsim.conformance.message import message_of

if TYPE_CHECKING:
    from natsim.conformance.connection import Connection
    from natsim.conformance.trial import Trial


@case("accounts.system.ping", "The server answers a ping of the system account.", house="accounts")
async def ping(trial: Trial) -> None:
    system = await connect_as(trial, "sys")
    answer = await _ask(trial, system, "$SYS.REQ.SERVER.PING")
    if _part(answer, "server").get("id") != system.info.get("server_id"):
        raise Failed(f"server.id is {_part(answer, 'server').get('id')!r}, INFO says another")
    _part(answer, "statsz")


@case("accounts.system.varz", "A server is asked by its id.", house="accounts")
async def varz(trial: Trial) -> None:
    system = await connect_as(trial, "sys")
    answer = await _ask(trial, system, f"$SYS.REQ.SERVER.{system.info.get('server_id')}.VARZ")
    values = _part(answer, "data")
    for name, said in (
        ("server_id", system.info.get("server_id")),
        ("max_payload", system.info.get("max_payload")),
        ("version", system.info.get("version")),
    ):
        if values.get(name) != said:
            raise Failed(f"{name} is {values.get(name)!r}, INFO says {said!r}")


@case("accounts.system.connections", "The server tells its connections.", house="accounts")
async def every_connection(trial: Trial) -> None:
    system = await connect_as(trial, "sys")
    other = await connect_as(trial, "a")
    answer = await _ask(trial, system, "$SYS.REQ.SERVER.PING.CONNZ", {"limit": 4096})
    told = _part(answer, "data").get("connections")
    if not isinstance(told, list):
        raise Failed(f"data.connections is no list: {told!r:.200}")
    # What is in it is looked at one by one.
    ids = [object_of(each, "a connection").get("cid") for each in cast("list[object]", told)]
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
    told = _part(answer, "data")
    if (told.get("user"), told.get("account")) != ("c", "C"):
        raise Failed(f"it is told as {told}; the user is c, the account C")


async def _ask(
    trial: Trial, connection: Connection, subject: str, question: dict[str, object] | None = None
) -> dict[str, object]:
    inbox = trial.subject("inbox")
    text = json.dumps(question).encode() if question else b""
    await connection.write(b"SUB %b 7\r\nPUB %b %b %d\r\n%b\r\n" % (
        inbox, subject.encode(), inbox, len(text), text,
    ))  # fmt: skip
    return json_object(message_of(connection, await connection.hear()).payload, "the answer")


async def _hear_event(connection: Connection, subject: bytes, cid: object) -> None:
    """Hear of one client; cases beside this one have events of their own."""
    while True:
        event = message_of(connection, await connection.hear())
        if (
            event.subject == subject
            and _part(json_object(event.payload, "the event"), "client").get("id") == cid
        ):
            return


def _part(answer: dict[str, object], name: str) -> dict[str, object]:
    if name not in answer:
        raise Failed(f"the answer has no {name}; it has {', '.join(answer)}")
    return object_of(answer[name], name)
