"""Whether what a user's JWT claims makes sense and is good at this time.

Each function gives what is wrong, in nats-server's words; nothing if all is well.
Source: nats-io/jwt v2, the Validate methods.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.nats.nkey import KeyKind, is_public_key
from natsim.broker.now import SECOND_NS

from .claims import ALL
from .hours import read_clock
from .source import read_network

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .claims import AuthorizationResponseClaims, Grant, Registered, Rules, UserClaims
    from .hours import ZoneOffset


def user_mistakes(claims: UserClaims, wall_ns: int, zone_offset: ZoneOffset) -> list[str]:
    """Check a user's claims."""
    mistakes = [
        *time_mistakes(claims.registered, wall_ns),
        *rules_mistakes(claims.grant.rules),
        *_limit_mistakes(claims.grant, wall_ns, zone_offset),
    ]
    if claims.issuer_account and not is_public_key(claims.issuer_account, KeyKind.ACCOUNT):
        mistakes.append("account_id is not an account public key")
    return mistakes


def response_mistakes(claims: AuthorizationResponseClaims, wall_ns: int) -> list[str]:
    """Check the answer of an auth callout."""
    mistakes: list[str] = []
    if not is_public_key(claims.registered.subject, KeyKind.USER):
        mistakes.append("Subject must be a user public key")
    if not is_public_key(claims.registered.audience, KeyKind.SERVER):
        mistakes.append("Audience must be a server public key")
    if not claims.error and not claims.jwt:
        mistakes.append("Error or Jwt is required")
    if claims.error and claims.jwt:
        mistakes.append("Only Error or Jwt can be set")
    if claims.issuer_account and not is_public_key(claims.issuer_account, KeyKind.ACCOUNT):
        mistakes.append("issuer_account is not an account public key")
    return [*mistakes, *time_mistakes(claims.registered, wall_ns)]


def is_revoked(revocations: Mapping[str, int], registered: Registered) -> bool:
    """Tell if claims were issued when or before their subject, or everyone, was revoked."""
    return any(
        key in revocations and revocations[key] >= registered.issued_s
        for key in (registered.subject, ALL)
    )


def time_mistakes(registered: Registered, wall_ns: int) -> Iterator[str]:
    """Check expiry and not-before; the second of the expiry is still good."""
    wall_s = wall_ns // SECOND_NS
    if 0 < registered.expires_s < wall_s:
        yield "claim is expired"
    if registered.not_before_s > max(0, wall_s):
        yield "claim is not yet valid"


def rules_mistakes(rules: Rules) -> Iterator[str]:
    """Check permissions; only those to subscribe may name a queue."""
    for rule in (*rules.subscribe_allow, *rules.subscribe_deny):
        yield from _rule_mistakes(rule, may_queue=True)
    for rule in (*rules.publish_allow, *rules.publish_deny):
        yield from _rule_mistakes(rule, may_queue=False)


def subject_mistakes(subject: str) -> Iterator[str]:
    """Check a subject, which may have wildcards."""
    if not subject:
        yield "subject cannot be empty"
        return
    if " " in subject:
        yield f'subject "{subject}" cannot have spaces'
    if subject.startswith(".") or subject.endswith("."):
        yield f'subject "{subject}" cannot start or end with a `.`'
    if ".." in subject:
        yield f'subject "{subject}" cannot contain consecutive `.`'


def _rule_mistakes(rule: str, *, may_queue: bool) -> Iterator[str]:
    parts = rule.split(" ")
    if len(parts) > 2:
        yield f'Permission Subject "{rule}" contains too many spaces'
        return
    for part in parts:
        yield from subject_mistakes(part)
    if len(parts) == 2 and not may_queue:
        yield f'Permission Subject "{rule}" is not allowed to contain queue'


def _limit_mistakes(grant: Grant, wall_ns: int, zone_offset: ZoneOffset) -> Iterator[str]:
    for cidr in grant.sources:
        if read_network(cidr) is None:
            yield f'invalid cidr "{cidr}" in user src limits'
    for part in grant.hours:
        for name, clock in (("start", part.start), ("end", part.end)):
            if not clock:
                yield f"time ranges {name} must contain a {name}"
            elif read_clock(clock) is None:
                yield f'{name} in time range is invalid "{clock}"'
    if grant.zone and zone_offset(grant.zone, wall_ns // SECOND_NS) is None:
        yield f"could not parse iana time zone by name: unknown time zone {grant.zone}"
