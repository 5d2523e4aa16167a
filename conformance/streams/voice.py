"""Whose commands are drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.record import record

if TYPE_CHECKING:
    from random import Random


@record
class Voice:
    """One connection, as far as its commands depend on it.

    harm_percent: how many commands in a hundred are malformed; most of these end the connection.
    talks_headers: whether it likely agreed on headers; without, HPUB ends a connection.
    """

    draw: Random
    conn: int
    harm_percent: int
    talks_headers: bool = False
