"""Dialogues short enough to tell a mode from a healthy server."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .proxy import Address

PATIENCE_S = 0.15
"""So long nothing comes, and then nothing will: what is awaited is broken by the mode."""

_FRAME_END = b"\r\n"
_CLIENT_ID = re.compile(rb'"client_id": *"?(\d+)"?')


@dataclass(frozen=True, slots=True)
class Turn:
    """who says it, what is said, and what is to be heard before the next turn."""

    who: str
    said: bytes
    until: bytes = b"PONG\r\n"
    wait_s: float = PATIENCE_S


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Turns of some connections. is_any_order: who of them hears what first is left to chance."""

    turns: tuple[Turn, ...]
    is_any_order: bool = False


def alone(*said: bytes) -> Dialogue:
    """One connection speaks, a PING behind each turn."""
    return Dialogue(tuple(Turn("a", each + b"PING\r\n") for each in said))


def together(*said: tuple[str, bytes], is_any_order: bool = False) -> Dialogue:
    """More connections speak in turns, a PING behind each."""
    turns = tuple(Turn(who, each + b"PING\r\n") for who, each in said)
    return Dialogue(turns, is_any_order)


async def hold(dialogue: Dialogue, address: Address) -> dict[str, list[bytes]]:
    """Hold a dialogue; give the lines that each connection heard, and at last how it ended."""
    lines: dict[str, _Line] = {}
    for turn in dialogue.turns:
        if turn.who not in lines:
            lines[turn.who] = await _Line.open(address)
        await lines[turn.who].take(turn)
    heard = _numbered({who: await line.hang_up() for who, line in lines.items()})
    if dialogue.is_any_order:
        return {"all": sorted(each for lines in heard.values() for each in lines)}
    return heard


class _Line:
    """One connection, which has heard its greeting, or none."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._heard = b""
        self._is_open = True
        self._is_greeted = False

    @classmethod
    async def open(cls, address: Address) -> _Line:
        line = cls(*await asyncio.open_connection(*address))
        await line._hear(b"\n")
        line._is_greeted = bool(line._heard)
        return line

    async def take(self, turn: Turn) -> None:
        for piece in turn.said.split(_PAUSE):
            self._writer.write(piece)
            with suppress(ConnectionError):
                await self._writer.drain()
            if piece is not turn.said:
                await asyncio.sleep(_PAUSE_S)
        await self._hear(turn.until, turn.wait_s)

    async def hang_up(self) -> list[bytes]:
        """Hear what comes late, and close."""
        await self._hear(_NEVER, wait_s=_LATE_S)
        self._writer.close()
        start = b"greeted" if self._is_greeted else b"not greeted"
        end = b"open" if self._is_open else b"closed"
        return [start, *self._heard.splitlines(keepends=True), end]

    async def _hear(self, until: bytes, wait_s: float = PATIENCE_S) -> None:
        start = len(self._heard)
        try:
            while self._is_open and until not in self._heard[start:]:
                async with asyncio.timeout(wait_s):
                    data = await self._reader.read(65_536)
                self._heard += data
                self._is_open = bool(data)
        except TimeoutError:
            return
        except ConnectionError:
            self._is_open = False


_PAUSE = b"\0PAUSE\0"
_PAUSE_S = 0.01
_LATE_S = 0.004
_NEVER = b"\0NEVER\0"


def split(said: bytes) -> bytes:
    """Have each byte sent by itself."""
    return _PAUSE.join(bytes([byte]) for byte in said)


def _numbered(heard: dict[str, list[bytes]]) -> dict[str, list[bytes]]:
    """Number connections from 1, whatever their ids."""
    ids: dict[bytes, int] = {}

    def rank(found: re.Match[bytes]) -> bytes:
        return found[0].replace(found[1], b"%d" % ids.setdefault(found[1], len(ids) + 1))

    def line(text: bytes) -> bytes:
        return _CLIENT_ID.sub(rank, text)

    return {who: [line(each) for each in lines] for who, lines in heard.items()}
