"""From a block `tls` to OpenSSL's context.

Law of the file: what is wrong is said in nats-server's words.
"""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from natsim.broker.events import PeerCertificate, TlsSession
from natsim.broker.nats.auth.peer_certificate import read_peer

from .cipher_suites import CURVES, SECURE_SUITES, TLS_13_SUITES, go_name, openssl_name

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

    from natsim.broker.nats.options.tls import TlsOptions

_VERSIONS = {
    "": ssl.TLSVersion.TLSv1_2,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}


class TlsOptionsError(Exception):
    """A block `tls` cannot be used. Its text is nats-server's."""


@dataclass(frozen=True, slots=True)
class ServerTls:
    """What a listener needs to speak TLS; read once, so a reload makes a new one."""

    options: TlsOptions
    context: ssl.SSLContext

    def is_pinned(self, session: TlsSession) -> bool:
        """Tell whether the options let in the peer's key."""
        pinned = self.options.pinned_certs
        return not pinned or (
            session.peer is not None
            and session.peer.spki_sha256 in [each.lower() for each in pinned]
        )


def load_server_tls(options: TlsOptions) -> ServerTls:
    """Read the files that a block `tls` names. Raises TlsOptionsError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # What Go's server does not do either.
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    if options.min_version in ("1.0", "1.1"):
        raise TlsOptionsError(f"unsupported TLS version: TLS {options.min_version}")
    if options.min_version not in _VERSIONS:
        raise TlsOptionsError(f"unknown version: {options.min_version}")
    context.minimum_version = _VERSIONS[options.min_version]
    _load_certificate(context, options)
    _load_authorities(context, options)
    _choose_suites(context, options.cipher_suites)
    _choose_curves(context, options.curve_preferences)
    return ServerTls(options, context)


def session_of(tls: ssl.SSLObject, is_first: bool) -> TlsSession:
    """Say what a finished handshake agreed on. is_first: it came before INFO."""
    cipher = tls.cipher()
    encoded = tls.getpeercert(binary_form=True)
    return TlsSession(
        version=(tls.version() or "").removeprefix("TLSv"),
        cipher_suite=go_name(cipher[0]) if cipher else "",
        is_first=is_first,
        peer=_peer(encoded) if encoded else None,
    )


def _peer(encoded: bytes) -> PeerCertificate | None:
    try:
        return read_peer(encoded)
    except ValueError:
        # OpenSSL took it, but no names can be had of it.
        return None


def _load_certificate(context: ssl.SSLContext, options: TlsOptions) -> None:
    for cert_file, key_file in options.certificates:
        # Of several with keys of one kind OpenSSL offers the last; Go chooses by name.
        _load_pair(context, cert_file, key_file, "")
    if not options.cert_file and not options.key_file:
        return
    if not options.key_file:
        raise TlsOptionsError("missing 'key_file' in TLS configuration")
    if not options.cert_file:
        raise TlsOptionsError("missing 'cert_file' in TLS configuration")
    _load_pair(context, options.cert_file, options.key_file, options.key_password)


def _load_pair(context: ssl.SSLContext, cert_file: str, key_file: str, password: str) -> None:
    try:
        _check_pair(_read(cert_file), _read(key_file), password)
    except TlsOptionsError as error:
        raise TlsOptionsError(f"error parsing X509 certificate/key pair: {error}") from error
    try:
        # A password given as a function: without one OpenSSL would ask the terminal.
        context.load_cert_chain(cert_file, key_file, lambda: password)
    except (ssl.SSLError, OSError) as error:
        raise TlsOptionsError(f"error parsing X509 certificate/key pair: {error}") from error


def _check_pair(cert: bytes, key: bytes, password: str) -> None:
    """Find what Go finds wrong with a certificate and its key."""
    if b"-----BEGIN CERTIFICATE-----" not in cert:
        raise TlsOptionsError(f"tls: {_what_is_no_certificate(cert)}")
    if b" PRIVATE KEY-----" not in key:
        raise TlsOptionsError(f"tls: {_what_is_no_key(key)}")
    try:
        certified = x509.load_pem_x509_certificate(cert).public_key()
    except ValueError as error:
        raise TlsOptionsError("x509: malformed certificate") from error
    try:
        private = load_pem_private_key(key, password.encode() or None)
    except (ValueError, TypeError) as error:
        raise TlsOptionsError("tls: failed to parse private key") from error
    own = private.public_key()
    if type(own) is not type(certified):
        raise TlsOptionsError("tls: private key type does not match public key type")
    if _encoded(own) != _encoded(certified):
        raise TlsOptionsError("tls: private key does not match public key")


def _load_authorities(context: ssl.SSLContext, options: TlsOptions) -> None:
    if options.ca_file:
        try:
            text = _read(options.ca_file).decode("ascii", "replace")
            context.load_verify_locations(cadata=text)
        except (ssl.SSLError, ValueError) as error:
            raise TlsOptionsError("failed to parse root ca certificate") from error
    elif options.verify or options.verify_and_map:
        context.load_default_certs(ssl.Purpose.CLIENT_AUTH)
    if options.verify or options.verify_and_map:
        context.verify_mode = ssl.CERT_REQUIRED
        # For Go any certificate of the file is a root.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN


def _choose_suites(context: ssl.SSLContext, names: tuple[str, ...]) -> None:
    chosen: list[str] = []
    for name in names or tuple(SECURE_SUITES):
        try:
            openssl = openssl_name(name)
        except KeyError:
            raise TlsOptionsError(f"unrecognized cipher {name}") from None
        if name not in TLS_13_SUITES:
            chosen.append(openssl)
    if not chosen:
        # Only suites of TLS 1.3 are named, and they cannot be chosen among.
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        return
    try:
        context.set_ciphers(":".join(chosen))
    except ssl.SSLError as error:
        raise TlsOptionsError(f"no cipher of {', '.join(names)} can be had here") from error


def _choose_curves(context: ssl.SSLContext, names: tuple[str, ...]) -> None:
    for name in names:
        if name not in CURVES:
            raise TlsOptionsError(f"unrecognized curve preference {name}")
    # Python's ssl can set one curve; of several it is OpenSSL that prefers, among its own.
    if len(names) == 1 and CURVES[names[0]]:
        context.set_ecdh_curve(CURVES[names[0]])


def _read(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        why = os.strerror(error.errno).lower() if error.errno else str(error)
        what = "read" if isinstance(error, IsADirectoryError) else "open"
        raise TlsOptionsError(f"{what} {path}: {why}") from error


def _what_is_no_certificate(pem: bytes) -> str:
    if b" PRIVATE KEY-----" in pem:
        return (
            "failed to find certificate PEM data in certificate input, but did find a private "
            "key; PEM inputs may have been switched"
        )
    if b"-----BEGIN " in pem:
        return (
            'failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM '
            f"blocks of the following types: {_block_types(pem)}"
        )
    return "failed to find any PEM data in certificate input"


def _what_is_no_key(pem: bytes) -> str:
    if b"-----BEGIN CERTIFICATE-----" in pem:
        return "found a certificate rather than a key in the PEM for the private key"
    if b"-----BEGIN " in pem:
        return (
            'failed to find PEM block with type ending in "PRIVATE KEY" in key input after '
            f"skipping PEM blocks of the following types: {_block_types(pem)}"
        )
    return "failed to find any PEM data in key input"


def _block_types(pem: bytes) -> str:
    """List the types of a file's PEM blocks as Go prints a list of strings."""
    lines = [line for line in pem.splitlines() if line.startswith(b"-----BEGIN ")]
    return f"[{' '.join(line[11:-5].decode('ascii', 'replace') for line in lines)}]"


def _encoded(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
