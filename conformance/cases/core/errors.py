"""Bytes that begin no operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

FIRST = b"PpHhSsUuCcIi+-"
"""The bytes with which a client's operations begin."""

PRINTED = range(0x20, 0x7F)
OTHERS = b"\x00\x01\t\n\r\x16\x7f\x80\xff"


@case(
    "core.errors.unknown-first-byte",
    "A byte that begins no operation is answered by an error, whichever it is.",
)
async def unknown_first_byte(trial: Trial) -> None:
    """Send each, with an end of a line behind it for servers that wait for one."""
    for code in (*PRINTED, *OTHERS):
        if code in FIRST:
            continue
        connection = await trial.open()
        await connection.write(trial.connect_line(connection))
        await connection.write(b"%b\r\n" % bytes([code]))
        await connection.expect_error("Unknown Protocol Operation", closes=True)
