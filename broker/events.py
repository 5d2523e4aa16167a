"""What can happen to a broker."""

from typing import TypeAlias

from natsim.record import record

RECEIVED_BYTES_MAX = 65_536


@record
class Connected:
    """A client connected. conn: the driver's number for it, never used twice."""

    conn: int
    peer_host: str
    peer_port: int


@record
class Received:
    """A client sent bytes: 1 to RECEIVED_BYTES_MAX of them, cut anywhere."""

    conn: int
    data: bytes


@record
class Drained:
    """The driver holds this many bytes for a client that the network has not taken yet."""

    conn: int
    pending_bytes: int


@record
class Disconnected:
    """A client's connection is gone. error: what the network said, empty for an orderly end."""

    conn: int
    error: str


@record
class TimeReached:
    """The deadline the broker asked for has come; being early is harmless."""


Event: TypeAlias = Connected | Received | Drained | Disconnected | TimeReached
