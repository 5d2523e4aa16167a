"""Certificates for houses with TLS, made on the spot and good for a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Key: TypeAlias = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

DAY = timedelta(days=1)

LOOPBACK: Sequence[x509.GeneralName] = (
    x509.DNSName("localhost"),
    x509.IPAddress(ip_address("127.0.0.1")),
    x509.IPAddress(ip_address("::1")),
)

FOR_BOTH_SIDES = x509.ExtendedKeyUsage(
    [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
)

SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its key."""

    public: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def write(self, directory: Path, name: str) -> dict[str, str]:
        """Write both as files; give their paths as the things `NAME_cert` and `NAME_key`."""
        cert, key = directory / f"{name}-cert.pem", directory / f"{name}-key.pem"
        cert.write_bytes(self.public.public_bytes(Encoding.PEM))
        key.write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return {f"{name}_cert": str(cert), f"{name}_key": str(key)}


class Authority:
    """Signs certificates."""

    def __init__(self, name: str) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = distinguished(name)
        builder = (
            certificate_builder(subject, subject, key, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(SIGNS_CERTIFICATES, critical=True)
        )
        self.own = Certificate(builder.sign(key, SHA256()), key)

    def issue(
        self,
        subject: x509.Name,
        names: Sequence[x509.GeneralName] = (),
        *,
        ends_in: timedelta = DAY,
    ) -> Certificate:
        """Make a certificate for a server or a client. names: others than the subject."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = certificate_builder(subject, self.own.public.subject, key, self.own.key, ends_in)
        builder = builder.add_extension(FOR_BOTH_SIDES, critical=False)
        if names:
            others = x509.SubjectAlternativeName(names)
            builder = builder.add_extension(others, critical=False)
        return Certificate(builder.sign(self.own.key, SHA256()), key)


def distinguished(common_name: str, organization: str = "") -> x509.Name:
    """Make a subject."""
    named = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if organization:
        named.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(named)


def certificate_builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: Key,
    issuer_key: Key,
    ends_in: timedelta = DAY,
) -> x509.CertificateBuilder:
    """Begin a certificate that is valid since three days ago, until ends_in from now."""
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 3 * DAY)
        .not_valid_after(now + ends_in)
        # Python 3.13 and later want both.
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
