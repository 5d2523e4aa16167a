"""The signals that a server takes."""

from __future__ import annotations

import faulthandler
import os
import signal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from types import FrameType

GO_NAMES = {
    signal.SIGINT: "interrupt",
    signal.SIGTERM: "terminated",
    signal.SIGHUP: "hangup",
    signal.SIGUSR1: "user defined signal 1",
    signal.SIGUSR2: "user defined signal 2",
}

EXIT_QUIT = 2


def take_signals(loop: asyncio.AbstractEventLoop, act: Callable[[signal.Signals], None]) -> None:
    """Have something done at each signal but SIGQUIT, which says where the program is and ends it.

    act: called in the event loop, never in the middle of anything.
    """

    def on_signal(number: int, _: FrameType | None) -> None:
        loop.call_soon_threadsafe(act, signal.Signals(number))

    for number in GO_NAMES:
        signal.signal(number, on_signal)
    signal.signal(signal.SIGQUIT, _dump_and_quit)


def ignore_signals() -> None:
    """Let signals change nothing any more, not even while Python itself ends."""
    for number in GO_NAMES:
        signal.signal(number, signal.SIG_IGN)


def _dump_and_quit(_: int, __: FrameType | None) -> None:
    faulthandler.dump_traceback(all_threads=True)
    os._exit(EXIT_QUIT)
