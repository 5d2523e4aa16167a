"""What can happen to a broker."""

from enum import StrEnum
from typing import TypeAlias

from natsim.record import record

from .disk import DiskFault
from .nats.options import Options

RECEIVED_BYTES_MAX = 65_536


class ConnectionKind(StrEnum):
    """What a listener is for, in the words of /connz."""

    CLIENT = "nats"
    WEBSOCKET = "websocket"


@record
class PeerCertificate:
    """What the server knows of a client by its certificate.

    names: that a user may be mapped from, in the order they are tried: e-mail, DNS and URI
    alternative names, then the subject in the spellings nats-server tries. subject: as Go prints
    it. spki_sha256, cert_sha256: in hexadecimal. distinguished_name: the one of names whose parts
    may stand in any order, empty for none.
    """

    names: tuple[str, ...]
    subject: str
    spki_sha256: str
    cert_sha256: str
    distinguished_name: str = ""


@record
class TlsSession:
    """A finished handshake. version: `1.3`. cipher_suite: as Go names it. is_first: before INFO."""

    version: str
    cipher_suite: str
    is_first: bool
    peer: PeerCertificate | None


@record
class Upgrade:
    """The request by which a WebSocket was opened.

    forwarded_for: the client's address by X-Forwarded-For, empty for none. The others: cookies
    that stand in for what CONNECT leaves out, empty for none.
    """

    forwarded_for: str = ""
    jwt: str = ""
    user: str = ""
    password: str = ""
    token: str = ""


@record
class Connected:
    """A client connected. conn: the driver's number for it, never used twice.

    tls: set when TLS came before anything else. upgrade: set on a WebSocket.
    """

    conn: int
    peer_host: str
    peer_port: int
    kind: ConnectionKind = ConnectionKind.CLIENT
    tls: TlsSession | None = None
    upgrade: Upgrade | None = None


@record
class Secured:
    """The TLS handshake that StartTls asked for is done."""

    conn: int
    tls: TlsSession


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
class Verified:
    """The answer to Verify."""

    conn: int
    is_right: bool


@record
class Synced:
    """All that a Sync was to keep is kept: what was done before it was emitted, and no more."""

    ticket: int


@record
class SyncFailed:
    """A Sync failed. names: the files and directories that it failed for: they are poisoned now."""

    ticket: int
    fault: DiskFault
    names: tuple[str, ...]


@record
class Disconnected:
    """A client's connection is gone. error: what the network said, empty for an orderly end.

    is_handshake: it ended because the TLS handshake failed.
    """

    conn: int
    error: str
    is_handshake: bool = False


@record
class TimeReached:
    """The deadline the broker asked for has come; being early is harmless."""


@record
class Reload:
    """The operator gave new options; the driver has already checked that they may change."""

    options: Options


@record
class LameDuck:
    """The operator wants the server to send its clients away, little by little, then to exit."""


@record
class Stop:
    """The operator wants the server to exit."""


Event: TypeAlias = (
    Connected
    | Secured
    | Received
    | Drained
    | Verified
    | Synced
    | SyncFailed
    | Disconnected
    | TimeReached
    | Reload
    | LameDuck
    | Stop
)
