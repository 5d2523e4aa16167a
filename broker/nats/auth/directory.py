"""The accounts of operator mode: who signs for them, and what they are to the rest of the server.

It is the MEMORY resolver: all accounts are there from the start, and change with the options.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.nats.options import (
    AccountLimits,
    AccountOptions,
    Destination,
    Export,
    Mapping,
    ResponseType,
    ServiceExport,
    ServiceImport,
    StreamExport,
    StreamImport,
)
from natsim.broker.nats.options.account import SYSTEM_ACCOUNT
from natsim.broker.nats.pattern import is_subset
from natsim.broker.now import SECOND_NS
from natsim.record import record

from .account_validity import account_mistakes, is_activated
from .claims import AccountClaims, Grant, OperatorClaims, ShareKind
from .jwt import decode_as
from .permissions_of import permissions_of
from .validity import time_mistakes

if TYPE_CHECKING:
    from natsim.broker.nats.options import OperatorOptions

    from .claims import ExportClaim, ImportClaim

_INT32_MAX = 2**31 - 1


@record
class Known:
    """An account whose JWT was found good.

    signers: the keys that may issue its users; a scoped one with its role.
    """

    claims: AccountClaims
    signers: dict[str, Grant | None]

    @property
    def name_tag(self) -> str:
        """What people call it: its name, or its key."""
        return self.claims.registered.name or self.claims.registered.subject


class AccountDirectory:
    """Operators, and the accounts that they have signed."""

    __slots__ = ("_known", "_refused", "operators", "trusted_keys")

    def __init__(self, options: OperatorOptions) -> None:
        """Decode all. Raises JwtError; startup_mistakes says which JWT it is."""
        self.operators = tuple(decode_as(OperatorClaims, text) for text in options.operators)
        self.trusted_keys = (*_trusted_keys(self.operators), *options.trusted_keys)
        self._known: dict[str, Known] = {}
        self._refused: dict[str, str] = {}
        strict_operators = [operator for operator in self.operators if operator.is_strict]
        strict_keys = [key for operator in strict_operators for key in operator.signing_keys]
        for key, text in options.accounts:
            claims = decode_as(AccountClaims, text)
            refusal = self._refusal(key, claims)
            if refusal:
                self._refused[key] = refusal
            else:
                is_strict = claims.registered.issuer in strict_keys
                own: dict[str, Grant | None] = {} if is_strict else {key: None}
                self._known[key] = Known(claims, {**claims.signing_keys, **own})

    def system_account(self, configured: str) -> str:
        """Give the system account: the configured one, or that of the only operator."""
        if configured == SYSTEM_ACCOUNT and len(self.operators) == 1:
            return self.operators[0].system_account or configured
        return configured

    def has(self, key: str) -> bool:
        """Tell if there is an account JWT for a key, good or bad."""
        return key in self._known or key in self._refused

    def find(self, key: str, wall_ns: int) -> Known | str:
        """Look an account up by its key; or say why there is none."""
        known = self._known.get(key)
        if known is None:
            return self._refused.get(key, "account missing")
        registered = known.claims.registered
        is_expired = 0 < registered.expires_s <= wall_ns // SECOND_NS
        if is_expired or list(time_mistakes(registered, wall_ns)):
            return "account expired"
        return known

    def account_options(self, wall_ns: int) -> tuple[AccountOptions, ...]:
        """Give the accounts that are good now, as a configuration would have them.

        Imports that their exporter does not allow are left out, as nats-server leaves them; so an
        export that asks for a token can go as one for those who have shown theirs.
        """
        return tuple(
            self._options_of(key, known, wall_ns)
            for key, known in self._known.items()
            if isinstance(self.find(key, wall_ns), Known)
        )

    def _refusal(self, key: str, claims: AccountClaims) -> str:
        registered = claims.registered
        if registered.issuer not in self.trusted_keys:
            return "account validation failed"
        if registered.subject != key:
            return "account validation failed"
        return "; ".join(account_mistakes(claims))

    def _options_of(self, key: str, known: Known, wall_ns: int) -> AccountOptions:
        claims = known.claims
        taken = [one for one in claims.imports if self._may_import(key, one, wall_ns)]
        return AccountOptions(
            name=key,
            name_tag=known.name_tag,
            nkey=key,
            exports=tuple(
                option
                for given in claims.exports
                if (option := self._export(key, given, wall_ns)) is not None
            ),
            stream_imports=tuple(
                _stream_import(one) for one in taken if one.kind is ShareKind.STREAM
            ),
            service_imports=tuple(
                _service_import(one) for one in taken if one.kind is ShareKind.SERVICE
            ),
            mappings=_mappings(claims),
            limits=AccountLimits(
                max_connections=min(claims.limits.connections, _INT32_MAX),
                max_subscriptions=min(claims.limits.subscriptions, _INT32_MAX),
                max_payload=min(claims.limits.payload, _INT32_MAX),
                max_leafnodes=min(claims.limits.leafnodes, _INT32_MAX),
            ),
            default_permissions=permissions_of(claims.default_rules),
        )

    def _may_import(self, importing: str, taken: ImportClaim, wall_ns: int) -> bool:
        exporting = self.find(taken.account, wall_ns)
        if not isinstance(exporting, Known):
            return False
        subject = _subject_there(taken)
        for given in exporting.claims.exports:
            if given.kind is not taken.kind or not _reaches(given, subject):
                continue
            if given.token_position:
                tokens = subject.split(".")
                return tokens[given.token_position - 1 : given.token_position] == [importing]
            return not given.needs_token or is_activated(
                importing, taken, exporting.claims, given, wall_ns
            )
        return False

    def _export(self, key: str, given: ExportClaim, wall_ns: int) -> Export | None:
        """Give an export as options have it; None if nobody may import it."""
        accounts: tuple[str, ...] = ()
        if given.needs_token and not given.token_position:
            accounts = tuple(
                importing
                for importing, known in self._known.items()
                if any(
                    taken.account == key
                    and taken.kind is given.kind
                    and _reaches(given, _subject_there(taken))
                    and self._may_import(importing, taken, wall_ns)
                    for taken in known.claims.imports
                )
            )
            if not accounts:
                return None
        subject = given.subject.encode()
        if given.kind is ShareKind.STREAM:
            return StreamExport(
                subject=subject, accounts=accounts, token_position=given.token_position
            )
        return ServiceExport(
            subject=subject,
            accounts=accounts,
            token_position=given.token_position,
            response_type=ResponseType(given.response_type or ResponseType.SINGLETON),
            threshold_ns=given.threshold_ns,
            latency_subject=(given.latency_subject or "").encode(),
            latency_sampling=given.latency_sampling,
        )


def _trusted_keys(operators: tuple[OperatorClaims, ...]) -> list[str]:
    keys: list[str] = []
    for operator in operators:
        if not operator.is_strict:
            keys.append(operator.registered.subject)
        keys += operator.signing_keys
    return keys


def _subject_there(taken: ImportClaim) -> str:
    """Give the subject of an import as the exporting account has it."""
    is_old_service = taken.kind is ShareKind.SERVICE and not taken.local_subject
    return (taken.to or taken.subject) if is_old_service else taken.subject


def _stream_import(taken: ImportClaim) -> StreamImport:
    # Without a local subject, `to` is a prefix.
    return StreamImport(
        account=taken.account,
        subject=taken.subject.encode(),
        prefix=b"" if taken.local_subject else taken.to.encode(),
        to=taken.local_subject.encode(),
    )


def _service_import(taken: ImportClaim) -> ServiceImport:
    return ServiceImport(
        account=taken.account,
        subject=_subject_there(taken).encode(),
        to=(taken.local_subject or taken.subject).encode(),
        share=taken.shares,
    )


def _reaches(given: ExportClaim, subject: str) -> bool:
    return is_subset(subject.encode().split(b"."), given.subject.encode().split(b"."))


def _mappings(claims: AccountClaims) -> tuple[Mapping, ...]:
    return tuple(
        Mapping(
            source=source.encode(),
            destinations=tuple(
                Destination(
                    subject=one.subject.encode(), weight=one.weight or 100, cluster=one.cluster
                )
                for one in destinations
            ),
        )
        for source, destinations in claims.mappings.items()
    )
