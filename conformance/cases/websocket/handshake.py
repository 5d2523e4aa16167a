"""Cases: the handshake of WebSocket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.members import read_members
from natsim.conformance.wire.websocket import open_websocket, status_of

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

KEY = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
UPGRADE = b"Upgrade: websocket\r\nConnection: Upgrade\r\n"
VERSION = b"Sec-WebSocket-Version: 13\r\n"


@case(
    "websocket.handshake.accept",
    "The handshake is answered as RFC 6455 wants it, and INFO is the first message.",
    house="websocket",
)
async def accept(trial: Trial) -> None:
    websocket = await open_websocket(trial)

    line = await websocket.info()

    if not line.startswith(b"INFO ") or not line.endswith(b"\r\n"):
        raise Failed(f"the first frame is {line[:80]!r}, expected INFO")
    plain = await trial.open()
    said = read_members("INFO over WebSocket", line[5:])
    said.must_say("server_id", plain.info["server_id"])
    said.must_say("max_payload", 100000)


@case(
    "websocket.handshake.refused",
    "What is no proper handshake is refused with a status that says why.",
    house="websocket",
)
async def refused(trial: Trial) -> None:
    host = b"Host: localhost\r\n"
    for request, expected in (
        (b"GET / HTTP/1.1\r\n%b%b%b%b\r\n" % (host, UPGRADE, VERSION, KEY), 101),
        (b"POST / HTTP/1.1\r\n%b%b%b%b\r\n" % (host, UPGRADE, VERSION, KEY), 405),
        (b"GET / HTTP/1.1\r\n%b%b%b\r\n" % (host, VERSION, KEY), 400),
        (b"GET / HTTP/1.1\r\n%b%b%b\r\n" % (host, UPGRADE, VERSION), 400),
        (b"GET / HTTP/1.1\r\n%b%b%b\r\n" % (host, UPGRADE, KEY), 400),
        (
            b"GET / HTTP/1.1\r\n%b%bSec-WebSocket-Version: 8\r\n%b\r\n" % (host, UPGRADE, KEY),
            400,
        ),
    ):
        status = await status_of(trial, request)
        if status != expected:
            raise Failed(f"{request!r} is answered by {status}, expected {expected}")


@case(
    "websocket.handshake.no-mqtt",
    "Without MQTT its path is not found.",
    house="websocket",
    versions=">=2.14.3",
)
async def no_mqtt(trial: Trial) -> None:
    await _expect_mqtt(trial, 404)


@case(
    "websocket.handshake.any-path",
    "Without MQTT its path was as any other.",
    "websocket.handshake.no-mqtt",
    house="websocket",
    versions="<2.14.3",
)
async def any_path(trial: Trial) -> None:
    await _expect_mqtt(trial, 101)


async def _expect_mqtt(trial: Trial, expected: int) -> None:
    head = b"GET /mqtt HTTP/1.1\r\nHost: localhost\r\n"
    status = await status_of(trial, head + UPGRADE + VERSION + KEY + b"\r\n")
    if status != expected:
        raise Failed(f"/mqtt is answered by {status}, expected {expected}")
