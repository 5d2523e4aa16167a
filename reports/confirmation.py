"""Which publishes are confirmed: those that a flush of their epoch followed and came back.

Source: docs/reference/history.md, "A publish is completed by a flush".
"""


class Confirmation:
    """The publishes and flushes of one client, counted per connection epoch."""

    __slots__ = ("_accepted", "_confirmed", "_open")

    def __init__(self) -> None:
        self._accepted: dict[str, int] = {}
        self._confirmed: dict[str, int] = {}
        self._open: dict[str, tuple[str, int]] = {}

    def publish(self, epoch: str) -> None:
        """Count a publish invoked on an epoch."""
        self._accepted[epoch] = self._accepted.get(epoch, 0) + 1

    def refuse(self, epoch: str) -> None:
        """Take back a publish that the client library refused."""
        self._accepted[epoch] = self._accepted.get(epoch, 0) - 1

    def begin_flush(self, op: str, epoch: str) -> None:
        """Remember how many publishes of the epoch this flush covers."""
        self._open[op] = (epoch, self._accepted.get(epoch, 0))

    def end_flush(self, op: str, is_ok: bool) -> None:
        """Confirm what the flush covers, if it came back."""
        epoch, covered = self._open.pop(op, ("", 0))
        if is_ok:
            self._confirmed[epoch] = max(self._confirmed.get(epoch, 0), covered)

    def total(self) -> int:
        """Count the confirmed publishes of all epochs."""
        # A publish refused after its flush began is in both counts.
        return sum(min(n, self._accepted.get(epoch, 0)) for epoch, n in self._confirmed.items())
