"""Certificates: of the server, and of clients that it knows, does not know, or knew."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cryptography import x509

from natsim.conformance.credentials.certificates import LOOPBACK, Authority, distinguished

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def make(directory: Path, things: Mapping[str, str]) -> dict[str, str]:
    """Give the paths `NAME_cert` and `NAME_key` of each; that of stranger has another ca."""
    del things
    ours, other = Authority("natsim"), Authority("somebody else")
    issued = {
        "ca": ours.own,
        "server": ours.issue(distinguished("localhost"), LOOPBACK),
        "client": ours.issue(distinguished("client")),
        "expired": ours.issue(distinguished("expired"), ends_in=timedelta(days=-2)),
        "stranger": other.issue(distinguished("client")),
        # What maps them to users: an address of mail, a name of DNS, and the subject itself.
        "ann": ours.issue(distinguished("x"), [x509.RFC822Name("ann@natsim.test")]),
        "bob": ours.issue(distinguished("bob", "natsim")),
        "cat": ours.issue(distinguished("y"), [x509.DNSName("cat.natsim.test")]),
        "nobody": ours.issue(distinguished("nobody"), [x509.RFC822Name("nobody@natsim.test")]),
    }
    made: dict[str, str] = {}
    for name, certificate in issued.items():
        made |= certificate.write(directory, name)
    return made
