"""Targets of what a user writes on the command line."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.conformance.patience import WAIT_S
from natsim.conformance.wire.connection import Address

from .adapter import Adapted, Adapter
from .campaign import Asked
from .login import UserLogin, login_of, parse_url
from .run import full_version
from .tls import client_context
from .url import Url

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Credentials and certificates for URLs."""

    user: str | None = None
    password: str | None = None
    token: str | None = None
    creds: Path | None = None
    nkey: Path | None = None
    tls_ca: Path | None = None
    tls_cert: Path | None = None
    tls_key: Path | None = None
    is_tls_first: bool = False

    def shown(self) -> list[str]:
        """Write the options that may be shown to anybody, for a command that does the same."""
        given = {
            "--user": self.user, "--creds": self.creds, "--nkey": self.nkey,
            "--tls-ca": self.tls_ca, "--tls-cert": self.tls_cert, "--tls-key": self.tls_key,
        }  # fmt: skip
        words = [f"{name}={value}" for name, value in given.items() if value is not None]
        return [*words, "--tls-first"] if self.is_tls_first else words


def url_target(text: str, access: Access, wait_s: float | None) -> Url:
    """Make the target of a URL. Raises LoginError."""
    address, login = address_of(text, access)
    scheme = "nats" if address.tls is None else "tls"
    label = shlex.join([f"{scheme}://{address}", *access.shown()])
    return Url(label, address, login, wait_s or WAIT_S)


def address_of(text: str, access: Access) -> tuple[Address, UserLogin]:
    """Give where a URL leads to, and who we are there. Raises LoginError."""
    url = parse_url(text)
    login = login_of(
        url,
        user=access.user,
        password=access.password,
        token=access.token,
        creds=access.creds,
        nkey=access.nkey,
    )
    wants_tls = url.wants_tls or access.is_tls_first or access.tls_ca is not None
    context = client_context(access.tls_ca, access.tls_cert, access.tls_key) if wants_tls else None
    return Address(url.host, url.port, context, access.is_tls_first), login


def adapted(adapter: Adapter) -> Asked:
    """Make the target of an adapter file. Raises ValueError for a version that is none."""
    like = adapter.version_like
    return Asked(
        target=Adapted(f"--adapter {adapter.path}", adapter),
        version_like=full_version(like) if like else None,
        declared=adapter.capabilities,
    )
