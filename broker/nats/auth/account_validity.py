"""Whether what an account's JWT claims makes sense.

Each function gives what is wrong, in nats-server's words; nothing if all is well.
Source: nats-io/jwt v2, the Validate methods.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.nats.nkey import KeyKind, is_public_key
from natsim.broker.now import SECOND_NS

from .claims import ALL, NO_LIMIT, AccountClaims, ActivationClaims, ShareKind
from .jwt import decode_as
from .jwt_error import JwtError
from .validity import is_revoked, rules_mistakes, subject_mistakes, time_mistakes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .claims import DestinationClaim, ExportClaim, ExternalAuthorization, ImportClaim

_RESPONSE_TYPES = ("", "Singleton", "Stream", "Chunked")
_WEIGHT_MAX = 100


def account_mistakes(claims: AccountClaims) -> list[str]:
    """Check an account's claims, all but the time: see validity.time_mistakes."""
    return [
        *_imports_mistakes(claims),
        *_exports_mistakes(claims.exports),
        *rules_mistakes(claims.default_rules),
        *_mappings_mistakes(claims),
        *_callout_mistakes(claims.authorization),
        *_limit_mistakes(claims),
        *(
            f'"{key}" is not a valid account signing key'
            for key in claims.signing_keys
            if not is_public_key(key, KeyKind.ACCOUNT)
        ),
    ]


def is_activated(
    importing: str, taken: ImportClaim, exporting: AccountClaims, given: ExportClaim, wall_ns: int
) -> bool:
    """Tell if the token of an import is good for an export that asks for one.

    importing: the key of the account that takes.
    """
    try:
        activation = decode_as(ActivationClaims, taken.token)
    except JwtError:
        return False
    registered = activation.registered
    is_issuer_known = not activation.issuer_account or (
        activation.issuer_account == exporting.registered.subject
        and registered.issuer in (exporting.registered.subject, *exporting.signing_keys)
    )
    is_expired = 0 < registered.expires_s <= wall_ns // SECOND_NS
    return (
        is_issuer_known
        and not is_expired
        and not is_revoked(given.revocations, registered)
        and not list(time_mistakes(registered, wall_ns))
        and not list(_import_mistakes(taken, importing))
    )


def _is_contained(subject: str, of: str) -> bool:
    """Tell if one pattern is of another, as the library of JWTs has it.

    It takes a tail for any other token, unlike the server: see pattern.is_subset.

    >>> _is_contained("a.*.c", "a.>"), _is_contained("a.>", "a.*"), _is_contained("a", "a.>")
    (True, True, False)
    """
    tokens, others = subject.split("."), of.split(".")
    if len(tokens) < len(others):
        return False
    if len(tokens) > len(others) and others[-1] != ">":
        return False
    for index, (token, other) in enumerate(zip(tokens, others, strict=False)):
        if other == ">" and index == len(others) - 1:
            return True
        if other not in (token, "*"):
            return False
    return True


def _limit_mistakes(claims: AccountClaims) -> Iterator[str]:
    limits = claims.limits
    if limits.imports != NO_LIMIT and len(claims.imports) > limits.imports:
        yield "the account contains more imports than allowed by the operator"
    if limits.exports != NO_LIMIT:
        if len(claims.exports) > limits.exports:
            yield "the account contains more exports than allowed by the operator"
        if not limits.has_wildcard_exports and any(
            _has_wildcards(given.subject) for given in claims.exports
        ):
            yield "the account contains wildcard exports that are not allowed by the operator"


def _exports_mistakes(exports: tuple[ExportClaim, ...]) -> Iterator[str]:
    for given in exports:
        yield from _export_mistakes(given)
    for kind in ShareKind:
        subjects = [given.subject for given in exports if given.kind is kind]
        for index, subject in enumerate(subjects):
            for other in (*subjects[:index], *subjects[index + 1 :]):
                if _is_contained(subject, other):
                    yield f'{kind} export subject "{other}" already exports "{subject}"'


def _export_mistakes(given: ExportClaim) -> Iterator[str]:
    if given.kind is None:
        yield 'invalid export type: "unknown"'
    is_service = given.kind is ShareKind.SERVICE
    if is_service and given.response_type not in _RESPONSE_TYPES:
        yield f'invalid response type for service: "{given.response_type}"'
    if given.kind is ShareKind.STREAM and given.response_type:
        yield f'invalid response type for stream: "{given.response_type}"'
    if given.kind is ShareKind.STREAM and given.allows_trace:
        yield "AllowTrace only valid for service export"
    yield from _latency_mistakes(given, is_service=is_service)
    if given.threshold_ns < 0:
        yield "negative response threshold is invalid"
    if given.threshold_ns > 0 and not is_service:
        yield "response threshold only valid for services"
    yield from subject_mistakes(given.subject)
    if given.token_position:
        yield from _position_mistakes(given)


def _latency_mistakes(given: ExportClaim, *, is_service: bool) -> Iterator[str]:
    if given.latency_subject is None:
        return
    if not is_service:
        yield "latency tracking only permitted for services"
    if not 0 <= given.latency_sampling <= 100:
        yield "sampling percentage needs to be between 1-100"
    yield from subject_mistakes(given.latency_subject)
    if _has_wildcards(given.latency_subject):
        yield "results subject can not contain wildcards"


def _position_mistakes(given: ExportClaim) -> Iterator[str]:
    position, subject = given.token_position, given.subject
    tokens = subject.split(".")
    if not _has_wildcards(subject):
        yield f"Account Token Position can only be used with wildcard subjects: {subject}"
    elif not 1 <= position <= len(tokens):
        yield f"Account Token Position {position} exceeds length of subject '{subject}'"
    elif tokens[position - 1] != "*":
        token = tokens[position - 1]
        yield (
            f"Account Token Position {position} matches '{token}' but must match a * in: {subject}"
        )


def _imports_mistakes(claims: AccountClaims) -> Iterator[str]:
    seen: list[tuple[str, str]] = []
    for taken in claims.imports:
        if taken.kind is ShareKind.SERVICE:
            local = taken.to or _as_pattern(taken.local_subject) or taken.subject
            for account, other in seen:
                if account == taken.account and (
                    _is_contained(local, other) or _is_contained(other, local)
                ):
                    yield (
                        f'overlapping subject namespace for "{local}" and "{other}" '
                        f'in same account "{account}"'
                    )
            seen.append((taken.account, local))
        yield from _import_mistakes(taken, claims.registered.subject)


def _import_mistakes(taken: ImportClaim, importing: str) -> Iterator[str]:
    is_service = taken.kind is ShareKind.SERVICE
    if taken.kind is None:
        yield 'invalid import type: "unknown"'
    if is_service and taken.allows_trace:
        yield "AllowTrace only valid for stream import"
    if not taken.account:
        yield "account to import from is not specified"
    yield from subject_mistakes(taken.subject)
    if taken.local_subject:
        yield from _renaming_mistakes(taken.local_subject, taken.subject)
        if taken.to:
            yield "Local Subject replaces To"
    if taken.shares and not is_service:
        yield (
            "sharing information (for latency tracking) is only valid for services: "
            f'"{taken.subject}"'
        )
    if taken.token:
        yield from _token_mistakes(taken, importing)


def _token_mistakes(taken: ImportClaim, importing: str) -> Iterator[str]:
    subject = taken.subject
    try:
        activation = decode_as(ActivationClaims, taken.token)
    except JwtError:
        yield f'import "{subject}" contains an invalid activation token'
        return
    if taken.account not in (activation.registered.issuer, activation.issuer_account):
        yield f'activation token doesn\'t match account for import "{subject}"'
    if activation.registered.subject != importing:
        yield f'activation token doesn\'t match account it is being included in, "{subject}"'
    if activation.kind is not taken.kind:
        yield f"mismatch between token import type {activation.kind} and type of {taken.kind}"
    if activation.kind is None:
        yield 'invalid import type: "unknown"'
    yield from subject_mistakes(activation.subject)
    asked = taken.to if taken.kind is ShareKind.SERVICE and taken.to else subject
    if not _is_contained(asked, activation.subject):
        yield f'activation token import subject "{activation.subject}" doesn\'t match "{subject}"'


def _renaming_mistakes(local: str, subject: str) -> Iterator[str]:
    yield from subject_mistakes(local)
    if (local.split(".")[-1] == ">") != (subject.split(".")[-1] == ">"):
        yield "both, renaming subject and subject, need to end or not end in >"
    wildcards = subject.split(".").count("*")
    references = 0
    for token in local.split("."):
        if token == "*":
            references += 1
        elif _is_reference(token):
            references += 1
            if int(token[1:]) > wildcards:
                yield f'Reference {token} in "{local}" reference * in "{subject}" that do not exist'
    if references != wildcards:
        yield "subject does not contain enough * or reference wildcards $[0-9]"


def _mappings_mistakes(claims: AccountClaims) -> Iterator[str]:
    for source, destinations in claims.mappings.items():
        yield from subject_mistakes(source)
        yield from _weights_mistakes(source, destinations)


def _weights_mistakes(source: str, destinations: tuple[DestinationClaim, ...]) -> Iterator[str]:
    totals: dict[str, int] = {}
    for destination in destinations:
        weight = destination.weight or _WEIGHT_MAX
        yield from subject_mistakes(destination.subject)
        if weight > _WEIGHT_MAX:
            yield f'Mapping "{source}" has a weight {weight} that exceeds 100'
        totals[destination.cluster] = totals.get(destination.cluster, 0) + weight
    if any(total > _WEIGHT_MAX for total in totals.values()):
        yield f'Mapping "{source}" exceeds 100% among all of it\'s weighted to mappings'


def _callout_mistakes(callout: ExternalAuthorization) -> Iterator[str]:
    if callout.allowed_accounts and not callout.auth_users:
        yield "External authorization cannot have accounts without users specified"
    for user in callout.auth_users:
        if not is_public_key(user, KeyKind.USER):
            yield f'AuthUser "{user}" is not a valid user public key'
    for account in callout.allowed_accounts:
        if account == ALL and len(callout.allowed_accounts) > 1:
            yield f'AllowedAccounts can only be a list of accounts or "{ALL}"'
        elif account != ALL and not is_public_key(account, KeyKind.ACCOUNT):
            yield f'Account "{account}" is not a valid account public key'
    if callout.xkey and not is_public_key(callout.xkey, KeyKind.CURVE):
        yield f'XKey "{callout.xkey}" is not a valid public xkey'


def _has_wildcards(subject: str) -> bool:
    tokens = subject.split(".")
    return "*" in tokens or tokens[-1] == ">"


def _as_pattern(local: str) -> str:
    return ".".join("*" if _is_reference(token) else token for token in local.split("."))


def _is_reference(token: str) -> bool:
    return token[:1] == "$" and token[1:].isascii() and token[1:].isdigit()
