"""What keeps a server from starting, or makes it warn, in what its options say of who may connect.

The texts are nats-server's; it stops at the first. What it says with a file and a line (a bad key
in a table, a bad JWT) is said here without them, for whoever reads the file to put before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.nats.identity import LIKE_VERSION
from natsim.broker.nats.nkey import KeyKind, is_public_key
from natsim.broker.nats.options.account import SYSTEM_ACCOUNT
from natsim.broker.nats.quote import quoted

from .account_validity import account_mistakes
from .claims import AccountClaims, Grant, OperatorClaims, UserClaims
from .directory import AccountDirectory, Known
from .jwt import decode_as
from .jwt_error import JwtError
from .password import is_bcrypt
from .validity import time_mistakes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from natsim.broker.nats.options import CalloutOptions, OperatorOptions, Options

_NO_ACCOUNTS = "operators do not allow Accounts to be configured directly"
_NO_USERS = "operators do not allow users to be configured directly"
_NO_CALLOUT = "operators do not allow authorization callouts to be configured directly"
_CONFLICT = "conflicting options for 'TrustedKeys' and 'TrustedOperators'"
_SYSTEM_DIFFERS = "system_account in config and operator JWT must be identical"


def startup_mistakes(options: Options, wall_ns: int) -> list[str]:
    """Give what a server does not start with, the first being what nats-server says."""
    return list(_mistakes(options, wall_ns))


def startup_warnings(options: Options, wall_ns: int) -> list[str]:
    """Give the warnings of the log at start and at a reload. The options have no mistakes."""
    said = options.authorization
    warnings: list[str] = []
    is_mapped = options.tls is not None and options.tls.verify_and_map
    # Whom a certificate names needs no password; one that is there may still be plain.
    passwords = [
        user.password for user in said.users if not user.nkey and (user.password or not is_mapped)
    ]
    if said.password:
        passwords.append(said.password)
    if not all(is_bcrypt(password) for password in passwords):
        warnings.append("Plaintext passwords detected, use nkeys or bcrypt")
    if said.operator is not None:
        warnings += _operator_warnings(said.operator, options.system_account, wall_ns)
    return warnings


def _mistakes(options: Options, wall_ns: int) -> Iterator[str]:
    said = options.authorization
    for user in said.users:
        if user.nkey and not is_public_key(user.nkey, KeyKind.USER):
            yield "Not a valid public nkey for a user"
    for account in options.accounts:
        if account.nkey and not is_public_key(account.nkey, KeyKind.ACCOUNT):
            yield f"Not a valid public nkey for an account: {quoted(account.nkey)}"
    if said.callout is not None:
        yield from _callout_mistakes(said.callout)
    if said.operator is not None:
        yield from _operator_mistakes(options, said.operator, wall_ns)
    for name in (said.no_auth_user, options.websocket.no_auth_user if options.websocket else ""):
        if name:
            yield from _no_auth_user_mistakes(options, name)
    if options.websocket is not None and options.websocket.jwt_cookie and said.operator is None:
        yield (
            "trusted operators or trusted keys configuration is required for JWT authentication "
            f"via cookie {quoted(options.websocket.jwt_cookie)}"
        )


def _callout_mistakes(callout: CalloutOptions) -> Iterator[str]:
    if not is_public_key(callout.issuer, KeyKind.ACCOUNT):
        yield (
            f"Expected callout user to be a valid public account nkey, got {quoted(callout.issuer)}"
        )
    if callout.xkey and not is_public_key(callout.xkey, KeyKind.CURVE):
        yield f"Expected callout xkey to be a valid public xkey, got {quoted(callout.xkey)}"
    elif callout.xkey:
        # Not nats-server's: better no server than passwords in the clear to a service that asked
        # for them sealed.
        yield "auth callout xkey is not supported: requests cannot be encrypted"
    if not callout.auth_users:
        yield "Authorization callouts require authorized users to be specified"


def _no_auth_user_mistakes(options: Options, name: str) -> Iterator[str]:
    said = options.authorization
    if said.operator is not None:
        yield "no_auth_user not compatible with Trusted Operator"
    elif not said.users:
        yield f"no_auth_user: {quoted(name)} present, but users/nkeys are not defined"
    elif all(name not in (user.name, user.nkey) for user in said.users):
        yield (
            f"no_auth_user: {quoted(name)} not present as user or nkey in authorization block "
            "or account configuration"
        )


def _operator_mistakes(options: Options, said: OperatorOptions, wall_ns: int) -> Iterator[str]:
    unreadable = list(_unreadable(said))
    if unreadable:
        yield from unreadable
        return
    directory = AccountDirectory(said)
    if directory.operators:
        yield from _sentinel_mistakes(said.default_sentinel)
        yield from _mixture_mistakes(options, said)
        yield from _system_mistakes(options.system_account, directory.operators)
        for operator in directory.operators:
            yield from _version_mistakes(operator)
    elif said.default_sentinel:
        yield "default sentinel requires operators and accounts"
    yield from _key_mistakes(said, directory)
    if options.authorization.callout is not None and directory.operators:
        yield _NO_CALLOUT
    yield from _resolve_mistakes(options.system_account, directory, wall_ns)


def _unreadable(said: OperatorOptions) -> Iterator[str]:
    try:
        for text in said.operators:
            decode_as(OperatorClaims, text)
    except JwtError as error:
        yield f"error parsing operator JWT: {error}"
    for key in said.trusted_keys:
        if not is_public_key(key, KeyKind.OPERATOR):
            yield f"trust key {quoted(key)} required to be a valid public operator nkey"
    if not all(_is_account_jwt(text) for _, text in said.accounts):
        yield "invalid account JWT"


def _key_mistakes(said: OperatorOptions, directory: AccountDirectory) -> Iterator[str]:
    for key in directory.trusted_keys:
        if not is_public_key(key, KeyKind.OPERATOR):
            yield f"trusted Keys {quoted(key)} are required to be a valid public operator nkey"
    for key in said.pinned_accounts:
        if not is_public_key(key, KeyKind.ACCOUNT):
            yield f"pinned account key {quoted(key)} is not a valid public account nkey"


def _mixture_mistakes(options: Options, said: OperatorOptions) -> Iterator[str]:
    if options.accounts:
        yield _NO_ACCOUNTS
    if options.authorization.users:
        yield _NO_USERS
    if said.trusted_keys:
        yield _CONFLICT


def _sentinel_mistakes(sentinel: str) -> Iterator[str]:
    if not sentinel:
        return
    try:
        claims = decode_as(UserClaims, sentinel)
    except JwtError:
        yield "default sentinel JWT not valid"
        return
    is_scoped = bool(claims.issuer_account) and claims.grant == Grant()
    if not claims.grant.is_bearer and not is_scoped:
        yield "default sentinel must be a bearer token"


def _system_mistakes(configured: str, operators: tuple[OperatorClaims, ...]) -> Iterator[str]:
    named = [operator.system_account for operator in operators if operator.system_account]
    if configured != SYSTEM_ACCOUNT and named and configured not in named:
        yield _SYSTEM_DIFFERS


def _version_mistakes(operator: OperatorClaims) -> Iterator[str]:
    asserted = operator.server_version
    if not asserted:
        return
    subject = operator.registered.subject
    parts = asserted.split(".")
    if len(parts) != 3:
        reason = "asserted server version must be of the form <major>.<minor>.<update>"
        yield f"operator {subject} expects version {asserted} got error instead: {reason}"
        return
    for part in parts:
        if not (part.isascii() and part.isdigit()):
            reason = f"asserted server version cant parse {part} to int"
            yield f"operator {subject} expects version {asserted} got error instead: {reason}"
            return
    ours = LIKE_VERSION.split(".")
    for name, wanted, have in zip(("major", "minor", "update"), parts, ours, strict=True):
        if int(wanted) > int(have):
            yield (
                f"operator {subject} expected {name} version {int(wanted)} > "
                f"server {name} version {have}"
            )
        if int(wanted) != int(have):
            return


def _resolve_mistakes(configured: str, directory: AccountDirectory, wall_ns: int) -> Iterator[str]:
    system = directory.system_account(configured)
    if system == SYSTEM_ACCOUNT:
        return
    if not is_public_key(system, KeyKind.ACCOUNT):
        yield "error resolving system account: will only fetch valid account keys"
    elif not directory.has(system):
        yield "error resolving system account: account missing"
    elif not isinstance(directory.find(system, wall_ns), Known):
        yield "error resolving system account: account validation failed"


def _operator_warnings(said: OperatorOptions, configured: str, wall_ns: int) -> list[str]:
    warnings: list[str] = []
    system = AccountDirectory(said).system_account(configured)
    if said.operators and system == SYSTEM_ACCOUNT:
        warnings.append("Trusted Operators should utilize a System Account")
    for key, text in said.accounts:
        claims = decode_as(AccountClaims, text)
        issues = [*time_mistakes(claims.registered, wall_ns), *account_mistakes(claims)]
        if issues:
            warnings.append(f"Account [{key}] has validation issues:")
            warnings += [f"  - {issue}" for issue in issues]
    return warnings


def _is_account_jwt(text: str) -> bool:
    try:
        decode_as(AccountClaims, text)
    except JwtError:
        return False
    return True
