"""What JWTs claim, as values. Zero and empty are what a claim left out says, -1 is no limit.

Source: nats-io/jwt v2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

NO_LIMIT = -1
ALL = "*"
"""In a list of revocations: every key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """The claims every JWT may have.

    issuer, subject: public keys; the issuer has signed. issued_s, expires_s, not_before_s:
    seconds since 1970, 0 for unsaid. version: 1 or 2.
    """

    issuer: str
    subject: str
    name: str = ""
    audience: str = ""
    jti: str = ""
    issued_s: int = 0
    expires_s: int = 0
    not_before_s: int = 0
    version: int = 2
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """Leave to answer requests. ttl_ns: 0 stands for the default, as does max 0."""

    max: int = 0
    ttl_ns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Subjects to publish to and to subscribe to; those of a role may hold templates."""

    publish_allow: tuple[str, ...] = ()
    publish_deny: tuple[str, ...] = ()
    subscribe_allow: tuple[str, ...] = ()
    subscribe_deny: tuple[str, ...] = ()
    response: Response | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """A part of the day, `HH:MM:SS` each; it may span midnight."""

    start: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """What a user may do, or every user of a scoped signing key.

    sources: CIDRs; empty for everywhere. hours: empty for always. zone: name of the time zone of
    hours, empty for the server's own.
    """

    rules: Rules = Rules()
    sources: tuple[str, ...] = ()
    hours: tuple[Hours, ...] = ()
    zone: str = ""
    subscriptions: int = 0
    data: int = 0
    payload: int = 0
    is_bearer: bool = False
    is_proxy_required: bool = False
    connection_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorClaims:
    """Who signs accounts. is_strict: signing keys alone do, not the operator's own."""

    registered: Registered
    signing_keys: tuple[str, ...] = ()
    account_server_url: str = ""
    service_urls: tuple[str, ...] = ()
    system_account: str = ""
    server_version: str = ""
    is_strict: bool = False


class ShareKind(StrEnum):
    """What accounts give each other."""

    STREAM = "stream"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportClaim:
    """Something an account gives. revocations: seconds by importing account.

    needs_token: importers must show an activation. latency_sampling: 0 for by headers.
    """

    kind: ShareKind | None = None
    subject: str = ""
    name: str = ""
    needs_token: bool = False
    revocations: Mapping[str, int] = field(default_factory=dict[str, int])
    response_type: str = ""
    threshold_ns: int = 0
    latency_subject: str | None = None
    latency_sampling: int = 0
    token_position: int = 0
    allows_trace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportClaim:
    """Something an account takes. token: an activation, empty where none is needed.

    to: the old way of naming where it appears, local_subject the present one.
    """

    kind: ShareKind | None = None
    account: str = ""
    subject: str = ""
    name: str = ""
    token: str = ""
    to: str = ""
    local_subject: str = ""
    shares: bool = False
    allows_trace: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLimitsClaim:
    """The limits an operator sets. has_any: false if the claim says none at all."""

    subscriptions: int = 0
    data: int = 0
    payload: int = 0
    imports: int = 0
    exports: int = 0
    has_wildcard_exports: bool = False
    refuses_bearers: bool = False
    connections: int = 0
    leafnodes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationClaim:
    """Where a mapping leads. weight: 0 stands for 100."""

    subject: str
    weight: int = 0
    cluster: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalAuthorization:
    """An auth callout: users that are not asked about, accounts it may place users in."""

    auth_users: tuple[str, ...] = ()
    allowed_accounts: tuple[str, ...] = ()
    xkey: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountClaims:
    """An account.

    signing_keys: with each its role's grant, None for a key whose users say themselves what they
    may. revocations: seconds by user key or ALL; users issued then or before are out.
    """

    registered: Registered
    limits: AccountLimitsClaim = AccountLimitsClaim()
    signing_keys: Mapping[str, Grant | None] = field(default_factory=dict[str, "Grant | None"])
    exports: tuple[ExportClaim, ...] = ()
    imports: tuple[ImportClaim, ...] = ()
    default_rules: Rules = Rules()
    mappings: Mapping[str, tuple[DestinationClaim, ...]] = field(
        default_factory=dict[str, tuple[DestinationClaim, ...]]
    )
    revocations: Mapping[str, int] = field(default_factory=dict[str, int])
    authorization: ExternalAuthorization = ExternalAuthorization()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserClaims:
    """A user. issuer_account: the account, where a signing key of it is the issuer."""

    registered: Registered
    grant: Grant = Grant()
    issuer_account: str = ""

    @property
    def account(self) -> str:
        """The key of the user's account."""
        return self.issuer_account or self.registered.issuer


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivationClaims:
    """Leave to import something that is not for everyone. subject of registered: the importer."""

    registered: Registered
    kind: ShareKind | None = None
    subject: str = ""
    issuer_account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationResponseClaims:
    """What an auth callout answers: the JWT of a user, or an error."""

    registered: Registered
    jwt: str = ""
    error: str = ""
    issuer_account: str = ""


Claims: TypeAlias = (
    OperatorClaims | AccountClaims | UserClaims | ActivationClaims | AuthorizationResponseClaims
)
