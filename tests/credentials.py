"""Keys, JWTs and creds files for tests: the same ones in every run.

A key is made from a name (`signer(KeyKind.USER, "alice")`).
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from natsim.broker.nats.auth.jwt import encode
from natsim.broker.nats.nkey import KeyKind, Seed, encode_seed, public_key, sign

if TYPE_CHECKING:
    from collections.abc import Mapping

    from natsim.broker.nats.auth.fields import Json

ISSUED_S = 1_700_000_000
"""When JWTs of tests are issued: in 2023, so that real servers take them too."""

UNLIMITED: Mapping[str, Json] = {"subs": -1, "data": -1, "payload": -1}
ACCOUNT_UNLIMITED: Mapping[str, Json] = {
    **UNLIMITED,
    "imports": -1,
    "exports": -1,
    "wildcards": True,
    "conn": -1,
    "leaf": -1,
}


@dataclass(frozen=True)
class Signer:
    """A key pair."""

    seed: Seed

    @property
    def public(self) -> str:
        """The public key as text: `U...`."""
        return public_key(self.seed)

    @property
    def secret(self) -> str:
        """The seed as text: `SU...`."""
        return encode_seed(self.seed)

    def sign(self, nonce: str) -> bytes:
        """Sign a nonce of INFO."""
        return sign(self.seed, nonce.encode())


def signer(kind: KeyKind, name: str) -> Signer:
    """Make the key pair of a name."""
    return Signer(Seed(kind, sha256(f"{kind.name} {name}".encode()).digest()))


def operator_signer(name: str = "operator") -> Signer:
    return signer(KeyKind.OPERATOR, name)


def account_signer(name: str) -> Signer:
    return signer(KeyKind.ACCOUNT, name)


def user_signer(name: str) -> Signer:
    return signer(KeyKind.USER, name)


def operator_jwt(operator: Signer, nats: Mapping[str, Json] | None = None) -> str:
    """Make an operator's JWT, signed by itself. nats: claims beside type and version."""
    return encode(
        seed=operator.seed,
        kind="operator",
        subject=operator.public,
        name="operator",
        nats=nats or {},
        issued_s=ISSUED_S,
    )


def account_jwt(
    issuer: Signer,
    account: Signer,
    nats: Mapping[str, Json] | None = None,
    *,
    name: str = "",
    limits: Mapping[str, Json] | None = None,
    expires_s: int = 0,
    not_before_s: int = 0,
) -> str:
    """Make an account's JWT. limits: over those that are unlimited."""
    return encode(
        seed=issuer.seed,
        kind="account",
        subject=account.public,
        name=name,
        nats={"limits": {**ACCOUNT_UNLIMITED, **(limits or {})}, **(nats or {})},
        issued_s=ISSUED_S,
        expires_s=expires_s,
        not_before_s=not_before_s,
    )


def user_jwt(
    issuer: Signer,
    user: Signer,
    nats: Mapping[str, Json] | None = None,
    *,
    name: str = "",
    issued_s: int = ISSUED_S,
    expires_s: int = 0,
    not_before_s: int = 0,
    audience: str = "",
) -> str:
    """Make a user's JWT, without limits but those of nats."""
    return encode(
        seed=issuer.seed,
        kind="user",
        subject=user.public,
        name=name,
        nats={**UNLIMITED, **(nats or {})},
        issued_s=issued_s,
        expires_s=expires_s,
        not_before_s=not_before_s,
        audience=audience,
    )


def scoped_user_jwt(
    issuer: Signer, user: Signer, account: Signer, nats: Mapping[str, Json] | None = None
) -> str:
    """Make the JWT of a user whose signing key says what it may: it claims no limits at all."""
    return encode(
        seed=issuer.seed,
        kind="user",
        subject=user.public,
        name="scoped",
        nats={"issuer_account": account.public, **(nats or {})},
        issued_s=ISSUED_S,
    )


def creds(jwt: str, user: Signer) -> str:
    """Make the text of a creds file."""
    return (
        f"-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{user.secret}\n------END USER NKEY SEED------\n"
    )
