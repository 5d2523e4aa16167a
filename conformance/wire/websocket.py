"""A WebSocket connection to the server under test: NATS protocol in frames of WebSocket."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Message,
    Ping,
    Pong,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.utilities import RemoteProtocolError

from natsim.conformance.failure import Difference, Failed

from .connection import PING, PONG
from .dialogue import Entry, Side, shortened
from .frames import FrameCutter, common_length

if TYPE_CHECKING:
    from wsproto.events import Event

    from natsim.conformance.patience import Patience
    from natsim.conformance.trial import Trial

    from .connection import Address
    from .dialogue import Dialogue

READ_BYTES = 65_536


class WebSocket:
    """A connection whose handshake is done. Raises Failed where the server breaks a rule.

    pongs: what came in them. closed_with: the code of the server's Close, None before it.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        dialogue: Dialogue,
        patience: Patience,
    ) -> None:
        self.pongs: list[bytes] = []
        self.closed_with: int | None = None
        self.is_open = True
        self._reader = reader
        self._writer = writer
        self._dialogue = dialogue
        self._patience = patience
        self._link = WSConnection(ConnectionType.CLIENT)
        self._cutter = FrameCutter()
        self._frames: list[bytes] = []

    async def greet(self, host: str) -> None:
        """Do the handshake; wsproto checks the server's answer."""
        self._writer.write(self._link.send(Request(host=host, target="/")))
        while not (events := await self._events()):
            if not self.is_open:
                raise Failed("the server closed the connection instead of a handshake")
        first, *more = events
        if isinstance(first, RejectConnection):
            raise Failed(f"the server refuses the handshake by {first.status_code}")
        if not isinstance(first, AcceptConnection):
            raise Failed(f"the server answers the handshake by {first}")
        self._take(more)

    def write(self, data: bytes) -> None:
        """Send bytes of the NATS protocol as one binary message."""
        self.send(BytesMessage(data=data))

    def send(self, event: Event) -> None:
        """Send any frame."""
        if isinstance(event, (BytesMessage, TextMessage)):
            data = event.data
            self._note(Side.CLIENT, data.encode() if isinstance(data, str) else bytes(data))
        self._writer.write(self._link.send(event))

    def write_raw(self, data: bytes) -> None:
        """Send bytes that are no proper frame."""
        self._writer.write(data)

    async def hear(self) -> bytes:
        """Give the next frame of the NATS protocol, but PING and INFO; b"" at the end."""
        while True:
            while not self._frames and self.is_open:
                self._take(await self._events())
            if not self._frames:
                return b""
            frame = self._frames.pop(0)
            if frame == PING:
                self.write(PONG)
            elif not frame.startswith(b"INFO "):
                return frame

    async def info(self) -> bytes:
        """Give the first frame of the NATS protocol."""
        while not self._frames and self.is_open:
            self._take(await self._events())
        return self._frames.pop(0) if self._frames else b""

    async def expect(self, *frames: bytes) -> None:
        """Hear exactly these frames."""
        for wanted in frames:
            heard = await self.hear()
            if heard != wanted:
                at = common_length(wanted, heard)
                raise Failed("the answer differs", Difference("ws", 0, wanted, heard, at))

    async def expect_nothing(self) -> None:
        """Prove by PING that the server has nothing else to say."""
        self.write(PING)
        await self.expect(PONG)

    async def expect_end(self) -> None:
        """Hear nothing more but the end of the connection."""
        await self.expect(b"")

    async def until_pong(self) -> bytes:
        """Give what comes in the next Pong."""
        while not self.pongs and self.is_open:
            self._take(await self._events())
        if not self.pongs:
            raise Failed("the server ends the connection instead of a Pong")
        return self.pongs.pop(0)

    async def _events(self) -> list[Event]:
        try:
            async with asyncio.timeout(self._patience.wait_s):
                data = await self._reader.read(READ_BYTES)
        except TimeoutError:
            raise Failed("the server did not answer over WebSocket") from None
        except OSError:
            data = b""
        if not data:
            self.is_open = False
            return []
        try:
            self._link.receive_data(data)
            return list(self._link.events())
        except RemoteProtocolError as error:
            raise Failed(f"the server breaks the WebSocket protocol: {error}") from error

    def _take(self, events: list[Event]) -> None:
        for event in events:
            if isinstance(event, BytesMessage):
                frames = self._cutter.feed(bytes(event.data))
                self._frames += frames
                for frame in frames:
                    self._note(Side.SERVER, frame)
            elif isinstance(event, Message):
                raise Failed("the server sends a text message")
            elif isinstance(event, Ping):
                self._writer.write(self._link.send(event.response()))
            elif isinstance(event, Pong):
                self.pongs.append(bytes(event.payload))
            elif isinstance(event, CloseConnection):
                self.closed_with = event.code

    def _note(self, side: Side, data: bytes) -> None:
        self._dialogue.add(Entry("ws", side, 0, shortened(data)))

    def shut(self) -> None:
        """Let go of the socket at once."""
        self._writer.transport.abort()


async def open_websocket(trial: Trial) -> WebSocket:
    """Connect to the WebSocket port of the house, and do the handshake. Raises Failed."""
    address = websocket_address(trial)
    try:
        async with asyncio.timeout(trial.patience.wait_s):
            reader, writer = await asyncio.open_connection(*address)
    except (OSError, TimeoutError) as error:
        raise Failed(f"no connection to the WebSocket port: {error!r}") from error
    websocket = WebSocket(reader, writer, trial.dialogue, trial.patience)
    trial.keep(websocket)
    await websocket.greet(f"{address[0]}:{address[1]}")
    return websocket


async def connect_websocket(trial: Trial) -> WebSocket:
    """Connect by WebSocket, hear INFO, and say CONNECT."""
    websocket = await open_websocket(trial)
    line = await websocket.info()
    if not line.startswith(b"INFO "):
        raise Failed(f"the first frame is {line[:80]!r}, expected INFO")
    websocket.write(b'CONNECT {"verbose":false,"protocol":1,"headers":true}\r\n')
    await websocket.expect_nothing()
    return websocket


def websocket_address(trial: Trial) -> tuple[str, int]:
    """Give host and port."""
    address: Address = trial.addresses[0]
    return address.host, int(trial.things["extra"])


async def status_of(trial: Trial, request: bytes) -> int:
    """Send a request of HTTP as it is; give the status of the answer. Raises Failed."""
    try:
        async with asyncio.timeout(trial.patience.wait_s):
            reader, writer = await asyncio.open_connection(*websocket_address(trial))
            try:
                writer.write(request)
                line = await reader.readline()
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError) as error:
        raise Failed(f"the WebSocket port does not answer: {error!r}") from error
    words = line.split()
    if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
        raise Failed(f"the WebSocket port answers {line[:80]!r}, expected a status of HTTP")
    return int(words[1])
