"""A connection epoch, and the barriers that prove what happened on it."""

from bisect import bisect_right
from sys import maxsize

from natsim.record import record

NEVER = maxsize  # the index of what did not happen: later than every entry


@record
class Barrier:
    """A flush that ended ok.

    What its client had accepted by the entry `invoked` was processed by the entry `ended`, and what
    the server had sent to the client before that was in the client's hands by then.
    """

    invoked: int
    ended: int


class Epoch:
    """One connection of one client, as the client saw it.

    conn: its name, `p1#2`. server, server_id: empty until it has begun.
    begun, ended: indexes of the entries that tell of its begin and of its end; the true end may
    have come earlier than it was noticed, and the true begin is before it was told.
    barriers: in order, of `invoked` as well as of `ended`.
    """

    __slots__ = ("_invoked", "barriers", "begun", "conn", "ended", "server", "server_id")

    def __init__(self, conn: str) -> None:
        self.conn = conn
        self.server = ""
        self.server_id = ""
        self.begun = NEVER
        self.ended = NEVER
        self.barriers: list[Barrier] = []
        self._invoked: list[int] = []

    def add_barrier(self, barrier: Barrier) -> None:
        """Add a barrier that ended after those before it."""
        # One that was invoked before an earlier-ended one proves nothing that the other does not.
        if not self._invoked or barrier.invoked > self._invoked[-1]:
            self.barriers.append(barrier)
            self._invoked.append(barrier.invoked)

    def barrier_after(self, index: int) -> Barrier | None:
        """Find the first barrier that was invoked after an entry.

        >>> epoch = Epoch("p1#1")
        >>> epoch.add_barrier(Barrier(invoked=3, ended=5))
        >>> epoch.barrier_after(2), epoch.barrier_after(3)
        (Barrier(invoked=3, ended=5), None)
        """
        place = bisect_right(self._invoked, index)
        return self.barriers[place] if place < len(self.barriers) else None

    def is_on_server_of(self, other: "Epoch") -> bool:
        """Tell whether both connections went to one server process, as far as one can tell.

        A restarted server has its old name and a new id. Two epochs alive at one moment with one
        name have one id; ids that differ all the same are a contradiction one should not build on.
        """
        return self.server == other.server and self.server_id == other.server_id
