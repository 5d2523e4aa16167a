"""Certificates, and the user that each may be the certificate of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.x509 import DNSName, GeneralName, RFC822Name, UniformResourceIdentifier
from cryptography.x509.oid import NameOID

from .houses import NOBODY, Knock, says

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.x509 import ObjectIdentifier


@dataclass(frozen=True)
class Mapping:
    """A client's certificate, and the only user of the table."""

    name: str
    user: str
    subject: Sequence[tuple[ObjectIdentifier, str]] = ((NameOID.COMMON_NAME, "nobody"),)
    alternatives: Sequence[GeneralName] = ()
    password: str = ""
    knock: Knock = NOBODY


_BOB = ((NameOID.COMMON_NAME, "bob"),)
_ACME = (
    (NameOID.COUNTRY_NAME, "US"),
    (NameOID.ORGANIZATION_NAME, "Acme"),
    (NameOID.COMMON_NAME, "bob"),
)
_UNITS = (
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "a"),
    (NameOID.ORGANIZATIONAL_UNIT_NAME, "b"),
    (NameOID.COMMON_NAME, "bob"),
)
_COMPONENTS = (
    (NameOID.DOMAIN_COMPONENT, "com"),
    (NameOID.DOMAIN_COMPONENT, "acme"),
    (NameOID.COMMON_NAME, "bob"),
)
_UNKNOWN = ((NameOID.EMAIL_ADDRESS, "bob@acme.com"), (NameOID.COMMON_NAME, "bob"))
_ODD = (
    (NameOID.TITLE, "Mr, \u00fc"),
    (NameOID.ORGANIZATION_NAME, 'a"c+m;e #'),
    (NameOID.COMMON_NAME, " #b\\o<b> "),
)
_ODD_NAME = r"CN=\ #b\\o\<b\>\ ,O=a\"c\+m\;e #"

MAPPINGS = [
    Mapping("common name", "CN=bob", _BOB),
    Mapping("common name alone", "bob", _BOB),
    Mapping("lower case type", "cn=bob", _BOB),
    Mapping("upper case value", "CN=BOB", _BOB),
    Mapping("another", "CN=alice", _BOB),
    Mapping("e-mail", "bob@acme.com", alternatives=[RFC822Name("bob@acme.com")]),
    Mapping("host", "bob.acme.com", alternatives=[DNSName("bob.acme.com")]),
    Mapping("address", "spiffe://bob", alternatives=[UniformResourceIdentifier("spiffe://bob")]),
    Mapping("the last of many", "c", alternatives=[DNSName("a"), DNSName("b"), DNSName("c")]),
    Mapping("subject beside others", "CN=nobody", alternatives=[DNSName("a")]),
    Mapping("as printed", "CN=bob,O=Acme,C=US", _ACME),
    Mapping("as encoded", "C=US,O=Acme,CN=bob", _ACME),
    Mapping("mixed up, with spaces", "o=Acme, cn=bob , c=US", _ACME),
    Mapping("too few", "CN=bob,O=Acme", _ACME),
    Mapping("too many", "CN=bob,O=Acme,C=US,L=X", _ACME),
    Mapping("units as Go prints them", "CN=bob,OU=a+OU=b", _UNITS),
    Mapping("units as they are", "CN=bob,OU=b,OU=a", _UNITS),
    Mapping("units the other way", "CN=bob,OU=b+OU=a", _UNITS),
    Mapping("components", "CN=bob,DC=acme,DC=com", _COMPONENTS),
    Mapping("components as Go has them", "CN=bob,DC=com,DC=acme", _COMPONENTS),
    Mapping("without components", "CN=bob", _COMPONENTS),
    Mapping("what Go does not know", "CN=bob", _UNKNOWN),
    Mapping("with what Go does not know", "CN=bob,1.2.840.113549.1.9.1=bob@acme.com", _UNKNOWN),
    Mapping("odd characters", _ODD_NAME, _ODD),
    Mapping("a password, not shown", "CN=bob", _BOB, password="x"),
    Mapping("a password, shown", "CN=bob", _BOB, (), "x", says("x", **{"pass": "x"})),
    Mapping("another user shown", "CN=bob", _BOB, knock=says("u", user="alice")),
]
