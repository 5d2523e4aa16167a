"""TLS for both sides."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest
from tests.certificates import Authority

from natsim.broker.nats.options.tls import TlsOptions

if TYPE_CHECKING:
    from pathlib import Path


class Material:
    """The files of one authority, and what a server and its clients make of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority()
        self.ca_file = self.authority.write(folder)
        self.cert_file, self.key_file = self.authority.issue().write(folder, "server")

    def options(self, **more: object) -> TlsOptions:
        return TlsOptions(cert_file=self.cert_file, key_file=self.key_file, **more)  # type: ignore[arg-type]

    def client_context(
        self, cert_file: str = "", key_file: str = "", version: ssl.TLSVersion | None = None
    ) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca_file)
        if version is not None:
            context.minimum_version = context.maximum_version = version
        if cert_file:
            context.load_cert_chain(cert_file, key_file)
        return context


@pytest.fixture
def material(tmp_path: Path) -> Material:
    return Material(tmp_path)
