"""What nats-server reads out of a client's certificate.

Source: nats-server's server/auth.go, checkClientTLSCertSubject; Go's crypto/x509/pkix.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from natsim.broker.events import PeerCertificate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_GO_ORDER = (
    NameOID.COUNTRY_NAME,
    NameOID.STATE_OR_PROVINCE_NAME,
    NameOID.LOCALITY_NAME,
    NameOID.STREET_ADDRESS,
    NameOID.POSTAL_CODE,
    NameOID.ORGANIZATION_NAME,
    NameOID.ORGANIZATIONAL_UNIT_NAME,
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
}
"""What Go calls attributes; others go by their number."""

_DOMAIN = {NameOID.DOMAIN_COMPONENT: "DC"}


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

    As it stands, if all of it has a name; as Go writes it with the domain components behind; as
    Go writes it.
    """
    named = _SHORT | _DOMAIN
    is_named = all(attribute.oid in named for attribute in subject)
    stands = [_joined(part, named) for part in subject.rdns] if is_named else []
    written = ",".join(reversed(_kept(subject)))
    domain = [_joined([each], _DOMAIN) for each in subject if each.oid in _DOMAIN]
    return [
        ",".join(reversed(stands)),
        ",".join([written, *domain]) if domain else "",
        written,
    ]


def _as_go_prints(subject: x509.Name) -> str:
    """Give the subject as Go prints it: with the attributes it does not keep, at the end."""
    others = [_joined([each]) for each in subject if each.oid not in _GO_ORDER]
    return ",".join(reversed([*others, *_kept(subject)]))


def _kept(subject: x509.Name) -> list[str]:
    parts: list[str] = []
    for oid in _GO_ORDER:
        found = subject.get_attributes_for_oid(oid)
        if found:
            parts.append(_joined(found[-1:] if oid in _SINGLE else found))
    return parts


def _joined(
    attributes: Iterable[x509.NameAttribute[str | bytes]],
    names: Mapping[x509.ObjectIdentifier, str] = _SHORT,
) -> str:
    return "+".join(
        f"{names.get(each.oid, each.oid.dotted_string)}={_escaped(str(each.value))}"
        for each in attributes
    )


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
