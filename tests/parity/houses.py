"""Servers with every kind of authorization, and who knocks at their doors.

A house is written twice, as a configuration for nats-server and as options for us.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import bcrypt
from tests.credentials import (
    ISSUED_S,
    Signer,
    account_jwt,
    account_signer,
    operator_jwt,
    operator_signer,
    scoped_user_jwt,
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

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from natsim.broker.nats.auth.fields import Json

    Shown = Callable[[str], Mapping[str, Json]]
    """From the nonce of INFO to what CONNECT says."""


@dataclass(frozen=True)
class Knock:
    """One login. shows: what CONNECT says, None for a client that says PING instead."""

    name: str
    shows: Shown | None


@dataclass(frozen=True)
class House:
    """A server. config: for nats-server. options: the same for us. knocks: who comes."""

    name: str
    config: str
    options: Options
    knocks: list[Knock] = field(default_factory=list[Knock])


def says(name: str, **shown: Json) -> Knock:
    """Say the same whatever the nonce is."""
    return Knock(name, lambda nonce: shown)


def signs(name: str, with_: Signer, spelling: Callable[[bytes], str], **shown: Json) -> Knock:
    """Sign the nonce, and spell the signature so."""
    return Knock(name, lambda nonce: {**shown, "sig": spelling(with_.sign(nonce))})


def url(signature: bytes) -> str:
    return base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


def overpadded(signature: bytes) -> str:
    return base64.urlsafe_b64encode(signature).decode() + "="


def standard(signature: bytes) -> str:
    return base64.b64encode(signature).decode()


def mixed(signature: bytes) -> str:
    """Spell a signature in standard base64 that has a slash for certain, without padding."""
    return base64.b64encode(signature)[:-3].decode() + "/"


def in_hexadecimal(signature: bytes) -> str:
    return signature.hex()


def cut(signature: bytes) -> str:
    return url(signature[:-1])


SILENT = Knock("says PING first", None)
NOBODY = says("shows nothing")

_HASH = bcrypt.hashpw(b"s3cr3t", bcrypt.gensalt(4, b"2a")).decode()
_ALICE, _BOB = user_signer("alice"), user_signer("bob")

_WITHOUT_ENTRY = [
    NOBODY,
    SILENT,
    says("a user and password", user="u", **{"pass": "p"}),
    says("a token", auth_token="t"),
    says("an nkey", nkey=_ALICE.public, sig="x"),
    says("a jwt", jwt="eyJ"),
    says("an account", account="A"),
    says("a new account", new_account=True),
]

_TOKENS = [
    NOBODY,
    SILENT,
    says("the token", auth_token="s3cr3t"),
    says("another token", auth_token="s3cr3T"),
    says("the hash", auth_token=_HASH),
    says("the token as password", user="s3cr3t", **{"pass": "s3cr3t"}),
    says("the token beside a user", auth_token="s3cr3t", user="u"),
    says("the token and an account", auth_token="s3cr3t", account="A"),
]

_PASSWORDS = [
    NOBODY,
    SILENT,
    says("name and password", user="u", **{"pass": "s3cr3t"}),
    says("another password", user="u", **{"pass": "s3cr3"}),
    says("another name", user="v", **{"pass": "s3cr3t"}),
    says("no password", user="u"),
    says("no name", **{"pass": "s3cr3t"}),
    says("the hash", user="u", **{"pass": _HASH}),
    says("the password as token", auth_token="s3cr3t"),
    says("a name to be quoted", user='"\\\n\u00e9\u200b\U0001f600\x01'),
]

_TABLE = [
    NOBODY,
    SILENT,
    says("a", user="a", **{"pass": "a"}),
    says("a with b's password", user="a", **{"pass": "s3cr3t"}),
    says("b, hashed", user="b", **{"pass": "s3cr3t"}),
    says("b, wrong", user="b", **{"pass": "a"}),
    says("b, the hash", user="b", **{"pass": _HASH}),
    says("without a password", user="e"),
    says("without a password, but one shown", user="e", **{"pass": "e"}),
    says("nobody of that name", user="x", **{"pass": "x"}),
    says("of websockets only", user="w", **{"pass": "w"}),
    says("of either", user="s", **{"pass": "s"}),
    says("a token", auth_token="a"),
    says("a and a token", user="a", auth_token="t", **{"pass": "a"}),
]

_NKEYS = [
    signs("signed, base64url", _ALICE, url, nkey=_ALICE.public),
    signs("signed, standard base64", _ALICE, standard, nkey=_ALICE.public),
    signs("signed, base64url with more padding", _ALICE, overpadded, nkey=_ALICE.public),
    signs("signed, standard without padding", _ALICE, mixed, nkey=_ALICE.public),
    signs("signed, hexadecimal", _ALICE, in_hexadecimal, nkey=_ALICE.public),
    signs("signed, cut", _ALICE, cut, nkey=_ALICE.public),
    signs("signed with a line end", _ALICE, lambda raw: url(raw) + "\n", nkey=_ALICE.public),
    signs("signed by another", _BOB, url, nkey=_ALICE.public),
    signs("nobody's key", _BOB, url, nkey=_BOB.public),
    says("no signature", nkey=_ALICE.public),
    says("no base64", nkey=_ALICE.public, sig="!"),
    says("no key", nkey="U", sig="x"),
    signs("signed, and a user", _ALICE, url, nkey=_ALICE.public, user="a", **{"pass": "x"}),
    says("a user and no nkey", user="a", **{"pass": "a"}),
    signs("no nkey, but a signature", _ALICE, url),
]


PLAIN_HOUSES = [
    House("open", "", Options(), _WITHOUT_ENTRY),
    House(
        "token",
        "authorization { token: s3cr3t }",
        Options(authorization=AuthorizationOptions(token="s3cr3t")),
        _TOKENS,
    ),
    House(
        "hashed token",
        f'authorization {{ token: "{_HASH}" }}',
        Options(authorization=AuthorizationOptions(token=_HASH)),
        _TOKENS,
    ),
    House(
        "one user",
        "authorization { user: u, password: s3cr3t }",
        Options(authorization=AuthorizationOptions(user="u", password="s3cr3t")),
        _PASSWORDS,
    ),
    House(
        "one user, hashed",
        f'authorization {{ user: u, password: "{_HASH}" }}',
        Options(authorization=AuthorizationOptions(user="u", password=_HASH)),
        _PASSWORDS,
    ),
    House(
        "a table",
        f"""authorization {{ users: [
            {{ user: a, password: a }}, {{ user: b, password: "{_HASH}" }}, {{ user: e }}
            {{ user: w, password: w, allowed_connection_types: ["websocket"] }}
            {{ user: s, password: s, allowed_connection_types: ["STANDARD", "WEBSOCKET"] }} ] }}""",
        Options(
            authorization=AuthorizationOptions(
                users=(
                    UserOptions(name="a", password="a"),
                    UserOptions(name="b", password=_HASH),
                    UserOptions(name="e"),
                    UserOptions(
                        name="w", password="w", connection_types=(ConnectionType.WEBSOCKET,)
                    ),
                    UserOptions(
                        name="s",
                        password="s",
                        connection_types=(ConnectionType.STANDARD, ConnectionType.WEBSOCKET),
                    ),
                )
            )
        ),
        _TABLE,
    ),
    House(
        "nkeys and a user",
        f"authorization {{ users: [ {{ nkey: {_ALICE.public} }}, {{ user: a, password: a }} ] }}",
        Options(
            authorization=AuthorizationOptions(
                users=(UserOptions(nkey=_ALICE.public), UserOptions(name="a", password="a"))
            )
        ),
        [NOBODY, SILENT, *_NKEYS],
    ),
    House(
        "nkeys alone",
        f"authorization {{ users: [ {{ nkey: {_ALICE.public} }} ] }}",
        Options(authorization=AuthorizationOptions(users=(UserOptions(nkey=_ALICE.public),))),
        [NOBODY, SILENT, *_NKEYS],
    ),
    House(
        "no_auth_user",
        """authorization { users: [ { user: a, password: a }, { user: b, password: b } ] }
        no_auth_user: a""",
        Options(
            authorization=AuthorizationOptions(
                users=(
                    UserOptions(name="a", password="a"),
                    UserOptions(name="b", password="b"),
                ),
                no_auth_user="a",
            )
        ),
        [
            NOBODY,
            SILENT,
            says("b", user="b", **{"pass": "b"}),
            says("b, wrong", user="b", **{"pass": "a"}),
            says("a, wrong", user="a", **{"pass": "b"}),
            says("a without password", user="a"),
            says("a password alone", **{"pass": "a"}),
            says("a token", auth_token="a"),
            says("an nkey", nkey=_ALICE.public),
        ],
    ),
    House(
        "no_auth_user, hashed",
        f'authorization {{ users: [ {{ user: a, password: "{_HASH}" }} ] }}\nno_auth_user: a',
        Options(
            authorization=AuthorizationOptions(
                users=(UserOptions(name="a", password=_HASH),), no_auth_user="a"
            )
        ),
        [NOBODY, SILENT, says("a", user="a", **{"pass": "s3cr3t"})],
    ),
    House(
        "no_auth_user by nkey",
        f"""authorization {{ users: [ {{ nkey: {_ALICE.public} }}, {{ user: a, password: a }} ] }}
        no_auth_user: {_ALICE.public}""",
        Options(
            authorization=AuthorizationOptions(
                users=(UserOptions(nkey=_ALICE.public), UserOptions(name="a", password="a")),
                no_auth_user=_ALICE.public,
            )
        ),
        [NOBODY, SILENT, says("a", user="a", **{"pass": "a"}), says("a token", auth_token="t")],
    ),
    House(
        "no_auth_user of websockets",
        """authorization { users: [
            { user: a, password: a, allowed_connection_types: [WEBSOCKET] } ] }
        no_auth_user: a""",
        Options(
            authorization=AuthorizationOptions(
                users=(
                    UserOptions(
                        name="a", password="a", connection_types=(ConnectionType.WEBSOCKET,)
                    ),
                ),
                no_auth_user="a",
            )
        ),
        [NOBODY, SILENT],
    ),
    House(
        "accounts",
        f"""accounts {{
            A {{ users: [ {{ user: a, password: a }}, {{ nkey: {_ALICE.public} }} ] }}
            B {{ users: [ {{ user: b, password: b }} ] }}
            $SYS {{ users: [ {{ user: s, password: s }} ] }} }}
        authorization {{ users: [ {{ user: g, password: g }} ] }}""",
        Options(
            accounts=(
                AccountOptions(name="A"),
                AccountOptions(name="B"),
                AccountOptions(name="$SYS"),
            ),
            authorization=AuthorizationOptions(
                users=(
                    UserOptions(name="a", password="a", account="A"),
                    UserOptions(nkey=_ALICE.public, account="A"),
                    UserOptions(name="b", password="b", account="B"),
                    UserOptions(name="s", password="s", account="$SYS"),
                    UserOptions(name="g", password="g"),
                )
            ),
        ),
        [
            NOBODY,
            SILENT,
            *(says(name, user=name, **{"pass": name}) for name in "absgx"),
            signs("nkey", _ALICE, url, nkey=_ALICE.public),
        ],
    ),
    House(
        "the system account alone",
        "accounts { $SYS { users: [ { user: s, password: s } ] } }",
        Options(
            accounts=(AccountOptions(name="$SYS"),),
            authorization=AuthorizationOptions(
                users=(UserOptions(name="s", password="s", account="$SYS"),)
            ),
        ),
        [
            SILENT,
            says("s", user="s", **{"pass": "s"}),
            says("s, wrong", user="s", **{"pass": "x"}),
            says("another", user="x", **{"pass": "x"}),
            says("a token", auth_token="t"),
            NOBODY,
        ],
    ),
    House(
        "the system account without users",
        "accounts { $SYS { } }",
        Options(accounts=(AccountOptions(name="$SYS"),)),
        [SILENT, NOBODY, says("another", user="x", **{"pass": "x"})],
    ),
    House(
        "an account without users",
        "accounts { A { } }",
        Options(accounts=(AccountOptions(name="A"),)),
        [SILENT, NOBODY, says("another", user="x", **{"pass": "x"})],
    ),
]


_OPERATOR = operator_signer()
_OTHER_OPERATOR = operator_signer("other")
_OPERATOR_KEY = operator_signer("signing key")
_SYSTEM, _ACCOUNT, _STRICT = (account_signer(name) for name in ("system", "account", "strict"))
_SIGNING, _SCOPED = account_signer("signing"), account_signer("scoped")
_OLD, _STRANGE, _LIMITED = (account_signer(name) for name in ("old", "strange", "limited"))
_LATER_S = 4_000_000_000

_ROLE: Json = {
    "kind": "user_scope",
    "key": _SCOPED.public,
    "role": "role",
    "template": {
        "subs": 5,
        "data": -1,
        "payload": 100,
        "pub": {"allow": ["home.{{name()}}.>", "team.{{tag(team)}}"], "deny": ["x.{{subject()}}"]},
        "sub": {"allow": ["{{tag(none)}}.x"]},
    },
}


def _operator_house(
    name: str, operator: str, accounts: dict[str, str], knocks: list[Knock], more: str = ""
) -> House:
    preload = "\n".join(f"{key}: {jwt}" for key, jwt in accounts.items())
    return House(
        name,
        f"""operator: {operator}
        system_account: {_SYSTEM.public}
        resolver: MEMORY
        resolver_preload: {{ {preload} }}
        {more}""",
        Options(
            system_account=_SYSTEM.public,
            authorization=AuthorizationOptions(
                operator=OperatorOptions(operators=(operator,), accounts=tuple(accounts.items()))
            ),
        ),
        knocks,
    )


def _jwt(name: str, jwt: str, **shown: Json) -> Knock:
    """Show a JWT whose user signs as it should."""
    return signs(name, _ALICE, url, jwt=jwt, **shown)


def _of_account(
    name: str,
    claims: Mapping[str, Json] | None = None,
    *,
    issuer: Signer = _ACCOUNT,
    issued_s: int = ISSUED_S,
    expires_s: int = 0,
    not_before_s: int = 0,
) -> Knock:
    jwt = user_jwt(
        issuer,
        _ALICE,
        claims,
        issued_s=issued_s,
        expires_s=expires_s,
        not_before_s=not_before_s,
    )
    return _jwt(name, jwt)


def _hours(start: str, end: str) -> dict[str, Json]:
    return {"times": [{"start": start, "end": end}], "times_location": "UTC"}


_GOOD = user_jwt(_ACCOUNT, _ALICE, {"tags": ["one", "two"]}, name="alice")

_ACCOUNTS = {
    _SYSTEM.public: account_jwt(_OPERATOR, _SYSTEM, name="SYS"),
    _ACCOUNT.public: account_jwt(
        _OPERATOR_KEY,
        _ACCOUNT,
        {
            "signing_keys": [_SIGNING.public, _ROLE],
            "default_permissions": {"pub": {"deny": ["no"]}},
            "revocations": {_BOB.public: ISSUED_S},
        },
        name="acme",
    ),
    _OLD.public: account_jwt(_OPERATOR, _OLD, name="old", expires_s=ISSUED_S + 1),
    _STRANGE.public: account_jwt(_OTHER_OPERATOR, _STRANGE, name="strange"),
    _LIMITED.public: account_jwt(
        _OPERATOR,
        _LIMITED,
        {"revocations": {"*": ISSUED_S - 1}},
        limits={"disallow_bearer": True, "payload": 10, "subs": 1},
    ),
}

_JWT_KNOCKS = [
    NOBODY,
    SILENT,
    _jwt("good", _GOOD),
    _jwt("good, with a name shown", _GOOD, user="u", **{"pass": "p"}),
    _jwt("good, with an nkey shown", _GOOD, nkey=_ALICE.public),
    signs("standard base64", _ALICE, standard, jwt=_GOOD),
    says("no signature", jwt=_GOOD),
    signs("signed by another", _BOB, url, jwt=_GOOD),
    signs("cut signature", _ALICE, cut, jwt=_GOOD),
    _jwt("garbage", "garbage"),
    _jwt("changed", _GOOD[:-6] + "AAAAAA"),
    _jwt("of the operator", operator_jwt(_OPERATOR)),
    _jwt("of an account", _ACCOUNTS[_ACCOUNT.public]),
    says("user and password", user="u", **{"pass": "p"}),
    says("token", auth_token="t"),
    signs("nkey without jwt", _ALICE, url, nkey=_ALICE.public),
    _of_account("by a signing key", {"issuer_account": _ACCOUNT.public}, issuer=_SIGNING),
    _of_account("by a signing key that says not whose", issuer=_SIGNING),
    _of_account("by a stranger's key", issuer=account_signer("nobody")),
    _of_account(
        "by a stranger for an account",
        {"issuer_account": _ACCOUNT.public},
        issuer=account_signer("nobody"),
    ),
    _of_account("of an unknown account", {"issuer_account": account_signer("nobody").public}),
    _of_account("issuer_account no key", {"issuer_account": "A"}),
    _of_account("of an expired account", issuer=_OLD),
    _of_account("of another operator's account", issuer=_STRANGE),
    _of_account("expired", expires_s=ISSUED_S + 1),
    _of_account("expiring later", expires_s=_LATER_S),
    _of_account("not yet", not_before_s=_LATER_S),
    _of_account("bearer who signs", {"bearer_token": True}),
    says("bearer", jwt=user_jwt(_ACCOUNT, _ALICE, {"bearer_token": True})),
    says("bearer not allowed", jwt=user_jwt(_LIMITED, _ALICE, {"bearer_token": True})),
    _of_account("limited account", issuer=_LIMITED),
    _of_account("everyone revoked", issued_s=ISSUED_S - 1, issuer=_LIMITED),
    signs("revoked", _BOB, url, jwt=user_jwt(_ACCOUNT, _BOB)),
    signs(
        "issued after revocation", _BOB, url, jwt=user_jwt(_ACCOUNT, _BOB, issued_s=ISSUED_S + 1)
    ),
    _of_account("from here", {"src": ["10.0.0.0/8", "127.0.0.0/8"]}),
    _of_account("from here, old form", {"src": "10.0.0.0/8, 127.0.0.1/32"}),
    _of_account("from elsewhere", {"src": ["10.0.0.0/8"]}),
    _of_account("bad src", {"src": ["127.0.0.1"]}),
    _of_account("src of a wrong type", {"src": 5}),
    _of_account("all day", _hours("00:00:00", "23:59:59")),
    _of_account("no time", _hours("00:00:00", "00:00:00")),
    _of_account("bad time", _hours("0:0:0", "23:59:59")),
    _of_account("one-digit hour", _hours("0:00:00", "23:59:59")),
    _of_account("no end", _hours("00:00:00", "")),
    _of_account("unknown zone", {"times_location": "Nowhere/Town"}),
    _of_account("standard", {"allowed_connection_types": ["standard"]}),
    _of_account("websocket", {"allowed_connection_types": ["WEBSOCKET"]}),
    _of_account("unknown types", {"allowed_connection_types": ["PIGEON"]}),
    _of_account("unknown and known types", {"allowed_connection_types": ["PIGEON", "STANDARD"]}),
    _of_account("permissions", {"pub": {"allow": ["a.>"]}, "sub": {"allow": ["b q"]}}),
    _of_account("publish to a queue", {"pub": {"allow": ["a q"]}}),
    _of_account("bad subject", {"pub": {"deny": ["a..b"]}}),
    _of_account("three words", {"sub": {"allow": ["a b c"]}}),
    _of_account("wrong type", {"pub": {"allow": "a"}}),
    _of_account("tags of a wrong type", {"tags": [1]}),
    _jwt(
        "scoped",
        scoped_user_jwt(_SCOPED, _ALICE, _ACCOUNT, {"tags": ["team:red", "team:blue"]}),
    ),
    _jwt("scoped without a tag", scoped_user_jwt(_SCOPED, _ALICE, _ACCOUNT)),
    _jwt(
        "scoped with permissions",
        scoped_user_jwt(_SCOPED, _ALICE, _ACCOUNT, {"pub": {"allow": ["x"]}}),
    ),
    _jwt("scoped with limits", user_jwt(_SCOPED, _ALICE, {"issuer_account": _ACCOUNT.public})),
    _jwt("subject no user", user_jwt(_ACCOUNT, account_signer("odd"))),
    _jwt("good, and an account", _GOOD, account="A"),
]

OPERATOR_HOUSES = [
    _operator_house(
        "an operator",
        operator_jwt(_OPERATOR, {"signing_keys": [_OPERATOR_KEY.public]}),
        _ACCOUNTS,
        _JWT_KNOCKS,
    ),
    _operator_house(
        "a strict operator",
        operator_jwt(
            _OPERATOR, {"signing_keys": [_OPERATOR_KEY.public], "strict_signing_key_usage": True}
        ),
        {
            _SYSTEM.public: account_jwt(_OPERATOR_KEY, _SYSTEM),
            _ACCOUNT.public: account_jwt(
                _OPERATOR_KEY, _ACCOUNT, {"signing_keys": [_SIGNING.public]}
            ),
            _STRICT.public: account_jwt(_OPERATOR, _STRICT, {"signing_keys": [_SIGNING.public]}),
        },
        [
            _of_account("by the account"),
            _of_account("by its signing key", {"issuer_account": _ACCOUNT.public}, issuer=_SIGNING),
            _of_account(
                "account not by a signing key", {"issuer_account": _STRICT.public}, issuer=_SIGNING
            ),
        ],
    ),
]

HOUSES = [*PLAIN_HOUSES, *OPERATOR_HOUSES]


def connect_line(knock: Knock, nonce: str) -> bytes:
    """Give the bytes of a knock."""
    if knock.shows is None:
        return b"PING\r\n"
    shown = {"verbose": False, **knock.shows(nonce)}
    return b"CONNECT " + json.dumps(shown).encode() + b"\r\nPING\r\n"
