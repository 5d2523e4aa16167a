"""A server with a configuration file, for tests."""

from __future__ import annotations

import re
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .serving import Serving, await_line, serving

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


class Configured:
    """A running server and its file. serving: the server."""

    def __init__(self, it: Serving, file: Path) -> None:
        self.serving = it
        self.port = it.port
        self._file = file

    def port_of(self, listener: str) -> int:
        """Give the port of what the log calls `http monitor on` or `websocket clients on`."""
        found = re.search(r":(\d+)$", await_line(self.serving, listener))
        assert found
        return int(found[1])

    def reload(self, config: str) -> None:
        """Change the file and have it read."""
        self._file.write_text(config)
        self.serving.process.send_signal(signal.SIGHUP)
        await_line(self.serving, "Reloaded server configuration")


@contextmanager
def configured(folder: Path, config: str, *flags: str) -> Generator[Configured, None, None]:
    """Run a server with a configuration, on a free port of loopback, until the block ends."""
    file = folder / "server.conf"
    file.write_text(config)
    with serving("-c", str(file), *flags) as it:
        yield Configured(it, file)
