"""Log lines for a syslog: the local one, or another by UDP or TCP.

The lines are those of Go's library, which are not quite those of RFC 3164 or RFC 5424; logging's
own SysLogHandler writes others.
"""

from __future__ import annotations

import os
import re
import socket
import time
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from natsim.broker.effects import Level

from .program import program_name
from .sinks import FATAL, TRACE, SinkError

if TYPE_CHECKING:
    from collections.abc import Callable

_SEVERITIES = {
    Level.INFO: 5,
    Level.DEBUG: 7,
    Level.WARNING: 4,
    Level.ERROR: 3,
    FATAL: 2,
    TRACE: 5,
}
_LOCAL = ("/dev/log", "/var/run/syslog", "/var/run/log")
_KINDS = {"udp": socket.SOCK_DGRAM, "tcp": socket.SOCK_STREAM}

CONNECT_S = 5.0
"""How long a syslog may take to answer by TCP."""


class SyslogSink:
    """Sends to a syslog: the local one, or that of a URL (udp://, tcp://).

    Raises SinkError when it cannot be reached.
    """

    def __init__(self, url: str) -> None:
        self._tag = program_name()
        self._host = f" {socket.gethostname()}" if url else ""
        self._dial = _dial_local if not url else _dialler(url)
        try:
            self._socket = self._dial()
        except (OSError, OverflowError) as error:
            raise SinkError(f'error connecting to syslog: "{error}"') from error

    def write(self, stamp: str, level: str, text: str) -> None:
        """Send one line; over a new connection where the old one is gone. The time is our own."""
        del stamp
        line = f"<{_SEVERITIES[level]}>{self._now()}{self._host} {self._tag}[{os.getpid()}]: {text}"
        sent = line.encode("utf-8", "backslashreplace") + b"\n"
        try:
            self._socket.sendall(sent)
        except OSError:
            with suppress(OSError):
                self._socket.close()
                self._socket = self._dial()
                self._socket.sendall(sent)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    def _now(self) -> str:
        now = time.localtime()
        if not self._host:
            return time.strftime("%b %e %H:%M:%S", now)
        zone = time.strftime("%z", now)
        shown = "Z" if not now.tm_gmtoff else f"{zone[:3]}:{zone[3:]}"
        return time.strftime("%Y-%m-%dT%H:%M:%S", now) + shown


def _dialler(url: str) -> Callable[[], socket.socket]:
    parts = urlsplit(url)
    kind = _KINDS.get(parts.scheme)
    if kind is None:
        raise SinkError(f'error invalid network type: "{parts.scheme}"')
    dial = f"dial {parts.scheme}"
    try:
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        wrong = re.sub(r".*(?=:)", "", parts.netloc)
        raise SinkError(f'parse "{url}": invalid port "{wrong}" after host') from error
    if port is None:
        raise SinkError(
            f'error connecting to syslog: "{dial}: address {parts.netloc}: missing port in address"'
        )

    def connect() -> socket.socket:
        try:
            return _connect(host, port, kind)
        except socket.gaierror as error:
            raise OSError(f"{dial}: lookup {host}: no such host") from error
        except OSError as error:
            why = os.strerror(error.errno or 0).lower()
            raise OSError(f"{dial} {host}:{port}: connect: {why}") from error

    return connect


def _connect(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
    family, _, protocol, _, address = socket.getaddrinfo(host, port, type=kind)[0]
    connected = socket.socket(family, kind, protocol)
    try:
        connected.settimeout(CONNECT_S)
        connected.connect(address)
    except OSError:
        connected.close()
        raise
    return connected


def _dial_local() -> socket.socket:
    for path in _LOCAL:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            local = socket.socket(socket.AF_UNIX, kind)
            try:
                local.connect(path)
            except OSError:
                local.close()
            else:
                return local
    raise OSError("Unix syslog delivery error")
