"""The run directory: everything a run leaves behind, readable at every moment.

Laws of the file: it is written under a temporary name and renamed when the run is over, however it
ended; `run.json` says last what became of it; files are for their owner only.
Source: docs/reference/run-directory.md.
"""

from __future__ import annotations

import json
import os
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from natsim.harness.history.entry import Json
    from natsim.harness.sim.trace import TraceLine

SCHEMA = "natsim.run/1"

_NAMES_MAX = 10_000


class RunDirectoryError(Exception):
    """A run directory cannot be made."""


class RunDirectory:
    """A directory being written.

    path: where it is now. final: where it will be.
    """

    def __init__(self, parent: Path, name: str) -> None:
        """Make the directory under parent, with a number behind its name when that is taken.

        Raises RunDirectoryError when it cannot be made.
        """
        try:
            parent.mkdir(parents=True, exist_ok=True)
            self.final, self.path = _free_names(parent, name)
            (self.path / "logs").mkdir(mode=0o700)
        except OSError as error:
            raise RunDirectoryError(
                f"the run directory cannot be made under {parent}: {error.strerror or error}"
            ) from error

    def write_text(self, name: str, text: str) -> None:
        """Write a whole file."""
        with self.open(name) as file:
            file.write(text.encode())

    def write_json(self, name: str, value: Mapping[str, Json]) -> None:
        """Write a whole JSON file."""
        self.write_text(name, json.dumps(value, indent=1) + "\n")

    def open(self, name: str) -> IO[bytes]:
        """Open a file to be written from its start, unbuffered."""
        return open_private(self.path / name)

    def complete(self) -> Path:
        """Give the directory its name, and point `latest` at it; gives the path."""
        self.path.rename(self.final)
        self.path = self.final
        _point_latest(self.final)
        return self.final


def open_private(path: Path) -> IO[bytes]:
    """Open a file for its owner only, emptied."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags, 0o600)

    return open(path, "wb", buffering=0, opener=opener)


def trace_line(line: TraceLine) -> str:
    """Write a line of the trace as JSON, without a line's end."""
    return (
        f'{{"t":{line.t},"kind":"{line.kind}","stream":"{line.name}",'
        f'"offset":{line.offset},"size":{line.size},"at":{line.at_ns}}}'
    )


def versions(more: Mapping[str, str]) -> dict[str, Any]:
    """Name the software of a run: natsim, Python, the client, what simulates, and more."""
    import platform
    from importlib.metadata import version

    names = ("natsim", "nats-py", "simpy", "networkx")
    return {
        **{name: version(name) for name in names},
        "python": platform.python_version(),
        **more,
    }


def _free_names(parent: Path, name: str) -> tuple[Path, Path]:
    for number in range(1, _NAMES_MAX):
        wanted = name if number == 1 else f"{name}-{number}"
        final, partial = parent / wanted, parent / f".{wanted}.partial"
        if final.exists():
            continue
        try:
            partial.mkdir(mode=0o700)
        except FileExistsError:
            continue
        return final, partial
    raise FileExistsError(f"{parent / name} and {_NAMES_MAX} numbered names beside it are taken")


def _point_latest(final: Path) -> None:
    latest = final.parent / "latest"
    fresh = final.parent / f".latest.{os.getpid()}"
    try:
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(final.name)
        fresh.replace(latest)
    except OSError:
        # A file system without links has no `latest`; the run is complete all the same.
        fresh.unlink(missing_ok=True)
