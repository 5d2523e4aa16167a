"""Many requests at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.wire.delivery import read_deliveries

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial


@case(
    "core.request.no-responders-burst",
    "Each of a hundred requests to nobody gets a status of its own, in order.",
    "core.request.no-responders",
    "core.request.no-responders-only",
    needs=("no-responders",),
)
async def burst(trial: Trial) -> None:
    """Every tenth request finds a responder, and gets no status."""
    client = await trial.connect(headers=True, no_responders=True)
    inbox, nobody, somebody = map(trial.subject, ("inbox", "nobody", "somebody"))
    service = await trial.connect()
    await service.write(b"SUB %b 1\r\n" % somebody)
    await service.expect_nothing()
    await client.write(b"SUB %b.* 1\r\n" % inbox)
    await client.write(
        b"".join(
            b"PUB %b %b.%d 0\r\n\r\n" % (nobody if at % 10 else somebody, inbox, at)
            for at in range(110)
        )
    )
    statuses = read_deliveries(await client.barrier())
    requests = read_deliveries(await service.barrier())
    for status in statuses:
        if not status.headers.startswith(b"NATS/1.0 503\r\n") or status.payload:
            raise Failed(f"a status 503 without payload should come, not {status.headers!r}")
    if [each.subject for each in statuses] != [
        b"%b.%d" % (inbox, at) for at in range(110) if at % 10
    ]:
        raise Failed("the statuses are not those of the requests to nobody, in their order")
    if [each.reply for each in requests] != [b"%b.%d" % (inbox, at) for at in range(0, 110, 10)]:
        raise Failed("the responder did not get its requests, in their order")


@case(
    "core.request.queue-responders",
    "Each of fifty requests to a queue group gets one answer.",
)
async def queue_responders(trial: Trial) -> None:
    """Three responders, of which one answers each request with its own name."""
    client = await trial.connect()
    inbox, service = trial.subject("inbox"), trial.subject("service")
    responders = [await trial.connect() for _ in range(3)]
    for at, responder in enumerate(responders):
        await responder.write(b"SUB %b services %d\r\n" % (service, at))
        await responder.expect_nothing()
    await client.write(b"SUB %b.* 1\r\n" % inbox)
    await client.write(
        b"".join(b"PUB %b %b.%d 0\r\n\r\n" % (service, inbox, at) for at in range(50))
    )
    await client.expect_nothing()
    for responder in responders:
        requests = read_deliveries(await responder.barrier())
        await responder.write(b"".join(b"PUB %b 2\r\nok\r\n" % each.reply for each in requests))
        await responder.expect_nothing()
    answers = sorted(each.subject for each in read_deliveries(await client.barrier()))
    if answers != sorted(b"%b.%d" % (inbox, at) for at in range(50)):
        raise Failed(f"50 requests got {len(answers)} answers, {len(set(answers))} different")
