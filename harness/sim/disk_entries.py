"""The names of a simulated disk: those the process sees, and those that would outlive the power.

Laws of the file: what became of one name is kept in the order it was done; what became of others,
in any. So a rename may be kept and an earlier remove not, but never a rename of a name whose
creation is lost; and never half a rename. What a file holds is not decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.disk import directories_above, directory_of
from natsim.harness.entropy import keyed_word, source_key
from natsim.record import record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .disk_file import SimFile

_MOVE, _MOOD, _DIRECTORY = range(3)  # what a draw is for


@record
class Move:
    """A file got another name; old is None when it was made, new when it was removed."""

    serial: int
    file: SimFile
    old: str | None
    new: str | None

    def names(self) -> list[str]:
        """List the names it is about."""
        return [name for name in (self.old, self.new) if name is not None]


class Entries:
    """All names of a disk."""

    def __init__(self, seed: int, disk: str) -> None:
        self._seed = seed
        self._disk = disk
        self.files: dict[str, SimFile] = {}
        self.directories: dict[str, None] = {"": None}
        self._durable: dict[str, SimFile] = {}
        self._durable_directories: dict[str, None] = {"": None}
        self._pending: dict[int, Move] = {}

    @property
    def durable(self) -> Iterable[tuple[str, SimFile]]:
        """What would be there if all that is pending were lost."""
        return self._durable.items()

    def move(self, move: Move) -> None:
        """Change a name."""
        _apply(self.files, move)
        self._pending[move.serial] = move
        if move.new is not None:
            for directory in directories_above(move.new):
                self.directories[directory] = None

    def covered(self, directories: Iterable[str]) -> list[int]:
        """Tell which changes a sync of directories keeps, by their serials, in order.

        Those in the directories, and those elsewhere without which they could not be.
        """
        wanted = dict.fromkeys(directories)
        names: dict[str, None] = {}
        covered: list[int] = []
        for serial in reversed(self._pending):
            about = self._pending[serial].names()
            if any(name in names or directory_of(name) in wanted for name in about):
                names |= dict.fromkeys(about)
                covered.append(serial)
        return covered[::-1]

    def sync(self, serials: Iterable[int], directories: Iterable[str]) -> None:
        """Make changes durable, and that the directories are there."""
        for serial in serials:
            move = self._pending.pop(serial, None)
            if move is not None:
                _apply(self._durable, move)
        for directory in directories:
            for above in directories_above(f"{directory}/" if directory else ""):
                self._durable_directories[above] = None

    def power(self, number: int) -> None:
        """Lose the cache: draw which changes are kept. number: counts the disk's losses."""
        mood = keyed_word(source_key(self._seed, f"{self._disk}/names"), _MOOD, number) % 4
        lost: dict[str, None] = {}
        times: dict[str, int] = {}
        for move in self._pending.values():
            about = move.names()
            label = f"{self._disk}/names/{move.old}>{move.new}"
            times[label] = times.get(label, 0) + 1
            word = keyed_word(source_key(self._seed, label), _MOVE, number, times[label])
            is_kept = word % 4 > 0 if mood > 1 else mood == 0
            if is_kept and not any(name in lost for name in about):
                _apply(self._durable, move)
            else:
                lost |= dict.fromkeys(about)
        self._pending.clear()
        self.files = dict(self._durable)
        self._keep_directories(number)

    def _keep_directories(self, number: int) -> None:
        needed = [above for name in self.files for above in directories_above(name)]
        for directory in self.directories:
            key = source_key(self._seed, f"{self._disk}/names/{directory}")
            if keyed_word(key, _DIRECTORY, number) % 2:
                needed += directories_above(f"{directory}/" if directory else "")
        self._durable_directories |= dict.fromkeys(needed)
        self.directories = dict(self._durable_directories)


def _apply(names: dict[str, SimFile], move: Move) -> None:
    if move.old is not None:
        del names[move.old]
    if move.new is not None:
        names[move.new] = move.file
