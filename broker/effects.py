"""What a broker wants done. The order of the effects is the contract."""

from enum import StrEnum
from typing import TypeAlias

from natsim.record import record


class CloseReason(StrEnum):
    """Why the broker closed a connection, in the words of nats-server's /connz."""

    CLIENT_CLOSED = "Client Closed"
    AUTHENTICATION_TIMEOUT = "Authentication Timeout"
    AUTHENTICATION_FAILURE = "Authentication Failure"
    AUTHENTICATION_EXPIRED = "Authentication Expired"
    CREDENTIALS_REVOKED = "Credentials Revoked"
    TLS_HANDSHAKE_FAILURE = "TLS Handshake Failure"
    SLOW_CONSUMER_PENDING_BYTES = "Slow Consumer (Pending Bytes)"
    SLOW_CONSUMER_WRITE_DEADLINE = "Slow Consumer (Write Deadline)"
    WRITE_ERROR = "Write Error"
    READ_ERROR = "Read Error"
    PARSE_ERROR = "Parse Error"
    STALE_CONNECTION = "Stale Connection"
    PROTOCOL_VIOLATION = "Protocol Violation"
    BAD_CLIENT_PROTOCOL_VERSION = "Bad Client Protocol Version"
    INCORRECT_PORT = "Incorrect Port"
    MAX_CONNECTIONS_EXCEEDED = "Maximum Connections Exceeded"
    MAX_ACCOUNT_CONNECTIONS_EXCEEDED = "Maximum Account Connections Exceeded"
    MAX_SUBSCRIPTIONS_EXCEEDED = "Maximum Subscriptions Exceeded"
    MAX_PAYLOAD_EXCEEDED = "Maximum Message Payload Exceeded"
    MAX_CONTROL_LINE_EXCEEDED = "Maximum Control Line Exceeded"
    SERVER_SHUTDOWN = "Server Shutdown"
    MISSING_ACCOUNT = "Missing Account"
    NO_RESPONDERS_REQUIRES_HEADERS = "No Responders Requires Headers"
    KICKED = "Kicked"


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
class StartTls:
    """Shake hands after everything already sent; answered by Secured, or by Disconnected.

    is_optional: a client whose first byte is not that of a handshake goes on plainly.
    """

    conn: int
    is_optional: bool


@record
class Verify:
    """Compare a password with a bcrypt hash, off the event loop; answered by Verified."""

    conn: int
    password: bytes
    hashed: bytes


@record
class Sync:
    """Keep what was done on the disk so far, whatever happens; answered by Synced or SyncFailed.

    ticket: the broker's number for it. files: what they hold. dirs: which names are in them, and
    that they are there themselves; the root is the empty name.
    """

    ticket: int
    files: tuple[str, ...]
    dirs: tuple[str, ...]


@record
class StopListening:
    """Take no more clients, on any listener."""


@record
class Exit:
    """End the process; every connection is closed or will be by its own effect before this."""

    status: int


@record
class Note:
    """A log line."""

    level: Level
    text: str


Effect: TypeAlias = (
    Send
    | Close
    | Abort
    | PauseReading
    | ResumeReading
    | StartTls
    | Verify
    | Sync
    | StopListening
    | Exit
    | Note
)
