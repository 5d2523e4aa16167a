"""OpenSSL's errors in the words in which nats-server logs them, which are Go's."""

from __future__ import annotations

import ssl

NO_TLS = "tls: first record does not look like a TLS handshake"
_BAD_MESSAGE = "local error: tls: error decoding message"
_NO_VERSION = "tls: client offered only unsupported versions"

_TEXTS = {
    "BAD_RECORD_MAC": "local error: tls: bad record MAC",
    "DECRYPTION_FAILED_OR_BAD_RECORD_MAC": "local error: tls: bad record MAC",
    "DATA_LENGTH_TOO_LONG": "local error: tls: record overflow",
    "EXCESSIVE_MESSAGE_SIZE": "local error: tls: record overflow",
    "HTTP_REQUEST": NO_TLS,
    "HTTPS_PROXY_REQUEST": NO_TLS,
    "LENGTH_MISMATCH": _BAD_MESSAGE,
    "LENGTH_TOO_SHORT": _BAD_MESSAGE,
    "NO_SHARED_CIPHER": "tls: no cipher suite supported by both client and server",
    "NO_SUITABLE_SIGNATURE_ALGORITHM": "tls: peer doesn't support any of the certificate's "
    "signature algorithms",
    "PACKET_LENGTH_TOO_LONG": "tls: oversized record received",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "tls: client didn't provide a certificate",
    "UNEXPECTED_MESSAGE": "local error: tls: unexpected message",
    "UNSUPPORTED_PROTOCOL": _NO_VERSION,
    "VERSION_TOO_LOW": _NO_VERSION,
    "WRONG_SSL_VERSION": _NO_VERSION,
    "WRONG_VERSION_NUMBER": NO_TLS,
    # What the peer says in an alert.
    "SSLV3_ALERT_BAD_CERTIFICATE": "remote error: tls: bad certificate",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "remote error: tls: expired certificate",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": "remote error: tls: revoked certificate",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "remote error: tls: unknown certificate",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "remote error: tls: handshake failure",
    "SSLV3_ALERT_ILLEGAL_PARAMETER": "remote error: tls: illegal parameter",
    "SSLV3_ALERT_UNEXPECTED_MESSAGE": "remote error: tls: unexpected message",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": "remote error: tls: unsupported certificate",
    "TLSV1_ALERT_ACCESS_DENIED": "remote error: tls: access denied",
    "TLSV1_ALERT_DECODE_ERROR": "remote error: tls: error decoding message",
    "TLSV1_ALERT_DECRYPT_ERROR": "remote error: tls: error decrypting message",
    "TLSV1_ALERT_INTERNAL_ERROR": "remote error: tls: internal error",
    "TLSV1_ALERT_PROTOCOL_VERSION": "remote error: tls: protocol version not supported",
    "TLSV1_ALERT_UNKNOWN_CA": "remote error: tls: unknown certificate authority",
    "TLSV1_ALERT_USER_CANCELLED": "remote error: tls: user canceled",
}

_EXPIRED = "x509: certificate has expired or is not yet valid"
_UNKNOWN_AUTHORITY = "x509: certificate signed by unknown authority"

_VERIFY_TEXTS = {
    # X509_V_ERR_*, of OpenSSL's x509_vfy.h.
    9: _EXPIRED,
    10: _EXPIRED,
    18: _UNKNOWN_AUTHORITY,
    19: _UNKNOWN_AUTHORITY,
    20: _UNKNOWN_AUTHORITY,
    21: _UNKNOWN_AUTHORITY,
    26: "x509: certificate specifies an incompatible key usage",
}


def error_text(error: ssl.SSLError) -> str:
    """Say what went wrong; OpenSSL's own words where Go has none.

    >>> error_text(ssl.SSLError(1, "[SSL: HTTP_REQUEST] http request (_ssl.c:1)"))
    'http request'
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        why = _VERIFY_TEXTS.get(error.verify_code, f"x509: {error.verify_message}")
        return f"tls: failed to verify certificate: {why}"
    # Absent where Python made the error, None where OpenSSL gave no reason.
    reason: str | None = getattr(error, "reason", None)
    if reason in _TEXTS:
        return _TEXTS[reason]
    text = error.strerror or str(error)
    return text.partition("] ")[2].rpartition(" (")[0] or text
