"""The frames of a client, read by wsproto, with what nats-server does otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsproto.frame_protocol import FrameDecoder, Opcode, ParseFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wsproto.extensions import Extension
    from wsproto.frame_protocol import Frame, RsvBits

_CONTROL_BYTES_MAX = 125

_TEXTS = {
    "Invalid attempt to fragment control frame": "control frame does not have final bit set",
    "server received unexpected unmasked frame": "mask bit missing",
    "error in extension": "flate: corrupt input",
}
_INVALID_OPCODE = "Invalid opcode "


def error_text(error: ParseFailed) -> str:
    """Say what is wrong with a frame, in nats-server's words where it has some."""
    text = str(error)
    if text.startswith(_INVALID_OPCODE):
        return f"unknown opcode {int(text.removeprefix(_INVALID_OPCODE), 16)}"
    return _TEXTS.get(text, text)


class ClientFrames(FrameDecoder):
    """Gives the pieces of frames as they come: payloads, not text, whatever the opcode.

    is_masked: whether the client masks them, as all should.
    """

    def __init__(self, is_masked: bool, extensions: Sequence[Extension]) -> None:
        # What a server sends is not masked: a client that does not mask is read as one.
        super().__init__(client=not is_masked, extensions=list(extensions))
        self._is_in_frame = False
        self._is_in_message = False

    def process_buffer(self) -> Frame | None:
        """Give the next piece of a frame, None when it is not here yet. Raises ParseFailed."""
        frame = super().process_buffer()
        if frame is not None and not frame.opcode.iscontrol():
            self._follow(frame)
        return frame

    def parse_extended_payload_length(self, opcode: Opcode, payload_len: int) -> int | None:
        """Read a length; unlike wsproto, also one that is written longer than it need be."""
        if opcode.iscontrol() and payload_len > _CONTROL_BYTES_MAX:
            raise ParseFailed("control frame length bigger than maximum allowed of 125 bytes")
        size = {126: 2, 127: 8}.get(payload_len)
        if size is None:
            return payload_len
        written = self.buffer.consume_exactly(size)
        if written is None:
            return None
        length = int.from_bytes(written, "big")
        if length >> 63:
            raise ParseFailed("invalid 64-bit payload length")
        return length

    def extension_processing(self, opcode: Opcode, rsv: RsvBits, payload_len: int) -> None:
        """Look at the reserved bits."""
        if rsv.rsv2 or rsv.rsv3:
            raise ParseFailed("RSV2 and RSV3 must be clear")
        if rsv.rsv1 and not self.extensions:
            raise ParseFailed("compressed frame received without negotiated permessage-deflate")
        if rsv.rsv1 and opcode.iscontrol():
            raise ParseFailed("control frame must not be compressed")
        if rsv.rsv1 and opcode is Opcode.CONTINUATION:
            raise ParseFailed("invalid continuation frame")
        super().extension_processing(opcode, rsv, payload_len)

    def _follow(self, piece: Frame) -> None:
        """See to it that the frames of a message are in order."""
        if not self._is_in_frame:
            if self._is_in_message and piece.opcode is not Opcode.CONTINUATION:
                raise ParseFailed(
                    "new message started before final frame for previous message was received"
                )
            if not self._is_in_message and piece.opcode is Opcode.CONTINUATION:
                raise ParseFailed("invalid continuation frame")
        self._is_in_frame = not piece.frame_finished
        self._is_in_message = self._is_in_frame or not piece.message_finished
