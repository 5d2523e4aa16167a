"""TLS over any transport, by OpenSSL between two buffers in memory.

asyncio has its own, bound to its own loop's way of reading; this one runs on every event loop, and
what it writes, and when, follows from what it is given.
Laws of the file: bytes may be cut anywhere; nothing is kept of what was encrypted, it waits in the
transport below; what the peer sent before it closed is handed on before the close is.
"""

from __future__ import annotations

import ssl
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, Any

from .errors import HandshakeError, LayerError
from .layer import Layer
from .records import Records
from .tls_error import NO_TLS, error_text

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

RECORD_BYTES_MAX = 16 * 1024
READ_BYTES_MAX = 64 * 1024
"""How much is gathered of the peer's records before it is handed on."""


FIRST_RECORDS = (b"", b"\x15", b"\x16")
"""The type of a client's first record, once it is here: an alert, or a handshake."""


class State(Enum):
    """How far it has come."""

    HANDSHAKE = "handshake"
    SECURED = "secured"
    ENDED = "ended"  # the peer's close or an error; nothing is read any more
    TOLD = "told"  # and the protocol above knows


class TlsLayer(Layer):
    """TLS from the next byte on, either way, over `lower`.

    context: of a server or a client, which decides the side. on_secured: called once, when the
    handshake is done, before any byte is handed on; it may call `refuse`. What is written before
    waits for it. A handshake that fails ends in `connection_lost(HandshakeError)`.
    server_hostname: to check the certificate against, for clients.
    """

    def __init__(
        self,
        lower: asyncio.Transport,
        upper: asyncio.Protocol,
        loop: asyncio.AbstractEventLoop,
        context: ssl.SSLContext,
        on_secured: Callable[[TlsLayer], None],
        server_hostname: str | None = None,
    ) -> None:
        super().__init__(lower, upper)
        self._loop = loop
        self._on_secured = on_secured
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._is_server = context.protocol is ssl.PROTOCOL_TLS_SERVER
        self.tls = context.wrap_bio(
            self._incoming, self._outgoing, self._is_server, server_hostname
        )
        self._state = State.HANDSHAKE
        self._records = Records()
        self._early: list[bytes] = []
        self._early_bytes = 0
        self._is_lower_full = False
        self._is_upper_paused = False
        if not self._is_server:
            self._shake_hands()

    def refuse(self, why: str) -> None:
        """End the connection because of what the handshake told; for `on_secured`."""
        self._fail(HandshakeError(why))

    # What the transport below tells.

    def data_received(self, data: bytes) -> None:
        self._records.follow(data)
        self._incoming.write(data)
        self._go_on()

    def eof_received(self) -> bool:
        self._incoming.write_eof()
        self._go_on()
        # The way out stays open until the protocol above closes it, which it was just asked.
        return True

    def pause_writing(self) -> None:
        self._is_lower_full = True
        self._match_upper()

    def resume_writing(self) -> None:
        self._is_lower_full = False
        self._match_upper()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._state is State.HANDSHAKE and self._error is None and not self._is_closing:
            self._error = HandshakeError(str(exc) if exc is not None else self._eof_text())
        self._state = State.ENDED
        super().connection_lost(exc)

    # What the protocol above wants.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not data or self._is_closing:
            return
        if self._state is State.HANDSHAKE:
            self._early.append(bytes(data))
            self._early_bytes += len(data)
            self._match_upper()
            return
        self._encrypt(data)

    def close(self) -> None:
        if self._is_closing:
            return
        self._is_closing = True
        if self._state is not State.HANDSHAKE:
            self._say_goodbye()
        self._lower.close()

    def resume_reading(self) -> None:
        super().resume_reading()
        # There may be whole records here that no byte from below will announce.
        self._loop.call_soon(self._go_on)

    def get_write_buffer_size(self) -> int:
        return self._early_bytes + self._lower.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        match name:
            case "ssl_object":
                return self.tls
            case "sslcontext":
                return self.tls.context
            case "peercert":
                return self.tls.getpeercert()
            case "cipher":
                return self.tls.cipher()
            case _:
                return super().get_extra_info(name, default)

    # Within.

    def _go_on(self) -> None:
        if self._is_closing:
            return
        if self._state is State.HANDSHAKE:
            self._shake_hands()
        while (
            self._state is State.SECURED
            and self._is_reading
            and not self._is_closing
            and self._has_unread()
        ):
            data = self._decrypt()
            if data:
                self._upper.data_received(data)
        self._flush()
        if self._state is State.ENDED and self._is_reading and not self._is_closing:
            self._state = State.TOLD
            self._end()

    def _shake_hands(self) -> None:
        if self._is_server and self._records.first[:1] not in FIRST_RECORDS:
            # OpenSSL would say so to some of these, Go says nothing.
            self._fail(HandshakeError(NO_TLS))
            return
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            self._flush()
            return
        except ssl.SSLEOFError:
            self._fail(HandshakeError(self._eof_text()))
            return
        except ssl.SSLError as error:
            self._fail(HandshakeError(error_text(error)))
            return
        self._flush()
        self._state = State.SECURED
        self._on_secured(self)
        early, self._early, self._early_bytes = self._early, [], 0
        if early and not self._is_closing:
            self._encrypt(b"".join(early))
        self._match_upper()

    def _has_unread(self) -> bool:
        """Tell whether a read can give anything: to find out by an exception would cost more.

        OpenSSL takes the bytes of a record that is not whole yet out of the buffer.
        """
        return bool(self._incoming.pending or self._incoming.eof or self.tls.pending())

    def _decrypt(self) -> bytes:
        """Give what can be read now, at most about READ_BYTES_MAX; empty when there is nothing."""
        parts: list[bytes] = []
        size = 0
        try:
            while size < READ_BYTES_MAX and self._has_unread():
                part = self.tls.read(RECORD_BYTES_MAX)
                if not part:
                    self._state = State.ENDED
                    break
                parts.append(part)
                size += len(part)
        except ssl.SSLWantReadError:
            pass
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
            # A FIN between two records ends the stream as well as close_notify, as it does for Go.
            self._state = State.ENDED
            if self._records.is_inside:
                self._error = LayerError(self._eof_text())
        except ssl.SSLError as error:
            self._state = State.ENDED
            self._error = LayerError(error_text(error))
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _encrypt(self, data: bytes | bytearray | memoryview) -> None:
        try:
            written = self.tls.write(data)
            if written < len(data):  # a record at a time
                with memoryview(data) as view:
                    while written < len(data):
                        written += self.tls.write(view[written:])
        except ssl.SSLError as error:
            self._fail(LayerError(error_text(error)))
            return
        self._lower.write(self._outgoing.read())

    def _eof_text(self) -> str:
        return "unexpected EOF" if self._records.is_inside else "EOF"

    def _end(self) -> None:
        if self._error is not None:
            self._fail(self._error)
        elif not self._upper.eof_received():
            self.close()

    def _fail(self, error: Exception) -> None:
        self._state = State.ENDED
        self._flush()  # the alert that says why
        self._give_up(error)

    def _flush(self) -> None:
        if self._outgoing.pending and not self._is_closing:
            self._answer(self._outgoing.read())

    def _say_goodbye(self) -> None:
        # The peer's own goodbye is not waited for; and the session may be broken already.
        with suppress(ssl.SSLError):
            self.tls.unwrap()
        if self._outgoing.pending:
            self._lower.write(self._outgoing.read())

    def _match_upper(self) -> None:
        """Pause the protocol above, or resume it, by what is held here and below."""
        is_full = self._is_lower_full or self._early_bytes > self.get_write_buffer_limits()[1]
        if is_full is self._is_upper_paused:
            return
        self._is_upper_paused = is_full
        if is_full:
            self._upper.pause_writing()
        else:
            self._upper.resume_writing()
