"""The ports file: where a server that chose its own ports can be reached."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


class PortsFile:
    """`<program>_<pid>.ports` in a directory, while the server runs."""

    def __init__(self, directory: Path, program: str) -> None:
        self._path = directory / f"{program}_{os.getpid()}.ports"

    def write(self, urls: Mapping[str, Sequence[str]]) -> None:
        """Write the URLs of each kind of listener, kinds without any left out. Raises OSError.

        urls: `nats`, `monitoring`, `websocket`, each a list such as nats://127.0.0.1:4222.
        """
        text = json.dumps({kind: list(each) for kind, each in urls.items() if each})
        # Who watches the directory must never see half of it.
        written = self._path.with_suffix(".tmp")
        written.write_text(text)
        written.replace(self._path)

    def remove(self) -> None:
        """Take the file away, if it is still there."""
        self._path.unlink(missing_ok=True)
