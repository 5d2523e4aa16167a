"""The files that blocks `tls` name, each block's read once."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from natsim.broker.nats.options import Options, TlsOptions
    from natsim.harness.layers.tls_context import ServerTls


class Certificates:
    """What TLS needs, by what its options say. Files are read once: a reload makes a new one."""

    def __init__(self) -> None:
        self._loaded: dict[TlsOptions, ServerTls] = {}

    def find_mistake(self, options: TlsOptions) -> str:
        """Read the files; say in nats-server's words what is wrong, empty for nothing."""
        # Late: a server without TLS needs no library for it.
        from natsim.harness.layers.tls_context import TlsOptionsError

        try:
            self.load(options)
        except TlsOptionsError as error:
            return str(error)
        return ""

    def load(self, options: TlsOptions) -> ServerTls:
        """Give what a listener needs to speak TLS. Raises TlsOptionsError."""
        from natsim.harness.layers.tls_context import load_server_tls

        asked = replace(options, files_digest="")
        if asked not in self._loaded:
            self._loaded[asked] = load_server_tls(asked)
        return self._loaded[asked]


def with_digests(options: Options) -> Options:
    """Say in the options what is in the files of TLS. Raises OSError."""
    return replace(options, tls=options.tls and _with_digest(options.tls))


def _with_digest(tls: TlsOptions) -> TlsOptions:
    names = [
        tls.cert_file,
        tls.key_file,
        tls.ca_file,
        *(name for pair in tls.certificates for name in pair),
    ]
    digest = hashlib.sha256()
    for name in filter(None, names):
        digest.update(hashlib.sha256(Path(name).read_bytes()).digest())
    return replace(tls, files_digest=digest.hexdigest())
