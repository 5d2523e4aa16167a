"""When the certificate of a server ends, which /varz tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509

if TYPE_CHECKING:
    from natsim.broker.nats.options import TlsOptions

SECOND_NS = 1_000_000_000


def not_after_ns(tls: TlsOptions | None) -> int:
    """Give the end of a certificate's life, in ns since 1970; 0 without TLS.

    tls: one that was loaded before, so that its file is there and good.
    """
    if tls is None:
        return 0
    first = x509.load_pem_x509_certificates(Path(tls.cert_file).read_bytes())[0]
    return int(first.not_valid_after_utc.timestamp()) * SECOND_NS
