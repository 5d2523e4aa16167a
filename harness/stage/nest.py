"""Overlapping faults on one target nest: the first takes hold, the last lets go."""


class Nest:
    """How many faults of one kind hold each target."""

    __slots__ = ("_depths",)

    def __init__(self) -> None:
        self._depths: dict[str, int] = {}

    def enter(self, target: str) -> bool:
        """Note one more fault; tell whether it is the first."""
        self._depths[target] = self._depths.get(target, 0) + 1
        return self._depths[target] == 1

    def leave(self, target: str) -> bool:
        """Note one fault less; tell whether it was the last. Raises KeyError if there was none."""
        self._depths[target] -= 1
        if self._depths[target]:
            return False
        del self._depths[target]
        return True
