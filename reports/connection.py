"""The connection of one client over a run: when it was connected, and when it was away."""

from .document import Spell
from .limits import SPELLS_MAX
from .spans import Span


class Connection:
    """The epochs of one client, in the order they began.

    epochs: how many began. Of their spells the first SPELLS_MAX are kept.
    """

    __slots__ = ("_away", "_begun_ns", "_conn", "_ended_ns", "_server", "_spells", "epochs")

    def __init__(self) -> None:
        self.epochs = 0
        self._conn: str | None = None  # None while not connected
        self._server: str | None = None
        self._begun_ns = 0
        self._ended_ns: int | None = None  # None when it never connected, or closed for good
        self._spells: list[Spell] = []
        self._away: list[Span] = []

    def begin(self, t: int, conn: str, server: str | None) -> bool:
        """Begin an epoch; the same one may be told of twice. Say whether it is a new one."""
        if conn == self._conn:
            self._server = self._server or server
            return False
        self.end(t)
        if self._ended_ns is not None and len(self._away) < SPELLS_MAX:
            self._away.append((self._ended_ns, t))
        self._conn, self._server, self._begun_ns = conn, server, t
        self.epochs += 1
        return True

    def end(self, t: int) -> None:
        """End the epoch, if there is one; the client means to come back."""
        if self._conn is None:
            return
        if len(self._spells) < SPELLS_MAX:
            self._spells.append(
                Spell(conn=self._conn, server=self._server, begin_ns=self._begun_ns, end_ns=t)
            )
        self._conn, self._server, self._ended_ns = None, None, t

    def close(self, t: int) -> None:
        """End the epoch, if there is one; the client will not come back."""
        self.end(t)
        self._ended_ns = None

    def spells(self) -> tuple[Spell, ...]:
        """Give the times it was connected."""
        if self._conn is None or len(self._spells) == SPELLS_MAX:
            return tuple(self._spells)
        last = Spell(conn=self._conn, server=self._server, begin_ns=self._begun_ns, end_ns=None)
        return (*self._spells, last)

    def away(self, end_ns: int) -> list[Span]:
        """Give the times between its epochs, and after the last unless it closed, to end_ns."""
        if self._conn is None and self._ended_ns is not None:
            return [*self._away, (self._ended_ns, end_ns)]
        return list(self._away)

    def is_complete(self) -> bool:
        """Say whether every epoch was kept."""
        return self.epochs <= SPELLS_MAX
