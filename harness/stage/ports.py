"""Ports on loopback that stay ours while nobody listens on them."""

from __future__ import annotations

import socket
import sys

LOOPBACK = "127.0.0.1"


class ReservedPort:
    """A free port of this machine, kept for a server over its restarts.

    On Linux a socket that is bound but does not listen keeps the kernel from giving the port to
    anyone who asks for any, while a server that names the port (with SO_REUSEADDR, as all do) gets
    it. Elsewhere a second bind fails, so there the port is only known to have been free.
    """

    def __init__(self) -> None:
        self._holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._holder.bind((LOOPBACK, 0))
            self.number = int(self._holder.getsockname()[1])
        except OSError:
            self._holder.close()
            raise
        if not sys.platform.startswith("linux"):
            self._holder.close()

    def release(self) -> None:
        """Let the port go."""
        self._holder.close()
