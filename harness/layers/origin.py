"""Which web pages may open a WebSocket.

Source: nats-server's server/websocket.go, checkOrigin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from natsim.record import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .request import Request


@record
class Origin:
    """Where a page is from. host: in lower case. port: in decimal, the scheme's own if not said."""

    scheme: str
    host: str
    port: str


class Origins:
    """The rules of a listener.

    same_origin: a page must be from the address that it connects to. allowed: origins, empty for
    all. is_tls: whether that address is https.
    """

    def __init__(self, same_origin: bool, allowed: Sequence[str], is_tls: bool) -> None:
        self._same_origin = same_origin
        self._allowed = [read_origin(each) for each in allowed]
        self._is_tls = is_tls

    def refusal(self, request: Request) -> str:
        """Say why a request's page may not connect; nothing when it may.

        Who sends no Origin is no browser, and may.
        """
        if not self._same_origin and not self._allowed:
            return ""
        written = request.first("origin") or request.first("sec-websocket-origin")
        if not written:
            return ""
        try:
            origin = read_origin(written)
            own = _at("https" if self._is_tls else "http", request.host)
        except ValueError as error:
            return str(error)
        if self._same_origin and origin != own:
            return "not same origin"
        if self._allowed and origin not in self._allowed:
            return "not in the allowed list"
        return ""


def read_origin(text: str) -> Origin:
    """Read `scheme://host[:port]`. Raises ValueError, in Go's words.

    >>> read_origin("https://Example.com")
    Origin(scheme='https', host='example.com', port='443')
    """
    parts = urlsplit(text)
    if not parts.scheme and not text.startswith("/"):
        raise ValueError(f'parse "{text}": invalid URI for request')
    return _at(parts.scheme.lower(), parts.netloc.rpartition("@")[2])


def _at(scheme: str, address: str) -> Origin:
    host, colon, port = address.rpartition(":")
    if not colon or address.endswith("]"):
        host, port = address, "443" if scheme == "https" else "80"
    elif host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError(f"address {address}: too many colons in address")
    return Origin(scheme, host.lower(), port)
