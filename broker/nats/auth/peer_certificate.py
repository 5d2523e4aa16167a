"""From a client's certificate to the names that a user may be mapped from.

Source: nats-server server/auth.go, checkClientTLSCertSubject; Go's crypto/x509/pkix.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from natsim.broker.events import PeerCertificate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


# In the order in which Go keeps what it knows of a subject; it prints them from the last.
_GO_NAMES = {
    NameOID.COUNTRY_NAME: "C",
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.LOCALITY_NAME: "L",
    NameOID.STREET_ADDRESS: "STREET",
    NameOID.POSTAL_CODE: "POSTALCODE",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.COMMON_NAME: "CN",
    NameOID.SERIAL_NUMBER: "SERIALNUMBER",
}
_ONCE = (NameOID.COMMON_NAME, NameOID.SERIAL_NUMBER)
_NAMES = {**_GO_NAMES, NameOID.DOMAIN_COMPONENT: "DC"}


def read_peer(der: bytes) -> PeerCertificate:
    """Read a client's certificate. Raises ValueError for one that cannot be read."""
    certificate = x509.load_der_x509_certificate(der)
    subject = certificate.subject
    spki = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    encoded = _as_encoded(subject)
    names = (*_alternative_names(certificate), encoded, *_as_printed(subject))
    return PeerCertificate(
        names=tuple(dict.fromkeys(name for name in names if name)),
        subject=",".join(_parts_of_go(subject) + _unknown_of_go(subject)),
        spki_sha256=sha256(spki).hexdigest(),
        cert_sha256=sha256(der).hexdigest(),
        distinguished_name=encoded,
    )


def _alternative_names(certificate: x509.Certificate) -> list[str]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [
        *found.get_values_for_type(x509.RFC822Name),
        *found.get_values_for_type(x509.DNSName),
        *found.get_values_for_type(x509.UniformResourceIdentifier),
    ]


def _as_encoded(subject: x509.Name) -> str:
    """Spell a subject as RFC 4514 says; empty if nats-server has no name for some attribute."""
    if any(attribute.oid not in _NAMES for attribute in subject):
        return ""
    parts = [reversed(list(part)) for part in reversed(subject.rdns)]
    return ",".join("+".join(_spell(attribute, _NAMES) for attribute in part) for part in parts)


def _as_printed(subject: x509.Name) -> list[str]:
    """Spell a subject as Go prints it, with domain components and without."""
    printed = ",".join(_parts_of_go(subject))
    components = [
        f"DC={_text(attribute)}"
        for attribute in subject.get_attributes_for_oid(NameOID.DOMAIN_COMPONENT)
    ]
    return [",".join([printed, *components]), printed] if components else [printed]


def _parts_of_go(subject: x509.Name) -> list[str]:
    """Give the parts that Go has fields for: one for each, with all the values."""
    parts: list[str] = []
    for oid in reversed(_GO_NAMES):
        found = subject.get_attributes_for_oid(oid)
        kept: Sequence[x509.NameAttribute[str | bytes]] = found[-1:] if oid in _ONCE else found
        if kept:
            parts.append("+".join(_spell(attribute) for attribute in kept))
    return parts


def _unknown_of_go(subject: x509.Name) -> list[str]:
    unknown = [attribute for attribute in subject if attribute.oid not in _GO_NAMES]
    return [_spell(attribute) for attribute in reversed(unknown)]


def _spell(
    attribute: x509.NameAttribute[str | bytes],
    names: Mapping[x509.ObjectIdentifier, str] = _GO_NAMES,
) -> str:
    name = names.get(attribute.oid, attribute.oid.dotted_string)
    return f"{name}={_escape(_text(attribute))}"


def _text(attribute: x509.NameAttribute[str | bytes]) -> str:
    value = attribute.value
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def _escape(value: str) -> str:
    return "".join(_escaped(value, index) for index in range(len(value)))


def _escaped(value: str, index: int) -> str:
    character, last = value[index], len(value) - 1
    is_special = (
        character in ',+"\\<>;'
        or (character == "#" and index == 0)
        or (character == " " and index in (0, last))
    )
    return f"\\{character}" if is_special else character
