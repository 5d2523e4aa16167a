"""Taking the address of a listener."""

from __future__ import annotations

import os
import socket

PORT_MAX = 65_535


class ListenError(Exception):
    """The address cannot be had; the text is Go's."""


def bind(host: str, port: int) -> socket.socket:
    """Take an address and listen; port 0 for one that is free. Raises ListenError."""
    if not 0 <= port <= PORT_MAX:
        raise ListenError(f"listen tcp: address {port}: invalid port")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ListenError(f"listen tcp: lookup {host}: no such host") from error
    # One address only, of IPv4 if there is one: so does Go.
    family, kind, protocol, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    bound = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere it lets two servers have one port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        # Taken means taken now: a port can be bound twice, but only one listens.
        bound.listen()
    except OSError as error:
        bound.close()
        why = os.strerror(error.errno).lower() if error.errno else str(error)
        raise ListenError(f"listen tcp {join(host, port)}: bind: {why}") from error
    return bound


def port_of(bound: socket.socket) -> int:
    """Tell the port that a socket has taken."""
    return int(bound.getsockname()[1])


def join(host: str, port: int) -> str:
    """Write an address as `host:port`, IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
