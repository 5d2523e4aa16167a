"""What can go wrong in a layer."""

from __future__ import annotations


class LayerError(ConnectionError):
    """A layer ended the connection. Its text is what nats-server would log."""


class HandshakeError(LayerError):
    """The TLS handshake failed."""


class UnheardError(LayerError):
    """A peer made us answer again and again, and read nothing of it."""
