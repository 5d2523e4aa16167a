"""Changes of a configuration while clients are connected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.credentials import (
    ISSUED_S,
    account_jwt,
    account_signer,
    operator_jwt,
    operator_signer,
    user_jwt,
    user_signer,
)

from natsim.broker.nats.options import (
    AccountOptions,
    AuthorizationOptions,
    ConnectionType,
    OperatorOptions,
    Options,
    UserOptions,
)

from .houses import NOBODY, House, Knock, says, signs, url

if TYPE_CHECKING:
    from collections.abc import Mapping

    from natsim.broker.nats.auth.fields import Json


@dataclass(frozen=True)
class Reload:
    """before: the house that clients come into. after: what it becomes."""

    name: str
    before: House
    after: House


_ALICE = user_signer("alice")
_A = says("a", user="a", **{"pass": "a"})
_B = says("b", user="b", **{"pass": "b"})
_SIGNED = signs("alice", _ALICE, url, nkey=_ALICE.public)


def _open(*knocks: Knock) -> House:
    return House("open", "", Options(), list(knocks))


def _single(user: str, password: str, *knocks: Knock) -> House:
    said = AuthorizationOptions(user=user, password=password)
    config = f"authorization {{ user: {user}, password: {password} }}"
    return House("single", config, Options(authorization=said), list(knocks))


def _token(token: str, *knocks: Knock) -> House:
    config = f"authorization {{ token: {token} }}"
    return House(
        "token", config, Options(authorization=AuthorizationOptions(token=token)), [*knocks]
    )


def _table(users: list[UserOptions], *knocks: Knock, no_auth_user: str = "") -> House:
    config = f"authorization {{ users: [ {', '.join(_written(user) for user in users)} ] }}"
    if no_auth_user:
        config += f"\nno_auth_user: {no_auth_user}"
    said = AuthorizationOptions(users=tuple(users), no_auth_user=no_auth_user)
    return House("table", config, Options(authorization=said), list(knocks))


def _in_account(account: str, *knocks: Knock) -> House:
    users = "users: [ { user: a, password: a } ]"
    accounts = "\n".join(f"{name} {{ {users if name == account else ''} }}" for name in "AB")
    user = UserOptions(name="a", password="a", account=account)
    options = Options(
        accounts=(AccountOptions(name="A"), AccountOptions(name="B")),
        authorization=AuthorizationOptions(users=(user,)),
    )
    return House("accounts", f"accounts {{\n{accounts}\n}}", options, list(knocks))


def _written(user: UserOptions) -> str:
    types = ", ".join(user.connection_types)
    held = f", allowed_connection_types: [{types}]" if types else ""
    known = f"nkey: {user.nkey}" if user.nkey else f"user: {user.name}, password: {user.password}"
    return f"{{ {known}{held} }}"


_USER_A = UserOptions(name="a", password="a")
_USER_B = UserOptions(name="b", password="b")
_CHANGED_A = UserOptions(name="a", password="x")
_BROWSING_A = UserOptions(name="a", password="a", connection_types=(ConnectionType.WEBSOCKET,))

_OPERATOR = operator_signer()
_ACCOUNT, _SIGNING, _SYSTEM = (account_signer(name) for name in ("account", "signing", "system"))

_JWTS = [
    signs("by the account", _ALICE, url, jwt=user_jwt(_ACCOUNT, _ALICE)),
    signs(
        "by a signing key",
        _ALICE,
        url,
        jwt=user_jwt(_SIGNING, _ALICE, {"issuer_account": _ACCOUNT.public}),
    ),
    signs("bearer", _ALICE, url, jwt=user_jwt(_ACCOUNT, _ALICE, {"bearer_token": True})),
    signs("with a name", _ALICE, url, jwt=user_jwt(_ACCOUNT, _ALICE), user="u"),
]


def _operator_house(account: str | None, *knocks: Knock) -> House:
    accounts = {_SYSTEM.public: account_jwt(_OPERATOR, _SYSTEM)}
    if account is not None:
        accounts[_ACCOUNT.public] = account
    operator = operator_jwt(_OPERATOR)
    preload = "\n".join(f"{key}: {jwt}" for key, jwt in accounts.items())
    return House(
        "operator",
        f"""operator: {operator}
        system_account: {_SYSTEM.public}
        resolver: MEMORY
        resolver_preload: {{ {preload} }}""",
        Options(
            system_account=_SYSTEM.public,
            authorization=AuthorizationOptions(
                operator=OperatorOptions(operators=(operator,), accounts=tuple(accounts.items()))
            ),
        ),
        list(knocks),
    )


def _of(name: str, after: str | None) -> Reload:
    signed = account_jwt(_OPERATOR, _ACCOUNT, {"signing_keys": [_SIGNING.public]})
    return Reload(name, _operator_house(signed, *_JWTS), _operator_house(after))


def _account(claims: Mapping[str, Json], expires_s: int = 0, **limits: Json) -> str:
    return account_jwt(
        _OPERATOR,
        _ACCOUNT,
        {"signing_keys": [_SIGNING.public], **claims},
        limits=limits,
        expires_s=expires_s,
    )


RELOADS = [
    Reload("open stays open", _open(NOBODY, _A), _open()),
    Reload("authorization is added", _open(NOBODY), _table([_USER_A])),
    Reload("and knows who came", _open(_A, _B), _table([_USER_A])),
    Reload("a single user stays", _single("a", "a", _A), _single("a", "a")),
    Reload("a token stays", _token("t", says("t", auth_token="t")), _token("t")),
    Reload("a token changes", _token("t", says("t", auth_token="t")), _token("x")),
    Reload("a table stays", _table([_USER_A, _USER_B], _A, _B), _table([_USER_A, _USER_B])),
    Reload("a password changes", _table([_USER_A, _USER_B], _A, _B), _table([_CHANGED_A, _USER_B])),
    Reload("a user is removed", _table([_USER_A, _USER_B], _A, _B), _table([_USER_B])),
    Reload("all are removed", _table([_USER_A], _A), _open()),
    Reload("a way of connecting is forbidden", _table([_USER_A], _A), _table([_BROWSING_A])),
    Reload("a user moves", _in_account("A", _A), _in_account("B")),
    Reload(
        "the password of no_auth_user changes",
        _table([_USER_A], NOBODY, no_auth_user="a"),
        _table([_CHANGED_A], no_auth_user="a"),
    ),
    Reload(
        "an nkey is removed",
        _table([UserOptions(nkey=_ALICE.public), _USER_A], _SIGNED, _A),
        _table([_USER_A]),
    ),
    Reload(
        "an nkey stays",
        _table([UserOptions(nkey=_ALICE.public), _USER_A], _SIGNED, _A),
        _table([UserOptions(nkey=_ALICE.public)]),
    ),
    _of("an account stays", _account({})),
    _of("users are revoked", _account({"revocations": {_ALICE.public: ISSUED_S}})),
    _of("everyone is revoked", _account({"revocations": {"*": ISSUED_S}})),
    _of("those before are revoked", _account({"revocations": {"*": ISSUED_S - 1}})),
    _of("a signing key is removed", account_jwt(_OPERATOR, _ACCOUNT)),
    _of("bearers are forbidden", _account({}, disallow_bearer=True)),
    _of("an account expires", _account({}, expires_s=ISSUED_S + 1)),
    _of("an account is removed", None),
]
