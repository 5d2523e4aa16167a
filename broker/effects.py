"""What a broker wants done. The order of the effects is the contract."""

from enum import StrEnum
from typing import TypeAlias

from natsim.record import record


class CloseReason(StrEnum):
    """Why the broker closed a connection, in the words of nats-server's /connz."""

    CLIENT_CLOSED = "Client Closed"
    READ_ERROR = "Read Error"
    PROTOCOL_VIOLATION = "Protocol Violation"
    PARSE_ERROR = "Parse Error"
    STALE_CONNECTION = "Stale Connection"
    SLOW_CONSUMER_PENDING_BYTES = "Slow Consumer (Pending Bytes)"
    MAX_CONNECTIONS_EXCEEDED = "Maximum Connections Exceeded"
    MAX_PAYLOAD_EXCEEDED = "Maximum Message Payload Exceeded"
    MAX_CONTROL_LINE_EXCEEDED = "Maximum Control Line Exceeded"
    BAD_CLIENT_PROTOCOL_VERSION = "Bad Client Protocol Version"
    NO_RESPONDERS_REQUIRES_HEADERS = "No Responders Requires Headers"
    AUTHENTICATION_FAILURE = "Authentication Failure"


class Level(StrEnum):
    """The level of a log line, as nats-server prints it."""

    INFO = "INF"
    WARNING = "WRN"
    ERROR = "ERR"
    DEBUG = "DBG"


@record
class Send:
    """Write the chunks to a client, in order, after everything already sent to it."""

    conn: int
    chunks: list[bytes]


@record
class Close:
    """Close a connection once everything sent before is written; read nothing more from it."""

    conn: int
    reason: CloseReason


@record
class Abort:
    """Close a connection at once; what is not written yet is lost, even in mid frame."""

    conn: int
    reason: CloseReason


@record
class PauseReading:
    """Read no more from a client until ResumeReading: it publishes faster than others read."""

    conn: int


@record
class ResumeReading:
    """Read from a client again."""

    conn: int


@record
class Note:
    """A log line."""

    level: Level
    text: str


Effect: TypeAlias = Send | Close | Abort | PauseReading | ResumeReading | Note
