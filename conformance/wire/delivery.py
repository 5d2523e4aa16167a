"""A message as the server delivered it, read from its frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.failure import Failed
from natsim.record import record

from .dialogue import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

_CRLF = b"\r\n"
_WORDS = {b"MSG": (4, 5), b"HMSG": (5, 6)}


@record
class Delivery:
    """What MSG or HMSG brings. reply, headers: empty where there are none."""

    subject: bytes
    sid: bytes
    reply: bytes
    headers: bytes
    payload: bytes

    def fields(self) -> dict[str, str]:
        """Give the headers by their names as written; of those of one name the last."""
        lines = self.headers.decode("utf-8", "replace").split("\r\n")[1:]
        pairs = (line.partition(":") for line in lines if line)
        return {name: value.strip() for name, _, value in pairs}


def read_deliveries(frames: Iterable[bytes]) -> list[Delivery]:
    """Read frames that must all be messages. Raises Failed."""
    return [read_delivery(frame) for frame in frames]


def numbers_of(deliveries: Iterable[Delivery]) -> list[int]:
    """Give the numbers that the payloads must be, in their order. Raises Failed."""
    numbers: list[int] = []
    for delivery in deliveries:
        if not delivery.payload.isdigit():
            raise Failed(f"the payload is a number, {shortened(delivery.payload)!r} came")
        numbers.append(int(delivery.payload))
    return numbers


def read_delivery(frame: bytes) -> Delivery:
    r"""Read a frame that must be a message. Raises Failed.

    >>> read_delivery(b"MSG a.b 7 2\r\nhi\r\n").payload
    b'hi'
    """
    line, _, rest = frame.partition(_CRLF)
    verb, *words = line.split(b" ")
    sizes = words[-2:] if verb == b"HMSG" else words[-1:]
    if len(words) + 1 not in _WORDS.get(verb, ()) or not all(map(bytes.isdigit, sizes)):
        raise Failed(f"a message was expected, this came: {shortened(frame)!r}")
    header_size = int(sizes[0]) if verb == b"HMSG" else 0
    if rest[int(sizes[-1]) :] != _CRLF:
        raise Failed(f"the payload is not as long as its size says: {shortened(frame)!r}")
    reply = words[2] if len(words) + 1 == _WORDS[verb][1] else b""
    payload = rest[header_size : -len(_CRLF)]
    return Delivery(words[0], words[1], reply, rest[:header_size], payload)
