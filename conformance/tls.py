"""How a client greets a server that wants TLS."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CLIENT = "client"
"""The certificate that a client shows if the case does not say which."""


def client_context(things: Mapping[str, str], certificate: str = CLIENT) -> ssl.SSLContext:
    """Trust the house's authority, `ca_cert`, and show a certificate if the house has that one."""
    context = ssl.create_default_context(cafile=things["ca_cert"])
    if f"{certificate}_cert" in things:
        context.load_cert_chain(things[f"{certificate}_cert"], things[f"{certificate}_key"])
    return context
