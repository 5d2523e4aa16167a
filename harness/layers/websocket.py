"""WebSocket over any transport, on the server's side.

Laws of the file: messages have no meaning here, their bytes are one stream either way; bytes are
handed on as they come, whatever length a frame announces; what a client compressed is inflated in
small pieces.
Source: RFC 6455, RFC 7692; nats-server's server/websocket.go, 2.15.1, where it differs.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import FrameProtocol, Opcode, ParseFailed

from natsim.broker.effects import CloseReason

from .errors import LayerError
from .layer import Layer
from .upgrade import DEFLATE_ANSWER, Opened, Refused, UpgradeHandshake
from .websocket_frames import ClientFrames, error_text

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from wsproto.frame_protocol import Frame

    from natsim.broker.events import Upgrade

READ_BYTES_MAX = 64 * 1024
"""How much is gathered of a client's frames before it is handed on."""

INFLATE_BYTES = 1024
"""How much of a compressed frame is looked at in one go: it may become a thousand times as much."""

DEAF_S = 0.5
"""How long a refused client may go on talking before the connection is closed."""

BROWSER_FRAME_BYTES = 4096
DEFLATE_BYTES_MIN = 64
"""Less than this, and this itself, is not worth compressing."""

_CLOSE_TEXT_BYTES_MAX = 123

_POLICY, _PROTOCOL, _GOING_AWAY, _FAULT = 1008, 1002, 1001, 1011

_STATUS = {
    CloseReason.CLIENT_CLOSED: 1000,
    CloseReason.AUTHENTICATION_TIMEOUT: _POLICY,
    CloseReason.AUTHENTICATION_FAILURE: _POLICY,
    CloseReason.AUTHENTICATION_EXPIRED: _POLICY,
    CloseReason.CREDENTIALS_REVOKED: _POLICY,
    CloseReason.MAX_ACCOUNT_CONNECTIONS_EXCEEDED: _POLICY,
    CloseReason.MAX_CONNECTIONS_EXCEEDED: _POLICY,
    CloseReason.MAX_CONTROL_LINE_EXCEEDED: _POLICY,
    CloseReason.MAX_SUBSCRIPTIONS_EXCEEDED: _POLICY,
    CloseReason.MISSING_ACCOUNT: _POLICY,
    CloseReason.PARSE_ERROR: _PROTOCOL,
    CloseReason.PROTOCOL_VIOLATION: _PROTOCOL,
    CloseReason.BAD_CLIENT_PROTOCOL_VERSION: _PROTOCOL,
    CloseReason.MAX_PAYLOAD_EXCEEDED: 1009,
    CloseReason.STALE_CONNECTION: _GOING_AWAY,
    CloseReason.SERVER_SHUTDOWN: _GOING_AWAY,
}
"""What a Close frame says of each reason; `_FAULT` of those that are not here."""

_WORDLESS = (
    CloseReason.READ_ERROR,
    CloseReason.WRITE_ERROR,
    CloseReason.SLOW_CONSUMER_PENDING_BYTES,
    CloseReason.SLOW_CONSUMER_WRITE_DEADLINE,
    CloseReason.TLS_HANDSHAKE_FAILURE,
)
"""After these nothing is sent."""


class WebsocketLayer(Layer):
    """Speaks HTTP until a WebSocket is opened, and WebSocket from then on.

    on_open: called once; before, nothing is handed on and nothing may be written.
    on_refused: called with the reason, for the log, for every request that was not granted.
    """

    def __init__(
        self,
        lower: asyncio.Transport,
        upper: asyncio.Protocol,
        loop: asyncio.AbstractEventLoop,
        handshake: UpgradeHandshake,
        on_open: Callable[[Upgrade], None],
        on_refused: Callable[[str], None],
    ) -> None:
        super().__init__(lower, upper)
        self._loop = loop
        self._handshake: UpgradeHandshake | None = handshake
        self._on_open = on_open
        self._on_refused = on_refused
        self._incoming = bytearray()
        self._piece_bytes = READ_BYTES_MAX
        self._is_close_sent = False
        self._is_deaf = False
        self._frame_bytes_max = 0
        self._plain = FrameProtocol(client=False, extensions=[])
        self._deflating: FrameProtocol | None = None

    def finish(self, reason: CloseReason) -> None:
        """Say why the connection is about to be closed."""
        if self._handshake is None and reason not in _WORDLESS:
            self._send_close(_STATUS.get(reason, _FAULT), reason.value.encode())

    # What the transport below tells.

    def data_received(self, data: bytes) -> None:
        if self._is_deaf:
            return
        if self._handshake is not None:
            self._negotiate(self._handshake, data)
            return
        self._incoming += data
        self._go_on()

    # What the protocol above wants.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not data or self._is_closing:
            return
        frames, step = self._plain, self._frame_bytes_max or len(data)
        if self._deflating is not None and len(data) > DEFLATE_BYTES_MIN:
            frames = self._deflating
        if len(data) <= step:
            self._lower.write(bytes(frames.send_data(bytes(data))))
            return
        with memoryview(data) as view:
            pieces = [
                frames.send_data(bytes(view[start : start + step]))
                for start in range(0, len(view), step)
            ]
        self._lower.write(b"".join(pieces))

    def resume_reading(self) -> None:
        super().resume_reading()
        # There may be frames here that no byte from below will announce.
        self._loop.call_soon(self._go_on)

    # Within.

    def _negotiate(self, handshake: UpgradeHandshake, data: bytes) -> None:
        handshake.receive(data)
        while not (self._is_closing or self._is_deaf) and (answer := handshake.next()) is not None:
            if answer.reply:
                self._answer(answer.reply)
            if isinstance(answer, Opened):
                self._open(answer)
                return
            self._refuse(answer)

    def _refuse(self, answer: Refused) -> None:
        if answer.why:
            self._on_refused(answer.why)
        if not answer.is_last:
            return
        if answer.reply and self._lower.can_write_eof():
            # Closed with bytes unread, the answer would be lost to an RST: Go waits as well.
            self._is_deaf = True
            self._lower.write_eof()
            self._loop.call_later(DEAF_S, self.close)
        else:
            self.close()

    def _open(self, opened: Opened) -> None:
        self._handshake = None
        inward: list[PerMessageDeflate] = []
        if opened.is_deflating:
            inward = [_deflate()]
            self._deflating = FrameProtocol(client=False, extensions=[_deflate()])
            self._piece_bytes = INFLATE_BYTES
        if opened.is_browser:
            self._frame_bytes_max = BROWSER_FRAME_BYTES
        self._frames = ClientFrames(opened.is_masked, inward)
        self._on_open(opened.upgrade)

    def _go_on(self) -> None:
        while self._is_reading and not self._is_closing:
            data, end = self._read()
            if data:
                self._upper.data_received(data)
            if end is not None and not self._is_closing:
                self._end(end)
            elif not data:
                break

    def _read(self) -> tuple[bytes, Frame | LayerError | None]:
        """Give what can be read now, at most about READ_BYTES_MAX, and what ends it behind that."""
        parts: list[bytes] = []
        size = 0
        while size < READ_BYTES_MAX:
            try:
                frame = self._frames.process_buffer()
                if frame is not None and not frame.opcode.iscontrol():
                    part = _bytes(frame)
                    parts.append(part)
                    size += len(part)
                    continue
            except ParseFailed as error:
                return b"".join(parts), LayerError(error_text(error))
            if frame is not None:
                if frame.opcode is Opcode.CLOSE:
                    return b"".join(parts), frame
                if frame.opcode is Opcode.PING:
                    self._answer(bytes(self._plain.pong(_bytes(frame))))
            elif self._incoming:
                self._frames.receive_bytes(bytes(self._incoming[: self._piece_bytes]))
                del self._incoming[: self._piece_bytes]
            else:
                break
        return b"".join(parts), None

    def _end(self, end: Frame | LayerError) -> None:
        if isinstance(end, LayerError):
            self._give_up(end)
            return
        if mistake := self._answer_close(_bytes(end)):
            self._give_up(LayerError(mistake))
        elif not self._upper.eof_received():
            self.close()

    def _answer_close(self, payload: bytes) -> str:
        """Send the client's Close back; gives what is wrong with it, nothing for a good one."""
        if not payload:
            self._send_close(None, b"")
            return ""
        if len(payload) == 1:
            return "close frame payload cannot be 1 byte"
        (status,) = struct.unpack_from("!H", payload)
        if not _is_sendable(status):
            return f"invalid close status code {status}"
        text = payload[2:]
        try:
            text.decode()
        except UnicodeDecodeError:
            status, text = 1007, b"invalid utf8 body in close frame"
        self._send_close(status, text)
        return ""

    def _send_close(self, status: int | None, text: bytes) -> None:
        if self._is_close_sent or self._is_closing:
            return
        self._is_close_sent = True
        self._answer(bytes(self._plain.close(status, text.decode()[:_CLOSE_TEXT_BYTES_MAX])))


def _deflate() -> PerMessageDeflate:
    extension = PerMessageDeflate()
    extension.finalize(DEFLATE_ANSWER)
    return extension


def _bytes(frame: Frame) -> bytes:
    assert isinstance(frame.payload, bytes)  # it is anything else for messages, not for frames
    return frame.payload


def _is_sendable(status: int) -> bool:
    """Tell whether a Close frame may carry a status: RFC 6455, 7.4."""
    return 1000 <= status < 5000 and status not in (1004, 1005, 1006) and not 1015 <= status < 3000
