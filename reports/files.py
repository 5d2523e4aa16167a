"""The files of one directory, read as far as they can be; what cannot is a remark."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .fields import Object, object_in, parse_json
from .legible import legible_line
from .limits import (
    JSON_FILE_BYTES_MAX,
    LAST_LINES_BYTES,
    LINE_BYTES_MAX,
    NAME_MAX,
    REMARKS_MAX,
)


class Files:
    """The files of a directory that someone else wrote.

    Links are not followed: a directory received from a stranger must not put a file of this machine
    into a report. remarks: what was missing or damaged, one sentence each, at most REMARKS_MAX.
    """

    __slots__ = ("_directory", "remarks")

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.remarks: list[str] = []

    def remark(self, sentence: str) -> None:
        """Keep a sentence for the reader of the report, unless there are too many already."""
        if len(self.remarks) < REMARKS_MAX and sentence not in self.remarks:
            self.remarks.append(sentence)

    def find(self, name: str) -> Path | None:
        """Give the path of a plain file; None when there is none, with a remark."""
        path = self._directory / name
        if path.is_file() and not path.is_symlink():
            return path
        self.remark(f"{name} is missing.")
        return None

    def find_in(self, folder: str, suffix: str) -> list[Path]:
        """Give the plain files of a folder whose names end in suffix, sorted by name."""
        place = self._directory / folder
        if not place.is_dir() or place.is_symlink():
            return []
        found = (path for path in sorted(place.iterdir()) if path.name.endswith(suffix))
        return [path for path in found if path.is_file() and not path.is_symlink()]

    def json_object(self, name: str) -> Object:
        """Give the JSON object in a file, an empty one where there is none."""
        path = self.find(name)
        if path is None:
            return {}
        try:
            value = parse_json(read_start(path, JSON_FILE_BYTES_MAX))
        except (OSError, ValueError) as error:
            reason = legible_line(str(error), NAME_MAX)
            self.remark(f"{name} cannot be read ({reason}).")
            return {}
        if not isinstance(value, dict):
            self.remark(f"{name} does not hold a JSON object.")
        return object_in(value)


def read_start(path: Path, bytes_max: int) -> str:
    """Read the first bytes_max bytes of a file as UTF-8; a damaged byte becomes U+FFFD."""
    with path.open("rb") as file:
        return file.read(bytes_max).decode("utf-8", "replace")


def read_end(path: Path, bytes_max: int) -> str:
    """Read the last lines of a file that fit in bytes_max bytes, likewise."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - bytes_max))
        end = file.read(bytes_max)
    if size > bytes_max and b"\n" in end:
        end = end.partition(b"\n")[2]
    return end.decode("utf-8", "replace")


def lines_of(file: BinaryIO) -> Iterator[bytes]:
    """Give the lines of a file with their ends, so that a cut last line shows.

    Of a line longer than LINE_BYTES_MAX only its first byte is given, which is never an entry.
    """
    while line := file.readline(LINE_BYTES_MAX):
        if len(line) < LINE_BYTES_MAX or line.endswith(b"\n"):
            yield line
            continue
        while rest := file.readline(LINE_BYTES_MAX):
            if rest.endswith(b"\n"):
                break
        yield line[:1] + b"\n"


def last_lines(path: Path) -> list[bytes]:
    """Give the last complete lines of a file, newest first."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - LAST_LINES_BYTES))
        block = file.read(LAST_LINES_BYTES)
    return block.splitlines()[::-1]
