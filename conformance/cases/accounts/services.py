"""Services of another account, seen by who reads headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.credentials.login import connect_as
from natsim.conformance.failure import Failed
from natsim.conformance.members import Members, read_members
from natsim.conformance.wire.delivery import Delivery, read_deliveries, read_delivery

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

INFO = "Nats-Request-Info"


@case(
    "accounts.services.request-info", "A request tells from which account it comes.",
    house="accounts", needs=("headers",),
)  # fmt: skip
async def request_info(trial: Trial) -> None:
    info = _info(await _asked(trial, "time"))
    info.must_say("acc", "B")
    if info.has("user"):
        raise Failed(f"{INFO} names the user, although the import does not share it")


@case(
    "accounts.services.shared-info", "A request that is shared tells its user too.",
    house="accounts", needs=("headers",),
)  # fmt: skip
async def shared_info(trial: Trial) -> None:
    info = _info(await _asked(trial, "vault"))
    info.must_say("acc", "B")
    info.must_say("user", "b")


@case(
    "accounts.services.headers", "Headers go to the service and come back.",
    house="accounts", needs=("headers",),
)  # fmt: skip
async def headers(trial: Trial) -> None:
    service = await _member(trial, "a")
    subject, inbox = trial.subject("time"), trial.subject("inbox")
    await service.write(b"SUB %b 1\r\n" % subject)
    await service.expect_nothing()
    asker = await _member(trial, "b")
    await asker.write(b"SUB %b 9\r\n" % inbox)
    await asker.write(b"HPUB %b %b 21 23\r\nNATS/1.0\r\nZone: x\r\n\r\nhi\r\n" % (subject, inbox))
    request = read_delivery(await service.hear())
    if request.fields().get("Zone") != "x" or request.payload != b"hi":
        raise Failed(f"the request came with {request.headers!r} and {request.payload!r}")
    await service.write(b"HPUB %b 20 22\r\nNATS/1.0\r\nNow: y\r\n\r\nho\r\n" % request.reply)
    await asker.expect(b"HMSG %b 9 20 22\r\nNATS/1.0\r\nNow: y\r\n\r\nho\r\n" % inbox)


@case(
    "accounts.services.reply-is-unique", "Each request has a reply subject of its own.",
    house="accounts",
)  # fmt: skip
async def reply_is_unique(trial: Trial) -> None:
    service = await _member(trial, "a")
    subject, inbox = trial.subject("time"), trial.subject("inbox")
    await service.write(b"SUB %b 1\r\n" % subject)
    await service.expect_nothing()
    asker = await _member(trial, "b")
    await asker.write(b"SUB %b 9\r\n" % inbox)
    await asker.write(b"PUB %b %b 1\r\n?\r\n" % (subject, inbox) * 10)
    await asker.expect_nothing()
    replies = [each.reply for each in read_deliveries(await service.barrier())]
    if len(replies) != 10 or len({*replies}) != 10:
        raise Failed(f"10 requests have {len({*replies})} reply subjects: {replies}")
    # Each is answered, in the order of the answers.
    for number, reply in enumerate(reversed(replies)):
        await service.write(b"PUB %b 1\r\n%d\r\n" % (reply, number))
    await service.expect_nothing()
    await asker.expect(*(b"MSG %b 9 1\r\n%d\r\n" % (inbox, number) for number in range(10)))


async def _asked(trial: Trial, service: str) -> Delivery:
    """Give the request that arrives at a service, asked from another account."""
    responder = await _member(trial, "a")
    subject = trial.subject(service)
    await responder.write(b"SUB %b 1\r\n" % subject)
    await responder.expect_nothing()
    asker = await _member(trial, "b")
    await asker.write(b"PUB %b %b 1\r\n?\r\n" % (subject, trial.subject("inbox")))
    await asker.barrier()
    request = read_delivery(await responder.hear())
    if request.subject != subject or request.payload != b"?":
        raise Failed(f"the request came as {request.subject!r} with {request.payload!r}")
    return request


def _info(request: Delivery) -> Members:
    text = request.fields().get(INFO)
    if text is None:
        raise Failed(f"the request has no {INFO}")
    return read_members(INFO, text.encode())


async def _member(trial: Trial, user: str) -> Connection:
    return await connect_as(trial, user, headers=True, no_responders=True)
