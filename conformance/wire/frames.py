"""What a server writes, cut into frames.

A frame is one line with its end; that of a message has its payload behind it.
"""

from __future__ import annotations

_CRLF = b"\r\n"


class FrameCutter:
    """Cuts what comes from a server, in pieces of any size.

    rest: what is no whole frame yet.
    """

    def __init__(self) -> None:
        self.rest = b""
        self._wanted = 0  # bytes of rest without which it is no use to look again

    def feed(self, data: bytes) -> list[bytes]:
        """Take more bytes; give the frames that are whole now."""
        self.rest += data
        frames: list[bytes] = []
        while len(self.rest) >= self._wanted:
            size = self._frame_size()
            if size is None or size > len(self.rest):
                self._wanted = size or len(self.rest) + 1
                break
            frames.append(self.rest[:size])
            self.rest = self.rest[size:]
            self._wanted = 0
        return frames

    def _frame_size(self) -> int | None:
        line_size = self.rest.find(b"\n") + 1
        if not line_size:
            return None
        if not is_message(self.rest):
            return line_size
        payload = self.rest[:line_size].split()[-1]
        # A size that is none is the server's mistake: it will be seen in the comparison.
        return line_size + (int(payload) + len(_CRLF) if payload.isdigit() else 0)


def is_message(frame: bytes) -> bool:
    """Tell whether a frame is MSG or HMSG."""
    return frame.startswith((b"MSG ", b"HMSG "))


def common_length(one: bytes, other: bytes) -> int:
    """Give the number of bytes with which both begin."""
    if one == other:
        return len(one)
    low, high = 0, min(len(one), len(other))
    while low < high:  # payloads of megabytes are compared too
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low
