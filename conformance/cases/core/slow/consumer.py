"""Cases: consumers that do not read what is sent to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.monitoring import ask, cid_of

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

LARGE = 512 * 1024
LARGE_MAX = 40
SMALL = 64 * 1024
SMALL_COUNT = 96
"""6 MB: more than the kernels of both sides take in."""


@case(
    "core.slow.pending",
    "Who lets more than max_pending bytes wait is cut; others get everything.",
    house="max-pending",
    is_alone=True,
    limit_s=30,
)
async def pending(trial: Trial) -> None:
    slow, healthy, publisher, subject = await _three(trial)

    sent = 0
    while sent < LARGE_MAX and not await _is_cut(trial, slow):
        message = _message(sent, LARGE)
        await publisher.write(b"PUB %b %d\r\n%b\r\n" % (subject, LARGE, message))
        await healthy.expect(b"MSG %b 1 %d\r\n%b\r\n" % (subject, LARGE, message))
        # What it has read may still be counted as pending; not any more when it hears PONG.
        await healthy.expect_nothing()
        sent += 1
    await _expect_cut(trial, slow, "Slow Consumer (Pending Bytes)")

    await _expect_only_begun(slow, subject, LARGE)
    await _expect_well(publisher, healthy, subject)


@case(
    "core.slow.deadline",
    "Who takes nothing within write_deadline is cut; others get everything.",
    house="write-deadline",
    is_alone=True,
    limit_s=20,
)
async def deadline(trial: Trial) -> None:
    slow, healthy, publisher, subject = await _three(trial)

    for number in range(SMALL_COUNT):
        message = _message(number, SMALL)
        await publisher.write(b"PUB %b %d\r\n%b\r\n" % (subject, SMALL, message))
        await healthy.expect(b"MSG %b 1 %d\r\n%b\r\n" % (subject, SMALL, message))
    await _expect_cut(trial, slow, "Slow Consumer (Write Deadline)")

    await _expect_only_begun(slow, subject, SMALL)
    await _expect_well(publisher, healthy, subject)


@case(
    "core.slow.catches-up",
    "Who reads late, but lets less than max_pending wait, misses nothing.",
    house="max-pending",
)
async def catches_up(trial: Trial) -> None:
    late, publisher, subject = await trial.connect(), await trial.connect(), trial.subject("a")
    await late.write(b"SUB %b 1\r\n" % subject)
    await late.expect_nothing()

    for number in range(14):
        message = _message(number, SMALL)
        await publisher.write(b"PUB %b %d\r\n%b\r\n" % (subject, SMALL, message))
    await publisher.expect_nothing()

    for number in range(14):
        await late.expect(b"MSG %b 1 %d\r\n%b\r\n" % (subject, SMALL, _message(number, SMALL)))
    await late.expect_nothing()


@case(
    "core.slow.counted",
    "/varz counts consumers that were cut for being slow.",
    house="write-deadline",
    is_alone=True,
    limit_s=20,
)
async def counted(trial: Trial) -> None:
    before = (await ask(trial, "/varz")).integer("slow_consumers")
    slow, _, publisher, subject = await _three(trial)

    payload = _message(0, SMALL)
    for _ in range(SMALL_COUNT):
        await publisher.write(b"PUB %b %d\r\n%b\r\n" % (subject, SMALL, payload))

    async def look() -> str:
        count = (await ask(trial, "/varz")).integer("slow_consumers") - before
        return "" if count >= 1 else "/varz counts no slow consumer"

    await trial.until(look)
    await _expect_cut(trial, slow, "Slow Consumer (Write Deadline)")


async def _three(trial: Trial) -> tuple[Connection, Connection, Connection, bytes]:
    subject = trial.subject("a")
    slow, healthy, publisher = [await trial.connect() for _ in range(3)]
    for subscriber in (slow, healthy):
        await subscriber.write(b"SUB %b 1\r\n" % subject)
        await subscriber.expect_nothing()
    return slow, healthy, publisher, subject


def _message(number: int, size: int) -> bytes:
    return b"%08d" % number * (size // 8)


async def _is_cut(trial: Trial, connection: Connection) -> bool:
    path = f"/connz?state=closed&cid={cid_of(connection)}"
    return bool((await ask(trial, path)).rows("connections"))


async def _expect_cut(trial: Trial, slow: Connection, reason: str) -> None:
    path = f"/connz?state=closed&cid={cid_of(slow)}"

    async def look() -> str:
        rows = (await ask(trial, path)).rows("connections")
        return "" if rows else "the server does not cut a consumer that does not read"

    await trial.until(look)
    (row,) = (await ask(trial, path)).rows("connections")
    row.must_say("reason", reason)


async def _expect_only_begun(slow: Connection, subject: bytes, size: int) -> None:
    """Read what the slow consumer was sent: messages in order, the last maybe cut, and no text."""
    number = 0
    while frame := await slow.hear():
        whole = b"MSG %b 1 %d\r\n%b\r\n" % (subject, size, _message(number, size))
        if frame != whole and (slow.is_open or not whole.startswith(frame)):
            raise slow.failed(whole, frame)
        number += 1
    if not number:
        raise Failed("the slow consumer got nothing at all before it was cut")


async def _expect_well(publisher: Connection, healthy: Connection, subject: bytes) -> None:
    await publisher.write(b"PUB %b 4\r\nwell\r\n" % subject)
    await publisher.expect_nothing()
    await healthy.expect(b"MSG %b 1 4\r\nwell\r\n" % subject)
    await healthy.expect_nothing()
