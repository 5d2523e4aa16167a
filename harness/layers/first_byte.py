"""A listener's patience: it waits for a client's first byte, which tells what the client speaks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

TLS_HANDSHAKE = 0x16
"""The first byte of a ClientHello; no command begins with it."""


class FirstByte(asyncio.Protocol):
    """Stands for `upper` until the first bytes are here, or until it has waited long enough.

    decide: called once, with the bytes; with none when the time was up. By then the protocol of
    `lower` is `upper` again.
    """

    def __init__(
        self,
        lower: asyncio.Transport,
        upper: asyncio.Protocol,
        decide: Callable[[bytes], None],
        timer: Callable[[Callable[[], None]], asyncio.TimerHandle],
    ) -> None:
        self._lower = lower
        self._upper = upper
        self._decide = decide
        lower.set_protocol(self)
        self._timer = timer(lambda: self._end(b""))

    def data_received(self, data: bytes) -> None:
        self._end(data)

    def eof_received(self) -> bool | None:
        self._timer.cancel()
        return self._upper.eof_received()

    def pause_writing(self) -> None:
        self._upper.pause_writing()

    def resume_writing(self) -> None:
        self._upper.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        self._upper.connection_lost(exc)

    def _end(self, data: bytes) -> None:
        self._timer.cancel()
        if self._lower.is_closing():
            return
        self._lower.set_protocol(self._upper)
        self._decide(data)
