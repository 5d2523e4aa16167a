"""Subscriptions that come and go while messages flow."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.wire.delivery import numbers_of, read_deliveries

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

BURSTS = 30
BURST = 20


@case(
    "core.sub.while-publishing",
    "Who subscribes while another publishes misses nothing from then on, and gets nothing twice.",
)
async def while_publishing(trial: Trial) -> None:
    """Subscribe anew with every burst; the numbers tell what each sid got."""
    publisher = await trial.connect()
    subscriber = await trial.connect()
    subject = trial.subject("a")
    for turn in range(BURSTS):
        await subscriber.write(b"UNSUB %d\r\nSUB %b %d\r\n" % (turn - 1, subject, turn))
        start = turn * BURST
        await publisher.write(
            b"".join(b"PUB %b 3\r\n%03d\r\n" % (subject, at) for at in range(start, start + BURST))
        )
        await publisher.expect_nothing()
    deliveries = read_deliveries(await subscriber.barrier())
    await publisher.write(b"PUB %b 3\r\nend\r\n" % subject)
    await publisher.expect_nothing()
    await subscriber.expect(b"MSG %b %d 3\r\nend\r\n" % (subject, BURSTS - 1))

    numbers = numbers_of(deliveries)
    if any(second <= first for first, second in pairwise(numbers)):
        raise Failed("a message came twice, or behind a later one")
    for turn in range(BURSTS):
        own = numbers_of(each for each in deliveries if each.sid == b"%d" % turn)
        if own and own != list(range(own[0], own[-1] + 1)):
            raise Failed(f"subscription {turn} got the messages {own}: some are missing between")
    last = numbers_of(each for each in deliveries if each.sid == b"%d" % (BURSTS - 1))
    if last and last[-1] != BURSTS * BURST - 1:
        raise Failed(f"the last message is {BURSTS * BURST - 1}, {last[-1]} came last")


@case(
    "core.sub.ends-with-connection",
    "The subscriptions of a connection that ended are no responders any more.",
    needs=("no-responders",),
)
async def no_interest(trial: Trial) -> None:
    """Ask until nobody is there: the server learns of the end a little later."""
    client = await trial.connect(headers=True, no_responders=True)
    service = await trial.connect()
    subject, inbox = trial.subject("service"), trial.subject("inbox")
    await service.write(b"SUB %b 1\r\nSUB %b.* 2\r\n" % (subject, trial.subject("other")))
    await service.expect_nothing()
    request = b"PUB %b %b 0\r\n\r\n" % (subject, inbox)
    await client.write(b"SUB %b 1\r\n" % inbox + request)
    await client.expect_nothing()
    await service.expect(b"MSG %b 1 %b 0\r\n\r\n" % (subject, inbox))

    await service.leave()

    loop = asyncio.get_running_loop()
    end_s = loop.time() + client.patience.wait_s
    while True:
        await client.write(request)
        heard = read_deliveries(await client.barrier())
        if heard:
            break
        if loop.time() > end_s:
            raise Failed("a request still reaches a connection that ended")
        await asyncio.sleep(0.002)
    if len(heard) != 1 or not heard[0].headers.startswith(b"NATS/1.0 503"):
        raise Failed(f"one status 503 should come, {len(heard)} messages came")
