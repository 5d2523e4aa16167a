"""How cases greet a server that wants TLS, or do not."""

from __future__ import annotations

import ssl
from dataclasses import replace
from typing import TYPE_CHECKING

from natsim.conformance.failure import Failed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from natsim.conformance.trial import Trial
    from natsim.conformance.wire.connection import Connection

CLIENT = "client"
"""The certificate that a client shows if the case does not say which."""


def client_context(things: Mapping[str, str], certificate: str = CLIENT) -> ssl.SSLContext:
    """Trust the house's authority, `ca_cert`, and show a certificate if the house has that one."""
    context = ssl.create_default_context(cafile=things["ca_cert"])
    if f"{certificate}_cert" in things:
        context.load_cert_chain(things[f"{certificate}_cert"], things[f"{certificate}_key"])
    return context


async def in_the_clear(trial: Trial, name: str = "") -> Connection:
    """Connect and read INFO, and do not begin the handshake that the server may want."""
    return await trial.open(name, replace(trial.addresses[0], tls=None))


async def upgraded(trial: Trial, name: str = "", *, certificate: str = CLIENT) -> Connection:
    """Connect, read INFO, and do the handshake with a certificate. Raises Failed."""
    connection = await in_the_clear(trial, name)
    try:
        await connection.start_tls(client_context(trial.things, certificate), "localhost")
    except (OSError, TimeoutError) as error:
        raise Failed(f"the TLS handshake failed: {error or 'it takes too long'}") from error
    return connection
