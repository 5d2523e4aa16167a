"""JWTs of operators, accounts and users, signed by the keys of nkey.py."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .nkey import KeyPair

ISSUED_S = 1_700_000_000
"""When a JWT says it was issued, if it does not say otherwise: in 2023."""

_UNLIMITED: Mapping[str, object] = {"subs": -1, "data": -1, "payload": -1}
_ACCOUNT_UNLIMITED: Mapping[str, object] = {
    **_UNLIMITED, "imports": -1, "exports": -1, "wildcards": True, "conn": -1, "leaf": -1,
}  # fmt: skip


def operator_jwt(operator: KeyPair) -> str:
    """Make the JWT that an operator signs for itself."""
    return _jwt(operator, operator.public, {"type": "operator"}, {})


def account_jwt(
    operator: KeyPair,
    account: KeyPair,
    claims: Mapping[str, object] | None = None,
    *,
    limits: Mapping[str, object] | None = None,
    **registered: object,
) -> str:
    """Make an account's JWT. claims: of `nats`. limits: over none. registered: `exp` and so on."""
    nats = {"type": "account", "limits": {**_ACCOUNT_UNLIMITED, **(limits or {})}, **(claims or {})}
    return _jwt(operator, account.public, nats, registered)


def user_jwt(
    issuer: KeyPair, user: KeyPair, claims: Mapping[str, object] | None = None, **registered: object
) -> str:
    """Make a user's JWT. claims: of `nats`, over no limits. registered: `exp`, `nbf`, `iat`."""
    return _jwt(issuer, user.public, {"type": "user", **_UNLIMITED, **(claims or {})}, registered)


def _jwt(
    issuer: KeyPair, subject: str, nats: Mapping[str, object], registered: Mapping[str, object]
) -> str:
    claims = {
        "iss": issuer.public,
        "sub": subject,
        "iat": ISSUED_S,
        "nats": {"version": 2, **nats},
        **registered,
    }
    claims["jti"] = sha256(_compact(claims)).hexdigest()
    header = _base64url(_compact({"typ": "JWT", "alg": "ed25519-nkey"}))
    signed = f"{header}.{_base64url(_compact(claims))}"
    return f"{signed}.{_base64url(issuer.sign(signed.encode()))}"


def _compact(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
