"""A MSG or HMSG of a server, taken apart for cases that look into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.record import record

from .frames import is_message

if TYPE_CHECKING:
    from .connection import Connection

_MSG_WORDS, _HMSG_WORDS = 4, 5


@record
class Message:
    """reply: b"" if there is none. headers: by name as written; the last one wins."""

    subject: bytes
    sid: bytes
    reply: bytes
    headers: dict[str, str]
    payload: bytes


def message_of(connection: Connection, frame: bytes) -> Message:
    """Take a frame apart. Raises Failed if it is no message."""
    line, _, rest = frame.partition(b"\r\n")
    words = line.split()
    wanted = _HMSG_WORDS if frame.startswith(b"HMSG") else _MSG_WORDS
    if not is_message(frame) or not wanted <= len(words) <= wanted + 1:
        raise connection.failed(b"MSG ...", frame, "a message should have come")
    reply = words[3] if len(words) > wanted else b""
    head_size = int(words[-2]) if wanted == _HMSG_WORDS and words[-2].isdigit() else 0
    lines = rest[:head_size].decode("utf-8", "replace").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines if line)
    return Message(
        subject=words[1],
        sid=words[2],
        reply=reply,
        headers={name: value.strip() for name, _, value in pairs},
        payload=rest[head_size:-2],
    )
