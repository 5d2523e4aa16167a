"""Keys, JWTs, creds files and certificates for tests: the same ones in every run.

A key is made from a name (`signer(KeyKind.USER, "alice")`). Certificates differ from run to run:
TLS libraries look at the clock, and at nothing of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from natsim.broker.nats.auth.jwt import encode
from natsim.broker.nats.nkey import KeyKind, Seed, encode_seed, public_key, sign

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

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


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, as PEM."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def authority(name: str = "natsim tests") -> Certificate:
    """Make a certificate authority, good for a day from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = _builder(subject, subject, key).add_extension(
        x509.BasicConstraints(ca=True, path_length=None), critical=True
    )
    return Certificate(builder.sign(key, SHA256()), key)


def certificate(
    issuer: Certificate,
    subject: Sequence[tuple[x509.ObjectIdentifier, str]] = ((NameOID.COMMON_NAME, "localhost"),),
    alternatives: Sequence[x509.GeneralName] = (),
) -> Certificate:
    """Make a certificate for a server or a client.

    subject: attributes in the order they are encoded. alternatives: names beside it; a server
    wants `*LOOPBACK`.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(oid, value) for oid, value in subject])
    builder = _builder(name, issuer.certificate.subject, key)
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    return Certificate(builder.sign(issuer.key, SHA256()), key)


def write_certificates(directory: Path, **certificates: Certificate) -> None:
    """Write NAME.pem and NAME.key for each."""
    for name, one in certificates.items():
        (directory / f"{name}.pem").write_bytes(one.pem)
        (directory / f"{name}.key").write_bytes(one.key_pem)


LOOPBACK: tuple[x509.GeneralName, ...] = (
    x509.DNSName("localhost"),
    x509.IPAddress(ip_address("127.0.0.1")),
)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
    )
