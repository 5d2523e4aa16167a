"""Plays one stream to a server over TCP and records what comes back.

Law of the file: a step is said when the server has done with the step before, so that it is certain
in which order the server took what different connections said. PING and PONG prove it.
"""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import TYPE_CHECKING

from natsim.conformance.wire.frames import FrameCutter

from .answer import Answer, End, Heard
from .stream import Begin, Leave, Say

if TYPE_CHECKING:
    from .stream import Step, Stream

READ_BYTES = 65_536
GAP_S = 0.001
"""How far apart the segments of one step are written: enough for two reads, as a rule."""

QUIET_S = 0.25
"""How long nothing must come for a barrier to be given up: the server takes PING for payload."""

STREAM_S = 60.0


class PlayError(Exception):
    """The server could not be played to: it refuses connections, or a stream does not end."""


async def play(stream: Stream, host: str, port: int, quiet_s: float = QUIET_S) -> Answer:
    """Play a stream to a server that nobody else talks to meanwhile. Raises PlayError."""
    lines: list[_Line] = []
    try:
        async with asyncio.timeout(STREAM_S):
            for _ in range(stream.connections):
                lines.append(await _open(host, port, quiet_s))
            _mark(lines)
            for step in stream.steps:
                await _take(step, lines)
                _mark(lines)
            for line in lines:
                await line.settle(0)
            ends = [line.end for line in lines]
            for line in lines:
                await line.leave()
    except (OSError, TimeoutError) as error:
        raise PlayError(f"seed {stream.seed} at {host}:{port}: {error!r}") from error
    finally:
        for line in lines:
            await line.close()
    return Answer(
        tuple(
            Heard(line.frames(), end, tuple(line.marks))
            for line, end in zip(lines, ends, strict=True)
        )
    )


async def _open(host: str, port: int, quiet_s: float) -> _Line:
    loop = asyncio.get_running_loop()
    link = socket.socket()
    try:
        link.setblocking(False)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await loop.sock_connect(link, (host, port))
    except BaseException:
        link.close()
        raise
    line = _Line(link, quiet_s)
    await line.greeted()
    return line


def _mark(lines: list[_Line]) -> None:
    for line in lines:
        line.marks.append(len(line.frames()))


async def _take(step: Step, lines: list[_Line]) -> None:
    line = lines[step.conn]
    match step:
        case Say():
            for number, segment in enumerate(step.segments):
                if number:
                    await asyncio.sleep(GAP_S)
                await line.write(segment)
            await line.settle(step.pongs_max)
        case Begin():
            await line.write(step.part)
        case Leave():
            await line.leave()


class _Line:
    """One connection of a stream.

    end: as the server left it up to now. marks: how many frames it had when each step was over.
    """

    def __init__(self, link: socket.socket, quiet_s: float) -> None:
        self.end = End.OPEN
        self.marks: list[int] = []
        self._link = link
        self._quiet_s = quiet_s
        self._cutter = FrameCutter()
        self._frames: list[bytes] = []
        self._pongs = 0
        self._has_left = False
        self._news = asyncio.Event()
        self._reader = asyncio.create_task(self._read())

    def frames(self) -> tuple[bytes, ...]:
        """Give what was heard."""
        return (*self._frames, *([self._cutter.rest] if self._cutter.rest else []))

    async def greeted(self) -> None:
        """Wait for the server's first line."""
        while not self._frames and self.end is End.OPEN:
            await self._hear_news()

    async def write(self, data: bytes) -> None:
        """Write bytes; a server that has closed does not hear them, which its end tells."""
        if self.end is End.OPEN and not self._has_left:
            with suppress(OSError):
                await asyncio.get_running_loop().sock_sendall(self._link, data)

    async def settle(self, pongs: int) -> None:
        """Wait until the server has done with all that was written, which brings so many PONGs."""
        if self._has_left:
            return
        wanted = self._pongs + pongs + 1
        await self.write(b"PING\r\n")
        while self._pongs < wanted and self.end is End.OPEN:
            if not await self._hear_news_within(self._quiet_s):
                return

    async def leave(self) -> None:
        """End our side and wait for the server to end its own."""
        if self.end is End.OPEN and not self._has_left:
            self._has_left = True
            with suppress(OSError):
                self._link.shutdown(socket.SHUT_WR)
            while self.end is End.OPEN:
                await self._hear_news()

    async def close(self) -> None:
        """Let go of the socket."""
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader
        self._link.close()

    async def _hear_news(self) -> None:
        await self._news.wait()
        self._news.clear()

    async def _hear_news_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._hear_news()
        except TimeoutError:
            return False
        return True

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while self.end is End.OPEN:
            try:
                data = await loop.sock_recv(self._link, READ_BYTES)
            except OSError:
                self.end = End.RESET
            else:
                if not data:
                    self.end = End.CLOSED
                frames = self._cutter.feed(data)
                self._pongs += frames.count(b"PONG\r\n")
                self._frames += frames
            self._news.set()
