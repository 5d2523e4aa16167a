"""What nats-server reads out of a client's certificate.

Source: nats-server's server/auth.go, checkClientTLSCertSubject; Go's crypto/x509/pkix.
"""

from __future__ import annotations

import hashlib
import string
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from natsim.broker.events import PeerCertificate

if TYPE_CHECKING:
    from collections.abc import Iterable

_GO_ORDER = (
    NameOID.COUNTRY_NAME,
    NameOID.ORGANIZATION_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
    NameOID.LOCALITY_NAME,
    NameOID.STATE_OR_PROVINCE_NAME,
    NameOID.STREET_ADDRESS,
    NameOID.POSTAL_CODE,
    NameOID.COMMON_NAME,
    NameOID.SERIAL_NUMBER,
)
"""The attributes that Go keeps of a name, in the order in which it writes the name anew."""

_SINGLE = (NameOID.COMMON_NAME, NameOID.SERIAL_NUMBER)
"""Of these Go keeps the last value alone; the others may have several."""

_SHORT = {
    NameOID.COUNTRY_NAME: "C",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.COMMON_NAME: "CN",
    NameOID.SERIAL_NUMBER: "SERIALNUMBER",
    NameOID.LOCALITY_NAME: "L",
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.STREET_ADDRESS: "STREET",
    NameOID.POSTAL_CODE: "POSTALCODE",
    NameOID.DOMAIN_COMPONENT: "DC",
}

_PRINTABLE_STRING, _UTF8_STRING = 0x13, 0x0C
_PRINTABLE = frozenset(string.ascii_letters + string.digits + " '()+,-./:=?")


def read_peer_certificate(encoded: bytes) -> PeerCertificate | None:
    """Read a certificate in DER; None when it is one that no names can be had of."""
    try:
        certificate = x509.load_der_x509_certificate(encoded)
        names = [*_alternative_names(certificate), *_subject_names(certificate.subject)]
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except ValueError:
        return None
    return PeerCertificate(
        names=tuple(dict.fromkeys(name for name in names if name)),
        subject=_as_go_prints(certificate.subject),
        spki_sha256=hashlib.sha256(key).hexdigest(),
        cert_sha256=hashlib.sha256(encoded).hexdigest(),
    )


def _alternative_names(certificate: x509.Certificate) -> list[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return [
        *extension.value.get_values_for_type(x509.RFC822Name),
        *extension.value.get_values_for_type(x509.DNSName),
        *extension.value.get_values_for_type(x509.UniformResourceIdentifier),
    ]


def _subject_names(subject: x509.Name) -> list[str]:
    """Give the subject in the spellings that are tried.

    As it stands, by RFC 2253 and the other way round; as Go writes it with the domain
    components behind; as Go writes it.
    """
    is_known = all(attribute.oid in _SHORT for attribute in subject)
    parts = [_joined(part) for part in subject.rdns] if is_known else []
    written = ",".join(reversed(_kept(subject)))
    domain = [
        f"DC={attribute.value!s}"
        for attribute in subject
        if attribute.oid == NameOID.DOMAIN_COMPONENT
    ]
    return [
        ",".join(reversed(parts)),
        ",".join(parts),
        ",".join([written, *domain]) if domain else "",
        written,
    ]


def _as_go_prints(subject: x509.Name) -> str:
    """Give the subject as Go prints it: with the attributes it does not keep, at the end."""
    others = [
        f"{attribute.oid.dotted_string}=#{_der(str(attribute.value)).hex()}"
        for attribute in subject
        if attribute.oid not in _GO_ORDER
    ]
    return ",".join(reversed([*others, *_kept(subject)]))


def _kept(subject: x509.Name) -> list[str]:
    parts: list[str] = []
    for oid in _GO_ORDER:
        found = subject.get_attributes_for_oid(oid)
        if found:
            parts.append(_joined(found[-1:] if oid in _SINGLE else found))
    return parts


def _joined(attributes: Iterable[x509.NameAttribute[str | bytes]]) -> str:
    return "+".join(f"{_SHORT[each.oid]}={_escaped(str(each.value))}" for each in attributes)


def _der(value: str) -> bytes:
    """Encode a string as Go does: a PrintableString if it is one, else UTF-8."""
    encoded = value.encode()
    tag = _PRINTABLE_STRING if _PRINTABLE.issuperset(value) else _UTF8_STRING
    size = len(encoded)
    if size < 0x80:
        return bytes([tag, size]) + encoded
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + encoded


def _escaped(value: str) -> str:
    r"""Escape what a value of RFC 2253 may not hold.

    >>> _escaped(" Acme, Inc. ")
    '\\ Acme\\, Inc.\\ '
    """
    last = len(value) - 1
    return "".join(
        "\\" + char
        if char in ',+"\\<>;' or (char == " " and at in (0, last)) or (char == "#" and at == 0)
        else char
        for at, char in enumerate(value)
    )
