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

HELD_MAX = 64


class HeldSignals:
    """Signals that came before there was anything to act on: kept, and acted on in their order.

    A port that listens is an invitation to send signals; without this a SIGHUP before the event
    loop runs would end the process.
    """

    def __init__(self) -> None:
        """Begin to hold."""
        self._held: list[signal.Signals] = []
        for number in GO_NAMES:
            signal.signal(number, self._hold)

    def _hold(self, number: int, _: FrameType | None) -> None:
        if len(self._held) < HELD_MAX:
            self._held.append(signal.Signals(number))

    def give_to(
        self, loop: asyncio.AbstractEventLoop, act: Callable[[signal.Signals], None]
    ) -> None:
        """Have something done at each signal but SIGQUIT, which says where the program is and ends.

        act: called in the event loop, never in the middle of anything.
        """

        def on_signal(number: int, _: FrameType | None) -> None:
            loop.call_soon_threadsafe(act, signal.Signals(number))

        for number in GO_NAMES:
            signal.signal(number, on_signal)
        signal.signal(signal.SIGQUIT, _dump_and_quit)
        for held in self._held:
            loop.call_soon(act, held)


def ignore_signals() -> None:
    """Let signals change nothing any more, not even while Python itself ends."""
    for number in GO_NAMES:
        signal.signal(number, signal.SIG_IGN)


def _dump_and_quit(_: int, __: FrameType | None) -> None:
    faulthandler.dump_traceback(all_threads=True)
    os._exit(EXIT_QUIT)
