"""What comes of a login."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, assert_never

from natsim.broker.effects import CloseReason, Level
from natsim.broker.nats.options.account import UNLIMITED
from natsim.broker.nats.quote import quoted
from natsim.record import record

if TYPE_CHECKING:
    from natsim.broker.nats.connect import ConnectOptions
    from natsim.broker.nats.options import Permissions


@record
class Expiry:
    """When an admission ends, and the text of the -ERR that then ends the connection."""

    wall_ns: int
    error: str


@record
class Admitted:
    """A client may stay.

    options: the client's from now on, with what no_auth_user, a cookie or a certificate filled in.
    user: as /connz shows it (`authorized_user`), empty for nobody. account: its name.
    permissions: None for everything. max_subscriptions, max_payload: of the user's JWT; those of
    its account and of the server hold beside them.
    jwt, issuer_key, name_tag, tags: as /connz shows them. subject: the user's key in operator mode.
    proof: the configured password and the one it matched, so that a reload need not have a hash
    compared again; None without a password.
    """

    options: ConnectOptions
    user: str
    account: str
    permissions: Permissions | None = None
    max_subscriptions: int = UNLIMITED
    max_payload: int = UNLIMITED
    expiry: Expiry | None = None
    jwt: str = ""
    issuer_key: str = ""
    name_tag: str = ""
    tags: tuple[str, ...] = ()
    subject: str = ""
    proof: tuple[bytes, bytes] | None = None


@record
class Refused:
    """A client is sent away with `-ERR 'Authorization Violation'`.

    identity: what stands behind ` - ` in the log line `authentication error`, empty for nothing.
    complaint: another log line, before that one, at the level said; empty for none.
    """

    identity: str
    complaint: str = ""
    level: Level = Level.DEBUG


@record
class NeedsCallout:
    """A service is asked, whatever the server itself thinks of the client: see callout.

    options: the client's, with what no_auth_user, a cookie or a certificate filled in.
    refused: what comes of it if the service says no, or nothing in time.
    """

    options: ConnectOptions
    refused: Refused


@record
class NeedsPassword:
    """All depends on whether password is the one that was hashed, which takes bcrypt its time."""

    hashed: bytes
    password: bytes
    then: Admitted
    otherwise: Refused | NeedsCallout


@record
class Gone:
    """After a reload a client has no place here any more. error: text of -ERR, empty for none."""

    reason: CloseReason
    error: str = ""


Outcome: TypeAlias = Admitted | NeedsPassword | NeedsCallout | Refused
Standing: TypeAlias = Admitted | NeedsPassword | NeedsCallout | Refused | Gone


def raw_user(options: ConnectOptions, subject: str = "") -> str:
    """Name a client as /connz does. subject: of its JWT, empty until that is proven."""
    token = "[REDACTED]" if options.auth_token else ""
    return options.nkey or options.user or (subject if options.jwt else token)


def identity_of(options: ConnectOptions, subject: str = "") -> str:
    """Name a client as log lines do, empty for one without a name."""
    if options.nkey:
        return f"Nkey {quoted(options.nkey)}"
    if options.user:
        return f"User {quoted(options.user)}"
    if options.jwt:
        return f"JWT User {quoted(subject)}" if subject else ""
    return 'Token "[REDACTED]"' if options.auth_token else ""


def refusal_of(outcome: Outcome) -> Refused:
    """Give what comes of a login that is to fail for another reason."""
    match outcome:
        case Refused():
            return outcome
        case NeedsCallout():
            return outcome.refused
        case NeedsPassword():
            return refusal_of(outcome.otherwise)
        case Admitted():
            return Refused(identity_of(outcome.options, outcome.subject))
        case _:
            assert_never(outcome)
