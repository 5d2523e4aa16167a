"""The HTTP by which a WebSocket is opened, without I/O: requests in, nats-server's answers out.

Source: nats-server's server/websocket.go, wsUpgrade; the answers of 2.15.1, byte for byte.
"""

from __future__ import annotations

import base64
import hashlib
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING

import h11

from natsim.broker.events import Upgrade
from natsim.broker.now import SECOND_NS
from natsim.record import record

from .origin import Origins
from .request import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from natsim.broker.nats.options.websocket import WebsocketOptions

HEADER_BYTES_MAX = 64 * 1024

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
_KEY_BYTES = 16

DEFLATE = "permessage-deflate"
DEFLATE_ANSWER = f"{DEFLATE}; server_no_context_takeover; client_no_context_takeover"


@record
class Opened:
    """A request was granted. reply: the whole answer.

    is_deflating: messages may be compressed. is_masked: the client masks its frames.
    is_browser: it likes short frames.
    """

    reply: bytes
    upgrade: Upgrade
    is_deflating: bool
    is_masked: bool
    is_browser: bool


@record
class Refused:
    """A request was not granted. why: for the log. is_last: no other can follow it."""

    reply: bytes
    why: str
    is_last: bool


class UpgradeHandshake:
    """Reads requests until one opens a WebSocket.

    is_tls: they come by TLS. wall_ns: the time, for the answers' Date.
    """

    def __init__(self, options: WebsocketOptions, is_tls: bool, wall_ns: Callable[[], int]) -> None:
        self._options = options
        self._origins = Origins(options.same_origin, options.allowed_origins, is_tls)
        self._wall_ns = wall_ns
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=HEADER_BYTES_MAX)

    def receive(self, data: bytes) -> None:
        """Take bytes, cut anywhere."""
        self._http.receive_data(data)

    def next(self) -> Opened | Refused | None:
        """Give the answer to the next request, None when it is not here yet."""
        try:
            while True:
                match event := self._http.next_event():
                    case h11.Request():
                        return self._answer(event)
                    case h11.EndOfMessage():
                        self._http.start_next_cycle()
                    case h11.Data():
                        pass  # of a request that was refused already
                    case _:
                        return None
        except h11.RemoteProtocolError as error:
            return _no_request(error)

    def _answer(self, event: h11.Request) -> Opened | Refused:
        if event.http_version not in (b"1.0", b"1.1"):
            return _bare(505, "HTTP Version Not Supported: unsupported protocol version")
        request = Request(event)
        if request.path.endswith("/mqtt"):
            return self._refuse(
                request, HTTPStatus.NOT_FOUND, "mqtt websocket endpoint not enabled"
            )
        if request.method != "GET":
            return self._refuse(
                request, HTTPStatus.METHOD_NOT_ALLOWED, "request method must be GET"
            )
        if why := _mistake(request):
            return self._refuse(request, HTTPStatus.BAD_REQUEST, why)
        if why := self._origins.refusal(request):
            return self._refuse(request, HTTPStatus.FORBIDDEN, f"origin not allowed: {why}")
        if not isinstance(self._http.next_event(), h11.EndOfMessage) or self._http.trailing_data[0]:
            return Refused(b"", "client sent data before handshake is complete", is_last=True)
        if request.path.endswith("/leafnode"):
            opened = self._open(request)
            return Refused(opened.reply, "Not configured to accept leaf node connections", True)
        return self._open(request)

    def _open(self, request: Request) -> Opened:
        options = self._options
        is_deflating = options.compression and request.offers(DEFLATE)
        is_masked = request.first("nats-no-masking") != "true"
        lines = [
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {_accept(request.first('sec-websocket-key'))}",
        ]
        if is_deflating:
            lines.append(f"Sec-WebSocket-Extensions: {DEFLATE_ANSWER}")
        if not is_masked:
            lines.append("Nats-No-Masking: true")
        lines += [f"{name}: {value}" for name, value in options.headers]
        cookies = request.cookies()
        upgrade = Upgrade(
            forwarded_for=request.forwarded_for(),
            jwt=cookies.get(options.jwt_cookie, ""),
            user=cookies.get(options.user_cookie, ""),
            password=cookies.get(options.pass_cookie, ""),
            token=cookies.get(options.token_cookie, ""),
        )
        return Opened(
            "".join(f"{line}\r\n" for line in [*lines, ""]).encode(),
            upgrade,
            is_deflating,
            is_masked,
            request.first("user-agent").startswith("Mozilla/"),
        )

    def _refuse(self, request: Request, status: HTTPStatus, why: str) -> Refused:
        text = f"{status.phrase}\n".encode()
        response = h11.Response(
            status_code=status,
            reason=status.phrase.encode(),
            headers=[
                ("Content-Type", "text/plain; charset=utf-8"),
                ("Sec-Websocket-Version", "13"),
                ("X-Content-Type-Options", "nosniff"),
                ("Date", formatdate(self._wall_ns() // SECOND_NS, usegmt=True)),
                ("Content-Length", str(len(text))),
            ],
        )
        parts = [self._http.send(response)]
        if request.method != "HEAD":
            parts.append(self._http.send(h11.Data(text)))
        parts.append(self._http.send(h11.EndOfMessage()))
        reply = b"".join(part for part in parts if part)
        return Refused(
            reply, f"websocket handshake error: {why}", self._http.our_state is not h11.DONE
        )


def _mistake(request: Request) -> str:
    """Say what is wrong with a request by RFC 6455, 4.2.1; nothing for a good one."""
    if not request.host:
        return "'Host' missing in request"
    if not request.has_token("upgrade", "websocket"):
        return "invalid value for header 'Upgrade'"
    if not request.has_token("connection", "upgrade"):
        return "invalid value for header 'Connection'"
    key = request.first("sec-websocket-key")
    if not key:
        return "key missing"
    try:
        decoded = base64.b64decode(key, validate=True)
    except ValueError:
        decoded = b""
    if len(decoded) != _KEY_BYTES:
        return "invalid websocket key"
    if not request.has_token("sec-websocket-version", "13"):
        return "invalid version"
    return ""


def _no_request(error: h11.RemoteProtocolError) -> Refused:
    """Answer what is not HTTP, as Go's library does."""
    if error.error_status_hint == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE:
        return _bare(431, "Request Header Fields Too Large")
    if "Missing mandatory Host" in str(error):
        return _bare(400, "Bad Request: missing required Host header")
    return _bare(400, "Bad Request")


def _bare(status: int, text: str) -> Refused:
    reply = (
        f"HTTP/1.1 {status} {text}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Connection: close\r\n\r\n{status} {text}"
    )
    return Refused(reply.encode(), "", is_last=True)


def _accept(key: str) -> str:
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID).digest()).decode()
