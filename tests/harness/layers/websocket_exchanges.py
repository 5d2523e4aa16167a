"""What a WebSocket listener answers: measured on nats-server 2.15.1, which is asked again."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field

from natsim.broker.nats.options.websocket import WebsocketOptions

DATE = re.compile(rb"Date: [^\r]+")

MAX_PAYLOAD = 1000

_HEADERS = {
    "Host": "localhost:9222",
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version": "13",
}


def request(
    first: str = "GET / HTTP/1.1", drop: str = "", body: bytes = b"", **headers: str
) -> bytes:
    """Write a request that opens a WebSocket, but for what is said otherwise."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}" for name, value in (_HEADERS | named).items() if name != drop]
    return "\r\n".join([first, *lines, "", ""]).encode() + body


def frame(
    payload: bytes,
    opcode: int = 2,
    is_final: bool = True,
    mask: bytes = b"\x01\x02\x03\x04",
    reserved: int = 0,
    length: bytes | None = None,
) -> bytes:
    """Write a client's frame. length: instead of that of the payload, as it stands in the frame."""
    bit = 0x80 if mask else 0
    if length is None:
        size = len(payload)
        length = bytes([size]) if size < 126 else b"\x7e" + size.to_bytes(2, "big")
    masked = bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload)) if mask else payload
    head = bytes([(0x80 if is_final else 0) | reserved | opcode, bit | length[0]])
    return head + length[1:] + mask + masked


def deflated(payload: bytes) -> bytes:
    """Compress a message as RFC 7692 wants it."""
    by = zlib.compressobj(wbits=-15)
    return (by.compress(payload) + by.flush(zlib.Z_SYNC_FLUSH))[:-4]


def refusal(status: str, more: str = "") -> bytes:
    """The answer to a request that was refused."""
    text = status.partition(" ")[2]
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        "Sec-Websocket-Version: 13\r\nX-Content-Type-Options: nosniff\r\nDate: *\r\n"
        f"Content-Length: {len(text) + 1}\r\n{more}\r\n{text}\n"
    ).encode()


def bare(status: str) -> bytes:
    """The answer to what is no request."""
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Connection: close\r\n\r\n{status}"
    ).encode()


def opened(*more: str) -> bytes:
    """The answer to a request that was granted."""
    lines = (
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
        *more,
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


@dataclass(frozen=True)
class Asked:
    """A request and the answer, up to the first frame. stays: the connection is open after it."""

    name: str
    sent: bytes
    answer: bytes
    stays: bool = True
    options: WebsocketOptions = field(default_factory=WebsocketOptions)

    def __str__(self) -> str:
        return self.name


_BAD, _FORBIDDEN = refusal("400 Bad Request"), refusal("403 Forbidden")
_SAME = WebsocketOptions(same_origin=True)
_LISTED = WebsocketOptions(allowed_origins=("https://example.com", "http://other.org:8080"))
_DEFLATING = WebsocketOptions(compression=True)
_DEFLATE_ANSWER = (
    "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; "
    "client_no_context_takeover"
)

REQUESTS = [
    Asked("good", request(), opened()),
    Asked("any path", request("GET /x/y?z=1 HTTP/1.1"), opened()),
    Asked("whole URL", request("GET http://foo/bar HTTP/1.1"), opened()),
    Asked("HTTP/1.0", request("GET / HTTP/1.0"), opened()),
    Asked("bare LF", request().replace(b"\r\n", b"\n"), opened()),
    Asked("upgrade among others", request(Upgrade="h2c, WebSocket"), opened()),
    Asked("connection among others", request(Connection="keep-alive, upgrade"), opened()),
    Asked("subprotocols", request(Sec_WebSocket_Protocol="nats, mqtt"), opened()),
    Asked("no masking", request(Nats_No_Masking="true"), opened("Nats-No-Masking: true")),
    Asked("POST", request("POST / HTTP/1.1"), refusal("405 Method Not Allowed")),
    Asked(
        "HEAD",
        request("HEAD / HTTP/1.1"),
        refusal("405 Method Not Allowed").removesuffix(b"Method Not Allowed\n"),
    ),
    Asked("lower case method", request("get / HTTP/1.1"), refusal("405 Method Not Allowed")),
    Asked(
        "POST, close",
        # A header that comes twice is one list.
        request("POST / HTTP/1.1", Connection="close"),
        refusal("405 Method Not Allowed", "Connection: close\r\n"),
        stays=False,
    ),
    Asked(
        "POST with a body, then a good one",
        request("POST / HTTP/1.1", Content_Length="5", body=b"hello" + request()),
        refusal("405 Method Not Allowed") + opened(),
    ),
    Asked("no upgrade", request(drop="Upgrade"), _BAD),
    Asked("other upgrade", request(Upgrade="h2c"), _BAD),
    Asked("no connection", request(drop="Connection"), _BAD),
    Asked("other connection", request(Connection="keep-alive"), _BAD),
    Asked("no key", request(drop="Sec-WebSocket-Key"), _BAD),
    Asked("short key", request(Sec_WebSocket_Key="abc"), _BAD),
    Asked("no version", request(drop="Sec-WebSocket-Version"), _BAD),
    Asked("other version", request(Sec_WebSocket_Version="8"), _BAD),
    Asked("empty host", request(Host=""), _BAD),
    Asked(
        "no host",
        request(drop="Host"),
        bare("400 Bad Request: missing required Host header"),
        stays=False,
    ),
    Asked("leafnode", request("GET /leafnode HTTP/1.1"), opened(), stays=False),
    Asked("MQTT", request("GET /a/mqtt HTTP/1.1"), refusal("404 Not Found")),
    Asked("MQTT by POST", request("POST /mqtt HTTP/1.1"), refusal("404 Not Found")),
    Asked("NATS", b"CONNECT {}\r\nPING\r\n\r\n", bare("400 Bad Request"), stays=False),
    Asked(
        "header without colon",
        b"GET / HTTP/1.1\r\nHost: x\r\nbad header\r\n\r\n",
        bare("400 Bad Request"),
        stays=False,
    ),
    Asked(
        "two hosts",
        request()[:-2] + b"Host: y\r\n\r\n",
        bare("400 Bad Request"),
        stays=False,
    ),
    Asked(
        "HTTP/2",
        request("GET / HTTP/2.0"),
        bare("505 HTTP Version Not Supported: unsupported protocol version"),
        stays=False,
    ),
    Asked(
        "large header",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 1_100_000 + b"\r\n\r\n",
        bare("431 Request Header Fields Too Large"),
        stays=False,
    ),
    Asked("early frame", request(body=frame(b"PING\r\n")), b"", stays=False),
    Asked("body", request(Content_Length="5", body=b"hello"), b"", stays=False),
    Asked(
        "extra headers",
        request(),
        opened("X-One: 1"),
        options=WebsocketOptions(headers=(("X-One", "1"),)),
    ),
    Asked("no extension", request(), opened(), options=_DEFLATING),
    Asked(
        "compression off",
        request(Sec_WebSocket_Extensions="permessage-deflate"),
        opened(),
    ),
    Asked(
        "compression",
        request(Sec_WebSocket_Extensions="x, permessage-deflate; client_max_window_bits"),
        opened(_DEFLATE_ANSWER),
        options=_DEFLATING,
    ),
    Asked("same origin, none said", request(), opened(), options=_SAME),
    Asked("same origin", request(Origin="http://LOCALHOST:9222"), opened(), options=_SAME),
    Asked("other port", request(Origin="http://localhost"), _FORBIDDEN, options=_SAME),
    Asked("other scheme", request(Origin="https://localhost:9222"), _FORBIDDEN, options=_SAME),
    Asked("null origin", request(Origin="null"), _FORBIDDEN, options=_SAME),
    Asked("listed", request(Origin="https://example.com:443"), opened(), options=_LISTED),
    Asked("listed, by port", request(Origin="http://other.org:8080"), opened(), options=_LISTED),
    Asked("not listed", request(Origin="http://example.com"), _FORBIDDEN, options=_LISTED),
    Asked(
        "not listed, old header",
        request(Sec_WebSocket_Origin="http://example.com"),
        _FORBIDDEN,
        options=_LISTED,
    ),
]


@dataclass(frozen=True)
class Talk:
    """Frames after the first INFO, and what comes back. stays: the connection is open after it."""

    name: str
    sent: bytes
    answer: bytes
    stays: bool = True
    opening: bytes = request()

    def __str__(self) -> str:
        return self.name


_CONNECT = b'CONNECT {"verbose":false}\r\n'
_PING = _CONNECT + b"PING\r\n"
_PONG = b"\x82\x06PONG\r\n"
_TEXT, _CONTINUED, _CLOSE, _WS_PING, _WS_PONG = 1, 0, 8, 9, 10
_RSV1, _RSV2 = 0x40, 0x20
_OFFER = request(Sec_WebSocket_Extensions="permessage-deflate")

TALKS = [
    Talk("binary", frame(_PING), _PONG),
    Talk("text", frame(_PING, _TEXT), _PONG),
    Talk(
        "text that is no UTF-8", frame(_CONNECT + b"PUB \xff 1\r\n\xfe\r\nPING\r\n", _TEXT), _PONG
    ),
    Talk(
        "fragments",
        frame(_CONNECT + b"PI", _TEXT, is_final=False)
        + frame(b"NG", _CONTINUED, is_final=False)
        + frame(b"\r\n", _CONTINUED),
        _PONG,
    ),
    Talk(
        "ping between fragments",
        frame(_CONNECT + b"PI", is_final=False)
        + frame(b"hey", _WS_PING)
        + frame(b"NG\r\n", _CONTINUED),
        b"\x8a\x03hey" + _PONG,
    ),
    Talk("ping", frame(b"abc", _WS_PING), b"\x8a\x03abc"),
    Talk("empty ping", frame(b"", _WS_PING), b"\x8a\x00"),
    Talk("pong", frame(b"abc", _WS_PONG), b""),
    Talk("empty frame", frame(b"") + frame(_PING), _PONG),
    Talk("length longer than need be", frame(_PING, length=b"\x7f" + bytes(7) + b"\x21"), _PONG),
    Talk("a terabyte is announced", frame(_PING, length=b"\x7f\x00\x00\x01" + bytes(5)), _PONG),
    Talk("close", frame(b"", _CLOSE), b"\x88\x00", stays=False),
    Talk("close 1000", frame(b"\x03\xe8bye", _CLOSE), b"\x88\x05\x03\xe8bye", stays=False),
    Talk("close 4000", frame(b"\x0f\xa0", _CLOSE), b"\x88\x02\x0f\xa0", stays=False),
    Talk(
        "close after a ping",
        frame(_PING) + frame(b"\x03\xe8", _CLOSE) + frame(_PING),
        _PONG + b"\x88\x02\x03\xe8",
        stays=False,
    ),
    Talk(
        "close, no UTF-8",
        frame(b"\x03\xe8\xff", _CLOSE),
        b"\x88\x22\x03\xefinvalid utf8 body in close frame",
        stays=False,
    ),
    Talk("close of one byte", frame(b"\x03", _CLOSE), b"", stays=False),
    Talk("close 1005", frame(b"\x03\xed", _CLOSE), b"", stays=False),
    Talk("no mask", frame(_PING, mask=b""), b"", stays=False),
    Talk(
        "no mask, agreed on",
        frame(_PING, mask=b""),
        _PONG,
        opening=request(Nats_No_Masking="true"),
    ),
    Talk("second reserved bit", frame(_PING, reserved=_RSV2), b"", stays=False),
    Talk("compressed, not agreed on", frame(_PING, reserved=_RSV1), b"", stays=False),
    Talk("unknown opcode", frame(_PING, opcode=3), b"", stays=False),
    Talk("large ping", frame(bytes(126), _WS_PING), b"", stays=False),
    Talk("ping in pieces", frame(b"a", _WS_PING, is_final=False), b"", stays=False),
    Talk("continuation of nothing", frame(b"a", _CONTINUED), b"", stays=False),
    Talk(
        "length with the highest bit",
        frame(_PING, length=b"\x7f\x80" + bytes(7)),
        b"",
        stays=False,
    ),
    Talk(
        "max payload",
        frame(_CONNECT + b"PUB a 2000\r\n"),
        b"\x82\x22-ERR 'Maximum Payload Violation'\r\n"
        b"\x88\x22\x03\xf1Maximum Message Payload Exceeded",
        stays=False,
    ),
    Talk(
        "control line",
        frame(b"PUB " + b"a" * 5000),
        b"\x82\x26-ERR 'maximum control line exceeded'\r\n"
        b"\x88\x1f\x03\xf0Maximum Control Line Exceeded",
        stays=False,
    ),
    Talk(
        "unknown protocol",
        frame(b'CONNECT {"protocol":7}\r\n'),
        b"\x82\x20-ERR 'invalid client protocol'\r\n\x88\x1d\x03\xeaBad Client Protocol Version",
        stays=False,
    ),
    Talk(
        "no responders without headers",
        frame(b'CONNECT {"no_responders":true,"headers":false}\r\n'),
        b"\x82\x2f-ERR 'no responders requires headers support'\r\n"
        b"\x88\x20\x03\xf3No Responders Requires Headers",
        stays=False,
    ),
    Talk("unknown operation", frame(b"FOO\r\n"), b"", stays=False),
    Talk("bad argument", frame(b"PUB a -1\r\n"), b"", stays=False),
    Talk("bad JSON", frame(b"CONNECT {\r\n"), b"", stays=False),
    Talk("compressed", frame(deflated(_PING), reserved=_RSV1), _PONG, opening=_OFFER),
    Talk(
        "compressed, in fragments",
        frame(deflated(_PING)[:5], reserved=_RSV1, is_final=False)
        + frame(deflated(_PING)[5:], _CONTINUED),
        _PONG,
        opening=_OFFER,
    ),
    Talk(
        "two compressed",
        2 * frame(deflated(_PING), reserved=_RSV1),
        b"\x82\x0cPONG\r\nPONG\r\n",
        opening=_OFFER,
    ),
    Talk("plain where compression is agreed on", frame(_PING), _PONG, opening=_OFFER),
    Talk("badly compressed", frame(b"\xff" * 9, reserved=_RSV1), b"", stays=False, opening=_OFFER),
]


def without_dates(answer: bytes) -> bytes:
    return DATE.sub(b"Date: *", answer)


def after_first_frame(stream: bytes) -> bytes | None:
    """Give what follows the answer to the request and the first frame; None when it is not here."""
    head, end, frames = stream.partition(b"\r\n\r\n")
    del head
    if not end or len(frames) < 4:
        return None
    size = int.from_bytes(frames[2:4], "big")  # an INFO is never shorter than 126 bytes
    return frames[4 + size :] if len(frames) >= 4 + size else None
