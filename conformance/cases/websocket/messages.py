"""Cases: the NATS protocol in frames of WebSocket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage

from natsim.conformance.case import case
from natsim.conformance.failure import Failed
from natsim.conformance.wire.websocket import connect_websocket

if TYPE_CHECKING:
    from natsim.conformance.trial import Trial

UNKNOWN_OPERATION = b"-ERR 'Unknown Protocol Operation'\r\n"


@case(
    "websocket.messages.deliver",
    "What is published over WebSocket comes over TCP, and the other way round.",
    house="websocket",
)
async def deliver(trial: Trial) -> None:
    websocket, plain = await connect_websocket(trial), await trial.connect(headers=True)
    a, block = trial.subject("a"), b"NATS/1.0\r\nk: v\r\n\r\n"
    websocket.write(b"SUB %b ws\r\n" % a)
    await websocket.expect_nothing()
    await plain.write(b"SUB %b tcp\r\n" % a)
    await plain.expect_nothing()

    for payload in (b"", b"a\r\nb\0\xff", b"x" * 125, b"x" * 126, b"y" * 65_600):
        websocket.write(b"PUB %b %d\r\n%b\r\n" % (a, len(payload), payload))
        await websocket.expect(b"MSG %b ws %d\r\n%b\r\n" % (a, len(payload), payload))
        await websocket.expect_nothing()
        await plain.expect(b"MSG %b tcp %d\r\n%b\r\n" % (a, len(payload), payload))
    await plain.write(b"HPUB %b re 18 20\r\n%bhi\r\n" % (a, block))
    await plain.expect(b"HMSG %b tcp re 18 20\r\n%bhi\r\n" % (a, block))
    await plain.expect_nothing()
    await websocket.expect(b"HMSG %b ws re 18 20\r\n%bhi\r\n" % (a, block))
    await websocket.expect_nothing()


@case(
    "websocket.messages.boundaries",
    "Commands may share a message, or be spread over several, and over fragments of one.",
    house="websocket",
)
async def boundaries(trial: Trial) -> None:
    websocket, a = await connect_websocket(trial), trial.subject("a")

    websocket.write(b"SUB %b 1\r\nPUB %b 3\r\none\r\nPUB %b 3\r\ntwo\r\n" % (a, a, a))
    await websocket.expect(b"MSG %b 1 3\r\none\r\n" % a, b"MSG %b 1 3\r\ntwo\r\n" % a)
    for byte in b"PUB %b 5\r\nthree\r\n" % a:
        websocket.write(bytes([byte]))
    await websocket.expect(b"MSG %b 1 5\r\nthree\r\n" % a)
    parts = (b"PUB %b " % a, b"4\r\nfo", b"ur\r\nPI", b"NG\r\n")
    for number, part in enumerate(parts, 1):
        websocket.send(BytesMessage(data=part, message_finished=number == len(parts)))
    await websocket.expect(b"MSG %b 1 4\r\nfour\r\n" % a, b"PONG\r\n")
    await websocket.expect_nothing()


@case(
    "websocket.messages.text",
    "Text messages of a client are taken as binary ones; the server sends binary ones only.",
    house="websocket",
)
async def text(trial: Trial) -> None:
    websocket, a = await connect_websocket(trial), trial.subject("a")

    websocket.send(TextMessage(data=f"SUB {a.decode()} 1\r\nPUB {a.decode()} 2\r\nhi\r\n"))

    await websocket.expect(b"MSG %b 1 2\r\nhi\r\n" % a)
    await websocket.expect_nothing()


@case(
    "websocket.control.ping",
    "Ping is answered by Pong with the same content, also amid the fragments of a message.",
    house="websocket",
)
async def ping(trial: Trial) -> None:
    websocket, a = await connect_websocket(trial), trial.subject("a")

    for content in (b"", b"are you there?", b"x" * 125):
        websocket.send(Ping(payload=content))
        if (heard := await websocket.until_pong()) != content:
            raise Failed(f"Ping with {content!r} is answered by Pong with {heard!r}")
    websocket.send(BytesMessage(data=b"SUB %b 1\r\nPUB " % a, message_finished=False))
    websocket.send(Ping(payload=b"amid"))
    websocket.send(BytesMessage(data=b"%b 2\r\nhi\r\n" % a))
    if (heard := await websocket.until_pong()) != b"amid":
        raise Failed(f"Ping with amid is answered by Pong with {heard!r}")
    await websocket.expect(b"MSG %b 1 2\r\nhi\r\n" % a)


@case(
    "websocket.control.close",
    "Close is answered by Close, and the connection ends.",
    house="websocket",
)
async def close(trial: Trial) -> None:
    websocket, plain = await connect_websocket(trial), await trial.connect()
    a = trial.subject("a")
    await plain.write(b"SUB %b 1\r\n" % a)
    await plain.expect_nothing()

    websocket.write(b"PUB %b 4\r\nlast\r\n" % a)
    websocket.send(CloseConnection(code=1000))

    await websocket.expect_end()
    if websocket.closed_with != 1000:
        raise Failed(f"Close with 1000 is answered by {websocket.closed_with}")
    await plain.expect(b"MSG %b 1 4\r\nlast\r\n" % a)


@case(
    "websocket.errors.max-payload",
    "A message that is too large is answered by -ERR and Close 1009.",
    house="websocket",
)
async def max_payload(trial: Trial) -> None:
    websocket, a = await connect_websocket(trial), trial.subject("a")

    websocket.write(b"PUB %b 100001\r\n" % a)

    await websocket.expect(b"-ERR 'Maximum Payload Violation'\r\n")
    await websocket.expect_end()
    if websocket.closed_with != 1009:
        raise Failed(f"the connection is closed with {websocket.closed_with}, expected 1009")


@case(
    "websocket.errors.unmasked",
    "A frame without a mask ends the connection.",
    house="websocket",
)
async def unmasked(trial: Trial) -> None:
    websocket, plain = await connect_websocket(trial), await trial.connect()
    a = trial.subject("a")
    await plain.write(b"SUB %b 1\r\n" % a)
    await plain.expect_nothing()
    command = b"PUB %b 2\r\nno\r\n" % a

    websocket.write_raw(bytes([0x82, len(command)]) + command)

    heard = await websocket.hear()
    while heard.startswith(b"-ERR"):
        heard = await websocket.hear()
    if heard:
        raise Failed(f"a frame without a mask is answered by {heard!r}")
    await plain.expect_nothing()


@case(
    "websocket.errors.unknown-operation",
    "What is no operation ends the connection as on other ports.",
    house="websocket",
    versions=">=2.12.6",
)
async def unknown_operation(trial: Trial) -> None:
    """Take -ERR or none: the server does not wait until it is written."""
    websocket = await connect_websocket(trial)
    websocket.write(b"NONSENSE\r\n")
    heard = await websocket.hear()
    if heard not in (b"", UNKNOWN_OPERATION):
        raise Failed(f"the server answers {heard[:80]!r}, expected -ERR or the end")
    await websocket.expect_end()


@case(
    "websocket.errors.unknown-operation-before-2-12-6",
    "What is no operation was answered by -ERR, and Close.",
    "websocket.errors.unknown-operation",
    house="websocket",
    versions="<2.12.6",
)
async def unknown_operation_before(trial: Trial) -> None:
    websocket = await connect_websocket(trial)
    websocket.write(b"NONSENSE\r\n")
    await websocket.expect(UNKNOWN_OPERATION)
    await websocket.expect_end()
    if websocket.closed_with != 1002:
        raise Failed(f"the server closes with {websocket.closed_with}, expected 1002")
