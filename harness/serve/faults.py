"""What the event loop complains of: a fault of ours, or no files left."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from natsim.broker.effects import Level

if TYPE_CHECKING:
    import asyncio

    from .log import ServerLog

REPEAT_S = 1.0
"""How long the event loop's complaint is not repeated."""


class FaultLog:
    """Writes the event loop's complaints to the log; made to be its exception handler."""

    def __init__(self, log: ServerLog) -> None:
        self._log = log
        self._last_line = ""
        self._last_s = 0.0

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Write a complaint, unless it is the last one again: asyncio may repeat it for ever."""
        error: BaseException | None = context.get("exception")
        line = f"{context['message']}: {error}"
        if line == self._last_line and loop.time() - self._last_s < REPEAT_S:
            return
        self._last_line, self._last_s = line, loop.time()
        self._log.write(Level.ERROR, line)
        if error is not None and not isinstance(error, OSError):
            for text in traceback.format_exception(error):
                for part in text.splitlines():
                    self._log.write(Level.ERROR, part)
