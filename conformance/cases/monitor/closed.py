"""Cases: /connz of connections that are closed, and why they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.monitoring import ask, cid_of, row_of

if TYPE_CHECKING:
    from natsim.conformance.members import Members
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

REASONS = {
    b"NONSENSE\r\n": "Protocol Violation",
    b"SUB a\r\n": "Protocol Violation",
    b"PUB a 99999999\r\n": "Maximum Message Payload Exceeded",
    b"SUB %b 1\r\n" % (b"a" * 5000): "Maximum Control Line Exceeded",
    b'CONNECT {"protocol":9}\r\n': "Bad Client Protocol Version",
}


@case(
    "monitor.closed.client",
    "A connection that its client has closed is listed as closed, with its counts.",
    house="monitor",
)
async def client(trial: Trial) -> None:
    connection, a = await trial.connect(name="gone"), trial.subject("a")
    await connection.write(b"SUB %b 1\r\nPUB %b 2\r\nhi\r\n" % (a, a))
    await connection.expect(b"MSG %b 1 2\r\nhi\r\n" % a)
    await connection.leave()

    row = await _until_closed(trial, connection)

    row.must_say("reason", "Client Closed")
    row.must_say("name", "gone")
    row.must_say("in_msgs", 1)
    row.must_say("out_msgs", 1)
    row.must_say("in_bytes", 2)
    row.must_say("out_bytes", 2)
    if row.text("stop") < row.text("start"):
        raise Failed(f"stop {row.text('stop')} is before start {row.text('start')}")


@case("monitor.closed.reasons", "/connz says why the server closed.", house="monitor")
async def reasons(trial: Trial) -> None:
    for said, reason in REASONS.items():
        connection = await trial.open()
        await connection.write(said)
        row = await _until_closed(trial, connection)
        row.must_say("reason", reason)


@case(
    "monitor.closed.refused",
    "A connection with wrong credentials is closed for Authentication Failure.",
    "monitor.closed.reasons",
    house="monitor-accounts",
)
async def refused(trial: Trial) -> None:
    connection = await trial.open()
    await connection.write(b'CONNECT {"user":"ada","pass":"wrong"}\r\n')
    await connection.expect_error("Authorization Violation", closes=True)

    (await _until_closed(trial, connection)).must_say("reason", "Authentication Failure")


@case(
    "monitor.closed.state",
    "state= asks for connections that are open, closed, or any.",
    house="monitor",
)
async def state(trial: Trial) -> None:
    left, stays = await trial.connect(), await trial.connect()
    await left.leave()
    await _until_closed(trial, left)

    gone, here = cid_of(left), cid_of(stays)
    for name, expected in {
        "open": {here},
        "OPEN": {here},
        "closed": {gone},
        "Closed": {gone},
        "any": {gone, here},
        "all": {gone, here},
    }.items():
        path = f"/connz?state={name}"
        rows = {row.integer("cid"): row for row in (await ask(trial, path)).rows("connections")}
        if (listed := {gone, here} & set(rows)) != expected:
            raise Failed(f"{path} lists {listed} of {gone} and {here}, expected {expected}")
        if here in listed:
            rows[here].must_say("stop", None)


async def _until_closed(trial: Trial, connection: Connection) -> Members:
    path = f"/connz?state=closed&cid={cid_of(connection)}"

    async def look() -> str:
        rows = (await ask(trial, path)).rows("connections")
        return "" if rows else f"{path} does not list the connection that was closed"

    await trial.until(look)
    return await row_of(trial, connection, "state=closed")
