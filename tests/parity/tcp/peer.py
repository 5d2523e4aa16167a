"""One end of a probe's connection: a protocol that notes everything it is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypedDict

from .log import error_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from .log import Log


class Traits(TypedDict, total=False):
    """What a peer does that others do not; see Peer."""

    keeps_open: bool
    is_paused: bool
    counts: bool
    is_silent: bool
    notes_flow: bool
    on_made: Callable[[Peer], None]
    on_data: Callable[[Peer, bytes], None]


class Peer(asyncio.Protocol):
    """A protocol that does what its probe says.

    keeps_open: what it answers to eof. is_paused: it reads nothing from the start. counts: it notes
    how many bytes came once it ended, not which. is_silent: nor how many. notes_flow: it notes when
    writing is paused and resumed.
    """

    def __init__(
        self,
        log: Log,
        name: str,
        *,
        keeps_open: bool = False,
        is_paused: bool = False,
        counts: bool = False,
        is_silent: bool = False,
        notes_flow: bool = False,
        on_made: Callable[[Peer], None] | None = None,
        on_data: Callable[[Peer, bytes], None] | None = None,
    ) -> None:
        self._log = log
        self.name = name
        self.transport: asyncio.Transport
        self.is_made = self.is_lost = self.has_eof = self.is_writing_paused = False
        self.is_noting = True
        self.received_bytes = self._noted_bytes = 0
        self._keeps_open = keeps_open
        self._is_paused = is_paused
        self._counts = counts
        self._is_silent = is_silent
        self.notes_flow = notes_flow
        self._on_made = on_made
        self._on_data = on_data

    def note(self, event: str | bytes) -> None:
        """Add an event to this peer's."""
        if self.is_noting:
            self._log.note(self.name, event)

    def attempt(self, what: str, action: Callable[[], object]) -> None:
        """Do something and note what it raised, or that it raised nothing."""
        try:
            action()
        except Exception as error:
            self.note(f"{what}: {error_name(error)}")
        else:
            self.note(f"{what}: ok")

    # asyncio.Protocol.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.is_made = True
        self.note("made")
        if self._is_paused:
            transport.pause_reading()
        if self._on_made is not None:
            self._on_made(self)

    def data_received(self, data: bytes) -> None:
        self.received_bytes += len(data)
        if not (self._counts or self._is_silent):
            self.note(data)
        if self._on_data is not None:
            self._on_data(self, data)

    def eof_received(self) -> bool:
        self.has_eof = True
        self._note_count()
        self.note("eof")
        return self._keeps_open

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        self._note_count()
        self.note(f"lost: {error_name(exc)}")

    def pause_writing(self) -> None:
        self.is_writing_paused = True
        if self.notes_flow:
            self.note("writing paused")

    def resume_writing(self) -> None:
        self.is_writing_paused = False
        if self.notes_flow:
            self.note("writing resumed")

    def _note_count(self) -> None:
        if self._counts and self._noted_bytes != self.received_bytes:
            self._noted_bytes = self.received_bytes
            self.note(f"{self.received_bytes} bytes")
