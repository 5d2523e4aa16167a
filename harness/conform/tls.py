"""How we greet a server by TLS."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from .login import LoginError

if TYPE_CHECKING:
    from pathlib import Path


def client_context(
    ca: Path | None = None, cert: Path | None = None, key: Path | None = None
) -> ssl.SSLContext:
    """Make the context of a client; ca: who signs, the system's authorities if None.

    Raises LoginError if a file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=None if ca is None else str(ca))
        if cert is not None:
            context.load_cert_chain(cert, key)
    except (OSError, ssl.SSLError) as error:
        named = ", ".join(str(path) for path in (ca, cert, key) if path is not None)
        raise LoginError(f"{named} cannot be used for TLS: {error}") from None
    return context
