"""The list that a running workload writes its entries to."""

from collections.abc import Callable, Sequence

from .entry import Entry
from .errors import HistoryFull
from .limits import ENTRIES_MAX

STREAM_EVERY = 1_000


class Recorder:
    """Collects the entries of a run, in the order they are seen.

    stream: called with each next run of entries, every `every` of them and by `flush`; the write
    method of a HistoryWriter. Without it, entries are only kept.
    entries_max: how many entries it takes before `record` raises HistoryFull.
    """

    __slots__ = ("_checkpoint", "_every", "_stream", "_streamed", "entries", "entries_max")

    def __init__(
        self,
        stream: Callable[[Sequence[Entry]], object] | None = None,
        *,
        every: int = STREAM_EVERY,
        entries_max: int = ENTRIES_MAX,
    ) -> None:
        self.entries: list[Entry] = []
        self.entries_max = entries_max
        self._stream = stream
        self._every = every if stream is not None else entries_max
        self._streamed = 0
        self._checkpoint = min(self._every, entries_max)

    def record(self, entry: Entry) -> int:
        """Append an entry and return its index.

        Raises HistoryFull; the entry is then not recorded, and those before it are streamed.
        """
        entries = self.entries
        index = len(entries)
        if index >= self._checkpoint:
            self._reach_checkpoint(index)
        entries.append(entry)
        return index

    def flush(self) -> None:
        """Stream what has not been streamed yet."""
        if self._stream is not None and self._streamed < len(self.entries):
            self._stream(self.entries[self._streamed :])
            self._streamed = len(self.entries)

    def _reach_checkpoint(self, index: int) -> None:
        self.flush()
        if index >= self.entries_max:
            raise HistoryFull(self.entries_max)
        self._checkpoint = min(index + self._every, self.entries_max)
