"""What is wrong with a file of cases, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class CaseError(Exception):
    """A file of cases, requirements or houses cannot be used.

    path: the file. line, column: from 1; 0 when there is none. text: what to write instead.
    """

    def __init__(self, path: Path | str, line: int, column: int, text: str) -> None:
        self.path = str(path)
        self.line = line
        self.column = column
        self.text = text
        super().__init__(path, line, column, text)

    def __str__(self) -> str:
        place = [self.path, *(str(number) for number in (self.line, self.column) if number)]
        return f"{':'.join(place)}: {self.text}"
