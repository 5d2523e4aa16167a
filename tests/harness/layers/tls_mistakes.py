"""Blocks `tls` that cannot be used, and what nats-server 2.15.1 says of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from natsim.broker.nats.options.tls import TlsOptions

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Material

_PAIR = "error parsing X509 certificate/key pair: "


@dataclass(frozen=True)
class Mistake:
    """files: by option, a file of `write_files`. text: with FOLDER for where the files are."""

    name: str
    text: str
    files: dict[str, str]
    more: dict[str, str | tuple[str, ...]] = field(
        default_factory=dict[str, "str | tuple[str, ...]"]
    )

    def __str__(self) -> str:
        return self.name

    def options(self, folder: Path) -> TlsOptions:
        return TlsOptions(
            **{option: str(folder / name) for option, name in self.files.items()},  # type: ignore[arg-type]
            **self.more,  # type: ignore[arg-type]
        )

    def block(self, folder: Path) -> str:
        """Write the options as nats-server's configuration does."""
        lines = [f'{option}: "{folder / name}"' for option, name in self.files.items()]
        for option, value in self.more.items():
            written = f'"{value}"' if isinstance(value, str) else f'["{value[0]}"]'
            lines.append(f"{option}: {written}")
        return "tls {\n" + "\n".join(lines) + "\n}\n"


_GOOD = {"cert_file": "server.pem", "key_file": "server-key.pem"}

MISTAKES = [
    Mistake("no key", "missing 'key_file' in TLS configuration", {"cert_file": "server.pem"}),
    Mistake("no cert", "missing 'cert_file' in TLS configuration", {"key_file": "server-key.pem"}),
    Mistake(
        "absent cert",
        f"{_PAIR}open FOLDER/absent.pem: no such file or directory",
        _GOOD | {"cert_file": "absent.pem"},
    ),
    Mistake(
        "absent key",
        f"{_PAIR}open FOLDER/absent.pem: no such file or directory",
        _GOOD | {"key_file": "absent.pem"},
    ),
    Mistake(
        "a folder",
        f"{_PAIR}read FOLDER/folder: is a directory",
        _GOOD | {"cert_file": "folder"},
    ),
    Mistake(
        "another's key",
        f"{_PAIR}tls: private key does not match public key",
        _GOOD | {"key_file": "other-key.pem"},
    ),
    Mistake(
        "another kind of key",
        f"{_PAIR}tls: private key type does not match public key type",
        _GOOD | {"key_file": "ed25519.pem"},
    ),
    Mistake(
        "swapped",
        f"{_PAIR}tls: failed to find certificate PEM data in certificate input, but did find a "
        "private key; PEM inputs may have been switched",
        {"cert_file": "server-key.pem", "key_file": "server.pem"},
    ),
    Mistake(
        "cert for a key",
        f"{_PAIR}tls: found a certificate rather than a key in the PEM for the private key",
        _GOOD | {"key_file": "server.pem"},
    ),
    Mistake(
        "empty cert",
        f"{_PAIR}tls: failed to find any PEM data in certificate input",
        _GOOD | {"cert_file": "empty.pem"},
    ),
    Mistake(
        "empty key",
        f"{_PAIR}tls: failed to find any PEM data in key input",
        _GOOD | {"key_file": "empty.pem"},
    ),
    Mistake(
        "public key for a cert",
        f'{_PAIR}tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping '
        "PEM blocks of the following types: [PUBLIC KEY]",
        _GOOD | {"cert_file": "public.pem"},
    ),
    Mistake(
        "public key for a key",
        f'{_PAIR}tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input '
        "after skipping PEM blocks of the following types: [PUBLIC KEY]",
        _GOOD | {"key_file": "public.pem"},
    ),
    Mistake(
        "bad cert",
        f"{_PAIR}x509: malformed certificate",
        _GOOD | {"cert_file": "bad.pem"},
    ),
    Mistake(
        "absent authorities",
        "open FOLDER/absent.pem: no such file or directory",
        _GOOD | {"ca_file": "absent.pem"},
    ),
    Mistake(
        "no authority",
        "failed to parse root ca certificate",
        _GOOD | {"ca_file": "server-key.pem"},
    ),
    Mistake(
        "bad authority",
        "failed to parse root ca certificate",
        _GOOD | {"ca_file": "bad.pem"},
    ),
    Mistake("cipher", "unrecognized cipher NOPE", _GOOD, {"cipher_suites": ("NOPE",)}),
    Mistake("curve", "unrecognized curve preference P1", _GOOD, {"curve_preferences": ("P1",)}),
    Mistake("TLS 1.1", "unsupported TLS version: TLS 1.1", _GOOD, {"min_version": "1.1"}),
    Mistake("TLS 1.4", "unknown version: 1.4", _GOOD, {"min_version": "1.4"}),
]


def write_files(material: Material) -> Path:
    """Write the files of all mistakes; give their folder."""
    folder = material.folder
    material.authority.issue().write(folder, "other")
    key = ed25519.Ed25519PrivateKey.generate()
    (folder / "ed25519.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "public.pem").write_bytes(
        key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    (folder / "empty.pem").write_bytes(b"")
    (folder / "bad.pem").write_bytes(
        b"-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n"
    )
    (folder / "folder").mkdir()
    return folder
