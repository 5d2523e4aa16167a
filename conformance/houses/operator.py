"""An operator with accounts, and the credentials of their users, good ones and others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.credentials.jwt import ISSUED_S, account_jwt, operator_jwt, user_jwt
from natsim.conformance.credentials.nkey import KeyPair, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

REVOKED_S = ISSUED_S + 1_000
"""What was issued to the revoked user until then is void."""


def make(directory: Path, things: Mapping[str, str]) -> dict[str, str]:
    """Give `operator_jwt`; of accounts keys (`first`), seeds and JWTs; JWTs of users, `USER_jwt`.

    The seeds of users are `ann_seed`, `bob_seed` and `revoked_seed`: a JWT names whose it is.
    """
    del directory, things
    operator = KeyPair.named(Kind.OPERATOR, "operator")
    system, first, second, small, stranger, signer = (
        KeyPair.named(Kind.ACCOUNT, name)
        for name in ("system", "first", "second", "small", "stranger", "signer")
    )
    ann, bob, revoked = (KeyPair.named(Kind.USER, name) for name in ("ann", "bob", "revoked"))
    of_first: dict[str, object] = {"issuer_account": first.public}
    jwts = {
        "operator": operator_jwt(operator),
        "system": account_jwt(operator, system),
        "first": account_jwt(
            operator,
            first,
            {
                "signing_keys": [signer.public],
                "revocations": {revoked.public: REVOKED_S},
                "default_permissions": {"pub": {"deny": ["*.never"]}, "sub": {}},
            },
        ),
        "second": account_jwt(operator, second),
        "small": account_jwt(operator, small, limits={"conn": 1, "subs": 2, "payload": 64}),
        "ann": user_jwt(first, ann),
        "bob": user_jwt(second, bob),
        "bob_small": user_jwt(small, bob),
        "expired": user_jwt(first, ann, exp=ISSUED_S + 1),
        "early": user_jwt(first, ann, nbf=4_000_000_000),
        "stranger": user_jwt(stranger, ann),
        "revoked": user_jwt(first, revoked, iat=REVOKED_S - 1),
        "renewed": user_jwt(first, revoked, iat=REVOKED_S + 1),
        "bearer": user_jwt(first, ann, {"bearer_token": True}),
        "by_signer": user_jwt(signer, ann, of_first),
        "by_signer_alone": user_jwt(signer, ann),
        "by_second": user_jwt(second, ann, of_first),
        "elsewhere": user_jwt(first, ann, {"src": ["192.0.2.0/24"]}),
        "here": user_jwt(first, ann, {"src": ["127.0.0.0/8", "::1/128"]}),
        "websocket": user_jwt(first, ann, {"allowed_connection_types": ["WEBSOCKET"]}),
        "limited": user_jwt(
            first,
            ann,
            {
                "pub": {"allow": ["*.open", "*.tree.>"], "deny": ["*.tree.secret"]},
                "sub": {"allow": ["*.open"]},
            },
        ),
        "answerer": user_jwt(
            first, ann, {"sub": {"allow": ["*.service"]}, "resp": {"max": 1, "ttl": 60 * 10**9}}
        ),
        "few": user_jwt(first, ann, {"subs": 2, "payload": 32}),
    }
    made = {f"{name}_jwt": jwt for name, jwt in jwts.items()}
    for name, key in {"system": system, "first": first, "second": second, "small": small}.items():
        made |= {name: key.public, f"{name}_seed": key.seed}
    for name, key in {"ann": ann, "bob": bob, "revoked": revoked}.items():
        made |= {name: key.public, f"{name}_seed": key.seed}
    return made
