"""TLS on a listener: names of files and what is asked of the peer. The driver reads the files."""

from dataclasses import dataclass, field

from natsim.broker.now import SECOND_NS

TIMEOUT_NS = 2 * SECOND_NS


@dataclass(frozen=True, slots=True, kw_only=True)
class HandshakeFirst:
    """TLS before INFO. delay_ns: after so long without a byte of the client, INFO goes out plain.

    delay_ns: None to wait for TLS alone.
    """

    delay_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsOptions:
    """The block `tls`.

    cert_file, key_file, ca_file: paths. cipher_suites, curve_preferences: names as Go has them,
    empty for the default. min_version: `1.2` or `1.3`, empty for the default.
    pinned_certs: SHA-256 of the public keys that are let in, in hexadecimal, empty for all.
    key_password: of the key's file. allow_non_tls: clients may also speak plainly.
    certificates: (cert_file, key_file) of `certs`, where there are several instead of one.
    files_digest: of what was in the files; empty until someone read them.
    """

    cert_file: str = ""
    key_file: str = ""
    ca_file: str = ""
    key_password: str = field(default="", repr=False)
    verify: bool = False
    verify_and_map: bool = False
    timeout_ns: int = TIMEOUT_NS
    cipher_suites: tuple[str, ...] = ()
    curve_preferences: tuple[str, ...] = ()
    min_version: str = ""
    pinned_certs: tuple[str, ...] = ()
    connection_rate_limit: int = 0
    handshake_first: HandshakeFirst | None = None
    allow_non_tls: bool = False
    certificates: tuple[tuple[str, str], ...] = ()
    files_digest: str = ""
