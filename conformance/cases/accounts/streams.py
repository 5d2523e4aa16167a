"""Imported streams, where chance decides who gets a message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.credentials.login import connect_as
from natsim.conformance.failure import Failed

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

MESSAGES = 40


@case(
    "accounts.streams.queue", "Of an importing queue group one member gets each message.",
    house="accounts",
)  # fmt: skip
async def queue(trial: Trial) -> None:
    subject = trial.subject("plain.x")
    members = [await connect_as(trial, name) for name in ("b", "b2")]
    for member in members:
        await member.write(b"SUB %b crew 1\r\n" % subject)
        await member.expect_nothing()
    publisher = await connect_as(trial, "a")
    sent = [b"%d" % number for number in range(MESSAGES)]
    await publisher.write(
        b"".join(b"PUB %b %d\r\n%b\r\n" % (subject, len(text), text) for text in sent)
    )
    await publisher.expect_nothing()
    heard = [frame for member in members for frame in await member.barrier()]
    wanted = [b"MSG %b 1 %d\r\n%b\r\n" % (subject, len(text), text) for text in sent]
    if sorted(heard) != sorted(wanted):
        raise Failed(f"of {MESSAGES} messages the group got {len(heard)}, not each once")
