"""Logins by JWT: the client shows what an account allows it, and proves that it is about itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from natsim.broker.effects import Level
from natsim.broker.nats.nkey import verify_text
from natsim.broker.nats.options import ConnectionType

from .claims import Grant, UserClaims
from .directory import AccountDirectory, Known
from .expiry import find_expiry, may_be_here
from .jwt import decode_as
from .jwt_error import JwtError
from .login import is_allowed_on
from .outcome import Admitted, Refused, identity_of, raw_user
from .permissions_of import permissions_of
from .role import Names, fill_role
from .source import is_from
from .validity import is_revoked, user_mistakes

if TYPE_CHECKING:
    from natsim.broker.nats.options import OperatorOptions

    from .hours import ZoneOffset
    from .login import Login
    from .outcome import Expiry, Outcome

_INT32_MAX = 2**31 - 1


class _NotAdmittedError(Exception):
    def __init__(self, reason: str, level: Level = Level.DEBUG) -> None:
        super().__init__(reason)
        self.level = level


class OperatorMode:
    """The decisions of a server that trusts operators. directory: of the accounts they signed."""

    __slots__ = ("_options", "_zone_offset", "directory")

    def __init__(self, options: OperatorOptions, zone_offset: ZoneOffset) -> None:
        """Raise JwtError for JWTs that a server does not start with."""
        self.directory = AccountDirectory(options)
        self._options = options
        self._zone_offset = zone_offset

    def decide(self, login: Login, wall_ns: int) -> Outcome:
        """Decide on a login; never needs a password."""
        try:
            return self._admit(login, wall_ns)
        except _NotAdmittedError as error:
            return Refused(identity_of(login.options), str(error), error.level)

    def _admit(self, login: Login, wall_ns: int) -> Admitted:
        token, claims = self._read_jwt(login.options.jwt)
        mistakes = user_mistakes(claims, wall_ns, self._zone_offset)
        if mistakes:
            raise _NotAdmittedError(f"User JWT no longer valid: {'; '.join(mistakes)}")
        account = self._find_account(claims, wall_ns)
        grant = _grant_of(claims, account)
        if grant.is_proxy_required:
            raise _NotAdmittedError("proxy is required")
        if grant.is_bearer and account.claims.limits.refuses_bearers:
            raise _NotAdmittedError("Account does not allow bearer tokens")
        _check_type(login, grant)
        if not grant.is_bearer:
            _check_signature(login, claims)
        if is_revoked(account.claims.revocations, claims.registered):
            raise _NotAdmittedError("User authentication revoked")
        if not is_from(login.host, grant.sources):
            raise _NotAdmittedError(f"Bad src Ip {login.host}", Level.ERROR)
        callout = account.claims.authorization
        if callout.auth_users and claims.registered.subject not in callout.auth_users:
            # A service of the account should be asked; we can only say no for it.
            raise _NotAdmittedError("auth callout of an account is not supported", Level.ERROR)
        if not may_be_here(grant, wall_ns, self._zone_offset):
            raise _NotAdmittedError("Outside connect times", Level.ERROR)
        expiry = find_expiry(
            claims.registered, account.claims.registered, grant, wall_ns, self._zone_offset
        )
        return _admitted(login, token, claims, grant, account, expiry)

    def _read_jwt(self, token: str) -> tuple[str, UserClaims]:
        try:
            return token, decode_as(UserClaims, token)
        except JwtError as error:
            sentinel = self._options.default_sentinel
            if not sentinel:
                raise _NotAdmittedError("Authentication requires a user JWT") from error
        try:
            return sentinel, decode_as(UserClaims, sentinel)
        except JwtError as error:
            raise _NotAdmittedError(f"User JWT not valid: {error}") from error

    def _find_account(self, claims: UserClaims, wall_ns: int) -> Known:
        key, pinned = claims.account, self._options.pinned_accounts
        if pinned and key not in pinned:
            raise _NotAdmittedError(f"Account {key} not listed as operator pinned account")
        found = self.directory.find(key, wall_ns)
        if isinstance(found, Known):
            return found
        raise _NotAdmittedError(f"Account JWT lookup error: {found}")


def _grant_of(claims: UserClaims, account: Known) -> Grant:
    """Give what a user may do: what it claims itself, or what its issuer's role says."""
    registered = claims.registered
    if registered.issuer not in account.signers:
        raise _NotAdmittedError("User JWT issuer is not known")
    role = account.signers[registered.issuer]
    if role is None:
        return claims.grant
    if claims.grant != Grant():
        raise _NotAdmittedError(
            "User JWT is not valid: scoped users require no permissions or limits set"
        )
    names = Names(
        user=registered,
        account=claims.issuer_account,
        account_name=account.claims.registered.name,
        account_tags=account.claims.registered.tags,
    )
    try:
        return fill_role(role, names)
    except JwtError as error:
        raise _NotAdmittedError("User JWT generated invalid permissions") from error


def _check_type(login: Login, grant: Grant) -> None:
    types = tuple(written.upper() for written in grant.connection_types)
    known = tuple(written for written in types if written in ConnectionType.__members__)
    # Types that nobody knows forbid nothing beside known ones, but all when they stand alone.
    if types and not known:
        raise _NotAdmittedError(f"invalid connection types {' '.join(types)}")
    if not is_allowed_on(login.kind, known):
        raise _NotAdmittedError("Connection type not allowed")


def _check_signature(login: Login, claims: UserClaims) -> None:
    if not login.options.sig:
        raise _NotAdmittedError("Signature missing")
    if not verify_text(claims.registered.subject, login.nonce.encode(), login.options.sig):
        raise _NotAdmittedError("Signature not verified")


def _admitted(
    login: Login,
    token: str,
    claims: UserClaims,
    grant: Grant,
    account: Known,
    expiry: Expiry | None,
) -> Admitted:
    registered = claims.registered
    options = login.options if login.options.jwt == token else replace(login.options, jwt=token)
    permissions = permissions_of(grant.rules) or permissions_of(account.claims.default_rules)
    return Admitted(
        options=options,
        user=raw_user(options, registered.subject),
        account=claims.account,
        permissions=permissions,
        max_subscriptions=min(grant.subscriptions, _INT32_MAX),
        max_payload=min(grant.payload, _INT32_MAX),
        expiry=expiry,
        # A bearer's JWT is all it takes to be that user.
        jwt="" if claims.grant.is_bearer else token,
        issuer_key=registered.issuer if claims.issuer_account else claims.account,
        name_tag=account.name_tag,
        tags=registered.tags,
        subject=registered.subject,
    )
