"""An interactive session with a server, recorded: what is typed goes out line by line."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from natsim.conformance.transcripts.escapes import to_text
from natsim.conformance.wire.connection import PONG, Silence

from .recording import PING, Recording
from .tcp import make_trial

if TYPE_CHECKING:
    from natsim.conformance.patience import Patience
    from natsim.conformance.trial import Login, Trial
    from natsim.conformance.wire.connection import Address, Connection

LINES_MAX = 1_000
"""How many lines of a pipe are read ahead."""

READ_BYTES = 65_536
PACE_S = 0.05
"""How long a server may answer before the next line of a pipe is said: a dialogue is recorded."""

LISTEN_S = 3600.0


def record(address: Address, login: Login, patience: Patience) -> str:
    """Talk until the input or the connection ends, or Ctrl-C; give the transcript.

    Raises Failed if there is no connection.
    """
    return asyncio.run(_record(address, login, patience))


async def _record(address: Address, login: Login, patience: Patience) -> str:
    trial = make_trial(address, login, patience)
    try:
        connection = await trial.open("a")
        session = _Session(connection, trial, str(address))
        await session.talk()
    finally:
        await trial.close()
    return session.recording.text()


class _Session:
    def __init__(self, connection: Connection, trial: Trial, where: str) -> None:
        self.recording = Recording(where, connection.info_line)
        self._connection = connection
        self._trial = trial
        _show(connection.info_line)

    async def talk(self) -> None:
        """Let both sides speak until one of them ends."""
        loop = asyncio.get_running_loop()
        typing = asyncio.create_task(self._type())
        listening = asyncio.create_task(self._listen())
        loop.add_signal_handler(signal.SIGINT, typing.cancel)
        try:
            await asyncio.wait((typing, listening), return_when=asyncio.FIRST_COMPLETED)
        finally:
            loop.remove_signal_handler(signal.SIGINT)
            for task in (typing, listening):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        await self._end()

    async def _type(self) -> None:
        lines: asyncio.Queue[bytes | None] = asyncio.Queue(LINES_MAX)
        loop = asyncio.get_running_loop()
        # os.read, since a thread that waits in sys.stdin could not be left behind at the end.
        threading.Thread(target=_read_input, args=(loop, lines), daemon=True).start()
        is_typed_by_hand = sys.stdin.isatty()
        while (line := await lines.get()) is not None:
            self.recording.said(line)
            said = line
            if line[:7].upper() == b"CONNECT":
                said = self._trial.with_login(line, self._connection)
            await self._connection.write(said)
            if not is_typed_by_hand and not self.recording.is_half_typed:
                await asyncio.sleep(PACE_S)

    async def _listen(self) -> None:
        while True:
            with suppress(Silence):
                frame = await self._connection.frame(LISTEN_S)
                if not frame:
                    return
                await self._take(frame)

    async def _take(self, frame: bytes) -> None:
        if frame == PING:
            await self._connection.write(PONG)
            return
        _show(frame)
        self.recording.heard(frame)

    async def _end(self) -> None:
        """Hear what the server still has to say."""
        connection = self._connection
        with suppress(Silence):
            if not self.recording.is_half_typed:
                await connection.settle(self.recording.pongs_due)
            while frame := await connection.frame(connection.patience.quiet_s):
                await self._take(frame)
        if not connection.is_open:
            self.recording.closed()
            click.echo("natsim: the server has closed the connection", err=True)


def _read_input(loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[bytes | None]) -> None:
    """Hand over what is typed, line by line, and None at the end."""
    rest = b""
    # The loop is closed when nobody listens any more.
    with suppress(RuntimeError, OSError):
        while data := os.read(sys.stdin.fileno(), READ_BYTES):
            *whole, rest = (rest + data).split(b"\n")
            for line in whole:
                _hand_over(loop, lines, line.removesuffix(b"\r") + b"\r\n")
        if rest:
            _hand_over(loop, lines, rest + b"\r\n")
        _hand_over(loop, lines, None)


def _hand_over(
    loop: asyncio.AbstractEventLoop, lines: asyncio.Queue[bytes | None], line: bytes | None
) -> None:
    asyncio.run_coroutine_threadsafe(lines.put(line), loop).result()


def _show(frame: bytes) -> None:
    for line in frame.removesuffix(b"\r\n").split(b"\r\n"):
        click.echo(to_text(line), err=True)
