"""A client's certificate is read as nats-server reads it."""

from __future__ import annotations

import hashlib
import ipaddress

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID
from tests.certificates import Authority

from natsim.broker.nats.auth.peer_certificate import read_peer

_LOOPBACK = ipaddress.ip_address("127.0.0.1")

COMPANY = [
    (NameOID.COUNTRY_NAME, "NZ"),
    (NameOID.STATE_OR_PROVINCE_NAME, "Otago"),
    (NameOID.ORGANIZATION_NAME, "Acme, Inc."),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "a+b"),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "c"),
    (NameOID.COMMON_NAME, " #bob "),
]
MIXED = [
    (NameOID.COMMON_NAME, "cn"),
    (NameOID.POSTAL_CODE, "pc"),
    (NameOID.STREET_ADDRESS, "st"),
    (NameOID.STATE_OR_PROVINCE_NAME, "pr"),
    (NameOID.EMAIL_ADDRESS, " a,b#"),
    (NameOID.LOCALITY_NAME, "l"),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "ou"),
    (NameOID.ORGANIZATION_NAME, "o"),
    (NameOID.SERIAL_NUMBER, "1"),
    (NameOID.COUNTRY_NAME, "NZ"),
    (NameOID.DOMAIN_COMPONENT, "com"),
    (NameOID.TITLE, "Dr"),
    (NameOID.LOCALITY_NAME, "l2"),
]
DOMAIN = [
    (NameOID.DOMAIN_COMPONENT, "com"),
    (NameOID.DOMAIN_COMPONENT, "example"),
    (NameOID.COMMON_NAME, "bob"),
]

# What 2.15.1 says of each: the subject in /connz, and the names it tries in its debug log.
SUBJECTS: list[tuple[list[tuple[x509.ObjectIdentifier, str]], str, list[str]]] = [
    ([], "", []),
    (
        [(NameOID.COMMON_NAME, "bob"), (NameOID.ORGANIZATION_NAME, "Acme")],
        "CN=bob,O=Acme",
        ["O=Acme,CN=bob", "CN=bob,O=Acme"],
    ),
    (
        COMPANY,
        r"CN=\ #bob\ ,OU=a\+b+OU=c,O=Acme\, Inc.,ST=Otago,C=NZ",
        [
            r"CN=\ #bob\ ,OU=c,OU=a\+b,O=Acme\, Inc.,ST=Otago,C=NZ",
            r"CN=\ #bob\ ,OU=a\+b+OU=c,O=Acme\, Inc.,ST=Otago,C=NZ",
        ],
    ),
    (
        DOMAIN,
        "CN=bob,0.9.2342.19200300.100.1.25=example,0.9.2342.19200300.100.1.25=com",
        ["CN=bob,DC=example,DC=com", "CN=bob,DC=com,DC=example", "CN=bob"],
    ),
    (
        MIXED,
        "SERIALNUMBER=1,CN=cn,OU=ou,O=o,POSTALCODE=pc,STREET=st,L=l+L=l2,ST=pr,C=NZ,"
        r"2.5.4.12=Dr,0.9.2342.19200300.100.1.25=com,1.2.840.113549.1.9.1=\ a\,b#",
        [
            "SERIALNUMBER=1,CN=cn,OU=ou,O=o,POSTALCODE=pc,STREET=st,L=l+L=l2,ST=pr,C=NZ,DC=com",
            "SERIALNUMBER=1,CN=cn,OU=ou,O=o,POSTALCODE=pc,STREET=st,L=l+L=l2,ST=pr,C=NZ",
        ],
    ),
]


@pytest.mark.parametrize(("attributes", "subject", "names"), SUBJECTS)
def test_a_subject_is_spelled_as_go_spells_it(
    attributes: list[tuple[x509.ObjectIdentifier, str]], subject: str, names: list[str]
) -> None:
    named = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    encoded = Authority().issue(named, [x509.IPAddress(_LOOPBACK)]).der

    peer = read_peer(encoded)

    assert (peer.subject, list(peer.names)) == (subject, names)


def test_alternative_names_come_first_by_their_kind() -> None:
    names = [
        x509.UniformResourceIdentifier("spiffe://x/y"),
        x509.DNSName("a.example"),
        x509.RFC822Name("bob@example.com"),
        x509.DNSName("b.example"),
    ]

    peer = read_peer(Authority().issue("bob", names).der)

    assert peer.names == (
        "bob@example.com",
        "a.example",
        "b.example",
        "spiffe://x/y",
        "CN=bob",
    )


def test_digests_are_of_the_key_and_of_the_whole() -> None:
    issued = Authority().issue("bob")

    peer = read_peer(issued.der)

    assert peer.cert_sha256 == hashlib.sha256(issued.der).hexdigest()
    assert peer.spki_sha256 == issued.spki_sha256


def test_what_is_no_certificate_has_no_names() -> None:
    with pytest.raises(ValueError, match="error parsing asn1 value"):
        read_peer(b"\x30\x03\x02\x01\x01")
