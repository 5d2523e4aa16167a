"""What can be wrong with a history, as exceptions."""


class HistoryError(Exception):
    """A history cannot be used."""


class BadLine(HistoryError):
    """A line of a history file is not an entry.

    line: counted from 1, the header being line 1.
    """

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}:{line}: {problem}")
        self.file = file
        self.line = line
        self.problem = problem


class BadEntry(HistoryError):
    """An entry lacks what its kind must have.

    index: of the entry in the history, from 0.
    """

    def __init__(self, index: int, problem: str) -> None:
        super().__init__(f"entry {index}: {problem}")
        self.index = index
        self.problem = problem


class HistoryFull(HistoryError):
    """A run recorded more entries than a history may hold."""

    def __init__(self, entries_max: int) -> None:
        super().__init__(f"the history holds {entries_max} entries, which is the most it may hold")
        self.entries_max = entries_max
