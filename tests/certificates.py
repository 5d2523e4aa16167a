"""Certificates for tests, made on the spot."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from natsim.conformance.credentials.certificates import (
    DAY,
    FOR_BOTH_SIDES,
    SIGNS_CERTIFICATES,
    Key,
    certificate_builder,
    distinguished,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOOPBACK: Sequence[x509.GeneralName] = (
    x509.DNSName("localhost"),
    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
)


@dataclass(frozen=True)
class Issued:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def spki_sha256(self) -> str:
        """The digest by which a key is pinned."""
        key = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(key).hexdigest()

    def key_pem(self, password: str = "") -> bytes:
        protection = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, protection)

    def write(self, folder: Path, name: str, password: str = "") -> tuple[str, str]:
        """Write both as files; give the paths of certificate and key."""
        cert, key = folder / f"{name}.pem", folder / f"{name}-key.pem"
        cert.write_bytes(self.pem)
        key.write_bytes(self.key_pem(password))
        return str(cert), str(key)


class Authority:
    """Signs certificates."""

    def __init__(self, name: str = "test authority") -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = common_name(name)
        builder = (
            certificate_builder(subject, subject, key, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(SIGNS_CERTIFICATES, critical=True)
        )
        self.issued = Issued(builder.sign(key, SHA256()), key)

    def issue(
        self,
        subject: x509.Name | str = "localhost",
        names: Sequence[x509.GeneralName] = LOOPBACK,
        is_expired: bool = False,
        key: Key | None = None,
    ) -> Issued:
        """Make a certificate, for servers and clients on loopback unless other names are given."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        named = common_name(subject) if isinstance(subject, str) else subject
        builder = certificate_builder(
            named,
            self.issued.certificate.subject,
            key,
            self.issued.key,
            -2 * DAY if is_expired else DAY,
        ).add_extension(FOR_BOTH_SIDES, critical=False)
        if names:
            others = x509.SubjectAlternativeName(names)
            builder = builder.add_extension(others, critical=False)
        return Issued(builder.sign(self.issued.key, SHA256()), key)

    def write(self, folder: Path, name: str = "ca") -> str:
        """Write the authority's own certificate as a file; give its path."""
        return self.issued.write(folder, name)[0]


def common_name(name: str) -> x509.Name:
    """A subject with nothing but a name."""
    return distinguished(name)
