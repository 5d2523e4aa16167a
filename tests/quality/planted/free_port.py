"""A port on which nobody listens yet."""

from __future__ import annotations

import socket


def free_port(host: str) -> int:
    """Find a port of a host."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
