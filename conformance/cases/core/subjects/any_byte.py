"""Every byte that may be in a token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.wire.delivery import read_deliveries

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

BYTES = [bytes([number]) for number in range(256) if bytes([number]) not in b" \t\r\n."]


@case("core.subjects.any-byte", "Each byte but space, tab, CR, LF and the dot may be in a token.")
async def each_byte(trial: Trial) -> None:
    """One subscription a byte: each gets the message with its byte, and no other."""
    connection = await trial.connect()
    subjects = [b"%bx%by" % (trial.subject("a."), byte) for byte in BYTES]
    for at, subject in enumerate(subjects):
        await connection.write(b"SUB %b %d\r\n" % (subject, at))
    for subject in subjects:
        await connection.write(b"PUB %b 0\r\n\r\n" % subject)
    deliveries = read_deliveries(await connection.barrier())
    heard = [(delivery.sid, delivery.subject) for delivery in deliveries]
    for at, (byte, subject) in enumerate(zip(BYTES, subjects, strict=True)):
        count = heard.count((b"%d" % at, subject))
        if count != 1:
            raise Failed(f"a subject with the byte {byte!r} came {count} times, not once")
    if len(heard) != len(subjects):
        raise Failed(f"{len(subjects)} messages were published, {len(heard)} came")
