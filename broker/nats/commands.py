"""The commands a client can send, parsed.

Texts that nats-server repeats byte for byte (sizes, subjects, sids) stay as they came.
"""

from typing import TypeAlias

from natsim.record import record


@record
class Connect:
    """CONNECT, and INFO from a client: json is the argument as it came."""

    json: bytes


@record
class Info:
    """INFO from a client: decoded and thrown away."""

    json: bytes


@record
class Ping:
    """PING."""


@record
class Pong:
    """PONG."""


@record
class Okay:
    """+OK from a client: accepted and ignored."""


@record
class Complaint:
    """-ERR from a client: it ends the connection."""

    text: bytes


@record
class PublishLine:
    """The control line of PUB or HPUB; its payload follows.

    text: the whole line with its end. reply: empty for none. header_text: None for PUB.
    header_size: 0 for PUB. size_text: all bytes that follow, as written.
    is_from_server: it came from no client.
    """

    text: bytes
    subject: bytes
    reply: bytes
    header_text: bytes | None
    header_size: int
    size_text: bytes
    size: int
    is_from_server: bool = False


@record
class Publish:
    """PUB or HPUB, complete. frame: headers, payload, and the CR LF after it."""

    line: PublishLine
    frame: bytes


@record
class Subscribe:
    """SUB. queue: empty for a plain subscription."""

    subject: bytes
    queue: bytes
    sid: bytes


@record
class Unsubscribe:
    """UNSUB. limit: messages since SUB after which it ends, 0 for at once."""

    sid: bytes
    limit: int


Command: TypeAlias = (
    Connect
    | Info
    | Ping
    | Pong
    | Okay
    | Complaint
    | PublishLine
    | Publish
    | Subscribe
    | Unsubscribe
)
