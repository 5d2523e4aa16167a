"""The largest payload of a server that nobody configured, and its connections."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from natsim.conformance.capabilities import HEADERS
from natsim.conformance.case import case
from natsim.conformance.failure import Failed, Skipped
from natsim.conformance.wire.connection import Silence

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

PAYLOAD_BYTES_MAX = 2 * 2**20
"""What is sent to a server at most, be its own limit higher."""

SUBSCRIPTIONS = 1_000
SIZE_DIGITS_MAX = 9
CONNECTIONS_MAX = 3
TOO_MANY = b"-ERR 'maximum connections exceeded'\r\n"
BLOCK = b"NATS/1.0\r\nA: b\r\n\r\n"


@case(
    "core.limits.largest",
    "A payload as large as INFO says is delivered, by PUB and by HPUB.",
    "core.limits.payload",
    "core.payload.sizes",
)
async def largest(trial: Trial) -> None:
    """Publish max_payload bytes, and hear them."""
    subject = trial.subject("a")
    connection = await trial.connect(headers=True)
    size = _max_payload(connection)
    if size > PAYLOAD_BYTES_MAX:
        raise Skipped(f"max_payload is {size}, more than is sent to a server")
    await connection.write(b"SUB %b 1\r\n" % subject)
    payload = (bytes(range(251)) * (size // 251 + 1))[:size]

    await connection.write(b"PUB %b %d\r\n%b\r\n" % (subject, size, payload))

    await connection.expect(b"MSG %b 1 %d\r\n%b\r\n" % (subject, size, payload))
    await connection.expect_nothing()


@case(
    "core.limits.largest-with-headers",
    "Headers and payload together may be as large as INFO says.",
    "core.limits.headers",
    needs=(HEADERS,),
)
async def largest_with_headers(trial: Trial) -> None:
    """Publish headers and payload of max_payload bytes."""
    subject = trial.subject("a")
    connection = await trial.connect(headers=True)
    size = _max_payload(connection)
    if size > PAYLOAD_BYTES_MAX:
        raise Skipped(f"max_payload is {size}, more than is sent to a server")
    await connection.write(b"SUB %b 1\r\n" % subject)
    payload = (bytes(range(251)) * (size // 251 + 1))[: size - len(BLOCK)]
    rest = b"%d %d\r\n%b%b\r\n" % (len(BLOCK), size, BLOCK, payload)

    await connection.write(b"HPUB %b %b" % (subject, rest))

    await connection.expect(b"HMSG %b 1 %b" % (subject, rest))
    await connection.expect_nothing()


@case(
    "core.limits.one-more",
    "One byte more than INFO says closes the connection, by PUB and by HPUB.",
    "core.limits.payload",
    "core.limits.headers",
    needs=(HEADERS,),
)
async def one_more(trial: Trial) -> None:
    """Announce one byte more than max_payload; what comes before is delivered."""
    subject = trial.subject("a")
    witness = await trial.connect("witness", headers=True)
    await witness.write(b"SUB %b 1\r\n" % subject)
    await witness.expect_nothing()
    size = _max_payload(witness) + 1
    for command in (b"PUB %b %d\r\n" % (subject, size), b"HPUB %b 12 %d\r\n" % (subject, size)):
        publisher = await trial.connect(headers=True)

        await publisher.write(b"PUB %b 2\r\nhi\r\n" % subject + command)

        await publisher.expect_error("Maximum Payload Violation", closes=True)
        await witness.expect(b"MSG %b 1 2\r\nhi\r\n" % subject)
    await witness.expect_nothing()


@case(
    "core.limits.no-subscriptions-limit",
    "A server that nobody configured takes a thousand subscriptions of one connection.",
)
async def no_subscriptions_limit(trial: Trial) -> None:
    """Subscribe to a thousand subjects, and publish to the first and the last of them."""
    connection = await trial.connect()
    subjects = [trial.subject(f"many.{number}") for number in range(SUBSCRIPTIONS)]

    await connection.write(b"".join(b"SUB %b %b\r\n" % (each, each) for each in subjects))

    await connection.expect_nothing()
    for subject in (subjects[0], subjects[-1]):
        await connection.write(b"PUB %b 2\r\nhi\r\n" % subject)
        await connection.expect(b"MSG %b %b 2\r\nhi\r\n" % (subject, subject))
    await connection.expect_nothing()


def _max_payload(connection: Connection) -> int:
    size = connection.info.get("max_payload")
    if not isinstance(size, int):
        raise Failed("INFO has no max_payload, or it is no number")
    if size <= 0 or len(str(size + 1)) > SIZE_DIGITS_MAX:
        raise Skipped(f"max_payload is {size}, which no size can exceed")
    return size


@case(
    "core.limits.connections",
    "One connection too many is greeted, told so, and closed; one that ends makes room.",
    house="few-connections",
    is_alone=True,
)
async def connections(trial: Trial) -> None:
    """Open as many as are allowed, and one more; then let one go."""
    members = [await _admitted(trial) for _ in range(CONNECTIONS_MAX)]

    for _ in range(2):  # who was refused does not count
        refused = await trial.open("refused")
        await refused.expect(TOO_MANY)
        await refused.expect_closed()

    for member in members:
        await member.expect_nothing()
    await members[0].leave()
    members[0] = await _admitted(trial)
    refused = await trial.open("refused")
    await refused.expect(TOO_MANY)
    await refused.expect_closed()


async def _admitted(trial: Trial) -> Connection:
    """Connect, again and again until a connection that has just ended does not count any more."""
    loop = asyncio.get_running_loop()
    end_s = loop.time() + trial.patience.wait_s
    while True:
        connection = await trial.open()
        await connection.write(trial.connect_line(connection) + b"PING\r\n")
        try:
            heard = await connection.hear()
        except Silence:
            raise connection.failed(b"PONG\r\n", b"", "nothing came") from None
        if heard == b"PONG\r\n":
            return connection
        if heard not in (TOO_MANY, b"") or loop.time() > end_s:
            raise connection.failed(b"PONG\r\n", heard)
        await asyncio.sleep(0.01)
