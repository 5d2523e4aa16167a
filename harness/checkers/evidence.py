"""What the checkers of one history share, each part made when it is first asked for."""

from collections.abc import Sequence
from functools import cached_property

from natsim.harness.history.entry import Entry
from natsim.harness.history.timeline import Timeline
from natsim.harness.history.weave import weave

from .interest import Interest
from .losses import Losses, find_losses
from .obligation import Obligations


class Evidence:
    """A history with everything derived from it.

    Raises BadEntry, at the first use, when the history lacks what its entries must have.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = entries

    @cached_property
    def timeline(self) -> Timeline:
        """The history by its nouns."""
        return weave(self.entries)

    @cached_property
    def interest(self) -> Interest:
        """Its subscriptions by subject."""
        return Interest(self.timeline)

    @cached_property
    def obligations(self) -> Obligations:
        """The rule for who must have got what."""
        return Obligations(self.timeline, self.interest)

    @cached_property
    def losses(self) -> Losses:
        """What plain subscriptions lack."""
        return find_losses(self.timeline, self.interest, self.obligations)

    def when(self, index: int) -> str:
        """Say when an entry was seen.

        >>> from natsim.harness.history.entry import Marked, Phase
        >>> Evidence([Marked(1_204_000_000, Phase.END)]).when(0)
        '1.204000 s'
        """
        return spell_time(self.entries[index].t)


def spell_time(t: int) -> str:
    """Write nanoseconds as seconds, to the microsecond below.

    >>> spell_time(12_345_678_999)
    '12.345678 s'
    """
    seconds, rest = divmod(t, 1_000_000_000)
    return f"{seconds}.{rest // 1_000:06d} s"
