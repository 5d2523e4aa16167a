"""A disk that is as simple as can be, and knows all that may be there after a loss of power.

It shares nothing with the simulated one: it keeps whole contents and tries all subsets.
"""

from __future__ import annotations

from itertools import product

UNSYNCED_MOVES_MAX = 8
"""All subsets of so many are tried."""


class NaiveFile:
    """One file: its sizes since the last sync, the first of them durable."""

    def __init__(self) -> None:
        self.content = b""
        self.durable = b""
        self.sizes = [0]

    def write(self, content: bytes) -> None:
        self.content = content
        self.sizes.append(len(content))

    def sync(self) -> None:
        self.durable = self.content
        self.sizes = [len(self.content)]

    def may_be(self, found: bytes) -> bool:
        """Tell whether this may be what is left: what no write touched, and a size it had."""
        untouched = self.durable[: min(self.sizes)]
        return found.startswith(untouched) and len(found) <= max(self.sizes)

    def settle(self, found: bytes) -> None:
        """Take what is left for all there is."""
        self.content = found
        self.sync()


Names = dict[str, NaiveFile]
Move = tuple[NaiveFile, str | None, str | None]


class NaiveDisk:
    """All files, by name; moves that are not synced, oldest first."""

    def __init__(self) -> None:
        self.names: Names = {}
        self.durable: Names = {}
        self.moves: list[Move] = []

    def move(self, move: Move) -> None:
        self.names = _moved(self.names, move)
        self.moves.append(move)

    def sync_names(self) -> None:
        self.durable = dict(self.names)
        self.moves = []

    def outcomes(self) -> list[Names]:
        """Give all sets of names that a loss of power may leave."""
        outcomes: list[Names] = []
        for kept in product((False, True), repeat=len(self.moves)):
            names = self.durable
            lost: list[str | None] = []
            for is_kept, move in zip(kept, self.moves, strict=True):
                about = [name for name in move[1:] if name is not None]
                if not is_kept:
                    lost += about
                elif any(name in lost for name in about):
                    break
                else:
                    names = _moved(names, move)
            else:
                outcomes.append(names)
        return outcomes

    def settle(self, found: dict[str, bytes]) -> None:
        """Take what is left for all there is. Raises AssertionError if it may not be."""
        for names in self.outcomes():
            if names.keys() == found.keys() and all(
                names[name].may_be(content) for name, content in found.items()
            ):
                self.names = names
                self.sync_names()
                for name, content in found.items():
                    names[name].settle(content)
                return
        raise AssertionError(f"after a loss of power nothing allows {found!r}")


def _moved(names: Names, move: Move) -> Names:
    file, old, new = move
    rest = {name: each for name, each in names.items() if name != old}
    return rest if new is None else {**rest, new: file}
