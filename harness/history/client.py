"""A client: its epochs, its errors, and how it left."""

from bisect import bisect_left, bisect_right

from natsim.record import record

from .epoch import NEVER, Epoch


@record
class Drain:
    """A drain that ended ok, without an error reported meanwhile.

    What was in the client's local queues at the entry `invoked` had been worked off by `ended`.
    """

    invoked: int
    ended: int


class Client:
    """A client over all its connections.

    epochs: those that began, in order. errors: indexes of what its error callback told, in order.
    leaves: entries at which it began to drain or close, or told that it was closed, in order.
    closed: the last entry that told it had closed. lost: the first end of an epoch.
    """

    __slots__ = ("_begun", "closed", "drains", "epochs", "errors", "leaves", "lost", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.epochs: list[Epoch] = []
        self.errors: list[int] = []
        self.drains: list[Drain] = []
        self.leaves: list[int] = []
        self.closed = NEVER
        self.lost = NEVER
        self._begun: list[int] = []

    def begin(self, epoch: Epoch, index: int) -> None:
        """Note that an epoch began, told at an entry."""
        self.epochs.append(epoch)
        self._begun.append(index)

    def epoch_at(self, index: int) -> Epoch | None:
        """Find the epoch that had begun last before an entry; it may have ended too."""
        place = bisect_left(self._begun, index)
        return self.epochs[place - 1] if place else None

    def had_closed_by(self, index: int) -> bool:
        """Tell whether it had closed before an entry and never connected again.

        A client's name may come back on a new connection, perhaps before the old one tells that
        it is closed; so the last epoch must have ended too.
        """
        last = self.epochs[-1] if self.epochs else None
        return self.closed < index and last is not None and last.ended <= self.closed

    def has_ghosts_by(self, index: int) -> bool:
        """Tell whether a server may hold a connection that the client has given up.

        So it is from the first end that was noticed: the server may notice much later, and what
        the client tried before its next connection is not in the history.
        """
        return self.lost < index or (len(self._begun) > 1 and self._begun[1] < index)

    def has_error_between(self, after: int, before: int) -> bool:
        """Tell whether the error callback spoke between two entries."""
        if not self.errors:
            return False
        place = bisect_right(self.errors, after)
        return place < len(self.errors) and self.errors[place] < before

    def left_after(self, index: int) -> int:
        """Find the first entry after another at which it began to leave, or NEVER."""
        place = bisect_right(self.leaves, index)
        return self.leaves[place] if place < len(self.leaves) else NEVER

    def drain_after(self, index: int) -> Drain | None:
        """Find the first drain that was invoked after an entry."""
        for drain in self.drains:
            if drain.invoked > index:
                return drain
        return None
