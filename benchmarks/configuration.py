"""What both servers of a comparison are configured with: one file for the two of them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from .traffic import PASSWORD, USER, Setup

if TYPE_CHECKING:
    from pathlib import Path

_TLS = """\
tls {{ cert_file: "{folder}/server.pem", key_file: "{folder}/server-key.pem" }}
"""

_FULL = f"""\
http: "127.0.0.1:-1"
max_payload: 1MB
system_account: SYS
accounts {{
  SYS {{ users: [{{user: admin, password: "{PASSWORD}"}}] }}
  BENCH {{
    users: [{{
      user: {USER}, password: "{PASSWORD}"
      permissions: {{
        publish: {{allow: ["bench.>", "other.*.>"], deny: ["bench.secret.>"]}}
        subscribe: {{allow: ["bench.>", "_INBOX.>"], deny: ["bench.secret.>"]}}
      }}
    }}]
    imports: [{{stream: {{account: OTHER, subject: "news.>"}}}}]
  }}
  OTHER {{
    users: [{{user: other, password: "{PASSWORD}"}}]
    exports: [{{stream: "news.>"}}]
  }}
}}
"""


def configuration(setup: Setup, folder: Path) -> list[str]:
    """Write what a setup needs to a folder; give the flags by which a server reads it."""
    match setup:
        case Setup.PLAIN:
            return []
        case Setup.TLS:
            _write_certificate(folder)
            text = _TLS.format(folder=folder)
        case Setup.FULL:
            text = _FULL
    file = folder / "server.conf"
    file.write_text(text)
    return ["-c", str(file)]


def _write_certificate(folder: Path) -> None:
    """Make a certificate that signs itself, of the kind that most servers have."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, SHA256())
    )
    (folder / "server.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "server-key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
