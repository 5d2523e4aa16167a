"""JWTs as NATS has them: `header.claims.signature`, signed by the nkey that the claims name.

decode says only that a JWT is what it says it is; whether its issuer is to be trusted, and whether
it is still good, is asked elsewhere (directory, validity).
"""

from __future__ import annotations

from base64 import b32encode, urlsafe_b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from natsim.broker.nats.base64_text import decode_url
from natsim.broker.nats.json_text import json_bytes
from natsim.broker.nats.nkey import KeyKind, Seed, kind_of, public_key, sign, verify

from .claims import (
    AccountClaims,
    ActivationClaims,
    AuthorizationResponseClaims,
    Claims,
    OperatorClaims,
    UserClaims,
)
from .fields import Fields, Json, read_fields
from .jwt_error import JwtError
from .read_claims import read_claims

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN_BYTES_MAX = 1024 * 1024
ALGORITHM = "ed25519-nkey"
OLD_ALGORITHM = "ed25519"

C = TypeVar(
    "C", OperatorClaims, AccountClaims, UserClaims, ActivationClaims, AuthorizationResponseClaims
)


def decode(token: str) -> Claims:
    """Give what a JWT claims, its signature proven. Raises JwtError for all other text."""
    if len(token) > TOKEN_BYTES_MAX:
        raise JwtError(f"token size {len(token)} exceeds maximum of {TOKEN_BYTES_MAX} bytes")
    chunks = token.split(".")
    if len(chunks) != 3:
        raise JwtError("expected 3 chunks")
    header, body, signature = chunks
    _check_header(read_fields(_decode_chunk(header)))
    claims = read_claims(read_fields(_decode_chunk(body)))
    registered = claims.registered
    # The first version signed the claims without the header.
    signed = body if registered.version <= 1 else f"{header}.{body}"
    if not verify(registered.issuer, signed.encode(), _decode_chunk(signature)):
        raise JwtError(f"claim failed V{max(registered.version, 1)} signature verification")
    if kind_of(registered.issuer) not in _ISSUERS[type(claims)]:
        raise JwtError("unable to validate expected prefixes")
    return claims


def decode_as(kind: type[C], token: str) -> C:
    """Decode a JWT that must be of one kind. Raises JwtError."""
    claims = decode(token)
    if not isinstance(claims, kind):
        raise JwtError(_NOT[kind])
    return claims


def encode(
    *,
    seed: Seed,
    kind: str,
    subject: str,
    nats: Mapping[str, Json],
    issued_s: int,
    name: str = "",
    audience: str = "",
    expires_s: int = 0,
    not_before_s: int = 0,
) -> str:
    """Write and sign a JWT of version 2.

    kind: `operator`, `account`, `user`... nats: what goes beside type and version under `nats`.
    The same arguments give the same text.
    """
    said: dict[str, Json] = {
        "aud": audience,
        "exp": expires_s,
        "iat": issued_s,
        "iss": public_key(seed),
        "name": name,
        "nbf": not_before_s,
        "sub": subject,
    }
    registered = {key: value for key, value in said.items() if value}
    # Any name that differs with the claims will do; nats-server never looks at it.
    jti = b32encode(sha256(json_bytes({**registered, "nats": dict(nats)}, None)).digest()).rstrip(
        b"="
    )
    body: dict[str, Json] = {
        **registered,
        "jti": jti.decode(),
        "nats": {**nats, "type": kind, "version": 2},
    }
    header: dict[str, Json] = {"typ": "JWT", "alg": ALGORITHM}
    signed = f"{_encode_chunk(json_bytes(header, None))}.{_encode_chunk(json_bytes(body, None))}"
    return f"{signed}.{_encode_chunk(sign(seed, signed.encode()))}"


_ISSUERS: Mapping[type[Claims], frozenset[KeyKind]] = {
    OperatorClaims: frozenset({KeyKind.OPERATOR}),
    AccountClaims: frozenset({KeyKind.OPERATOR, KeyKind.ACCOUNT}),
    UserClaims: frozenset({KeyKind.ACCOUNT}),
    ActivationClaims: frozenset({KeyKind.OPERATOR, KeyKind.ACCOUNT}),
    AuthorizationResponseClaims: frozenset({KeyKind.ACCOUNT}),
}

_NOT: Mapping[type[Claims], str] = {
    OperatorClaims: "not operator claim",
    AccountClaims: "not account claim",
    UserClaims: "not user claim",
    ActivationClaims: "not activation claim",
    AuthorizationResponseClaims: "not an authorization request claim",
}


def _check_header(fields: Fields) -> None:
    kind, algorithm = fields.text("typ"), fields.text("alg")
    if kind.upper() != "JWT":
        raise JwtError(f'not supported type "{kind}"')
    if algorithm.lower() not in (ALGORITHM, OLD_ALGORITHM):
        raise JwtError(f'unexpected "{algorithm}" algorithm')


def _decode_chunk(chunk: str) -> bytes:
    decoded = decode_url(chunk)
    if decoded is None:
        raise JwtError("illegal base64 data")
    return decoded


def _encode_chunk(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
