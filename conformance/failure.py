"""What a case finds wrong with a server, and how else it may end."""

from __future__ import annotations

from natsim.record import record


@record
class Difference:
    """One answer that is not the expected one.

    conn: the connection's name. line: of the case's file, 0 if it is no transcript. at: the first
    byte that differs. why: a sentence, where the bytes alone do not tell.
    """

    conn: str
    line: int
    expected: bytes
    actual: bytes
    at: int
    why: str = ""


class Failed(Exception):
    """The server breaks a rule. difference: None where no two answers can be compared."""

    def __init__(self, why: str, difference: Difference | None = None) -> None:
        self.why = why
        self.difference = difference
        super().__init__(why)


class Skipped(Exception):
    """The case cannot be asked of this server; str() says why."""


class Undecided(Exception):
    """What happened proves nothing about the server; str() says why."""
