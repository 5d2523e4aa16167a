"""Bytes that begin no operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

STRANGE = b'ABDEFGJKLMNOQRTVWXYZabz09 !"#/:{~\x00\x01\t\n\r\x16\x7f\x80\xff'
"""Letters, digits, signs, control bytes, and such as are not ASCII."""


@case(
    "core.errors.unknown-first-byte",
    "A byte that begins no operation is answered by an error, whichever it is.",
)
async def unknown_first_byte(trial: Trial) -> None:
    """Send each, with an end of a line behind it for servers that wait for one."""
    for code in STRANGE:
        connection = await trial.open()
        await connection.write(trial.connect_line(connection))
        await connection.write(b"%b\r\n" % bytes([code]))
        await connection.expect_error("Unknown Protocol Operation", closes=True)
