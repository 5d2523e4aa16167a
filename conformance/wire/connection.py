"""One connection to the server under test: bytes out, frames in.

Laws of the file: what goes over the wire is what the case wrote; nothing is waited for longer than
the patience given; what a server may send in one connection is bounded.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from natsim.conformance.failure import Difference, Failed
from natsim.conformance.tree import parse_object
from natsim.record import record

from .dialogue import Entry, Side, shortened
from .frames import FrameCutter, common_length
from .stream import Wire, open_wire

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Sequence

    from natsim.conformance.patience import Patience
    from natsim.conformance.tree import Object

    from .dialogue import Dialogue

HEARD_BYTES_MAX = 256 * 2**20
PING = b"PING\r\n"
PONG = b"PONG\r\n"

_PROMPT = (b"MSG ", b"HMSG ", b"+OK")
"""What a server says before it answers a PING that comes later."""


@record
class Address:
    """tls: how to greet a server that wants TLS. is_tls_first: before INFO."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    is_tls_first: bool = False
    server_name: str | None = None

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Silence(Exception):
    """Nothing came within the time."""


class Connection:
    """A connection, its INFO read.

    name: for the dialogue. patience: how long it waits. info: the server's first INFO, {} if it is
    no JSON object. is_open: as far as was read.
    """

    def __init__(
        self,
        name: str,
        wire: Wire,
        dialogue: Dialogue,
        patience: Patience,
        began_s: float,
    ) -> None:
        self.name = name
        self.info: Object = {}
        self.info_line = b""
        self.is_open = True
        self._wire = wire
        self._dialogue = dialogue
        self.patience = patience
        self._began_s = began_s
        self._cutter = FrameCutter()
        self._entries: list[Entry] = []  # of frames that came and were not heard yet
        self._frames: list[bytes] = []
        self._last: Entry | None = None
        self._heard_bytes = 0
        self._is_mid_line = False

    @property
    def has_been_reset(self) -> bool:
        """Whether the server ended it by RST."""
        return self._wire.has_been_reset

    async def write(self, data: bytes, cuts: Sequence[int] = (), *, is_ours: bool = False) -> None:
        """Write bytes, cut at places into segments of their own.

        A server that has closed does not hear them, which what is read tells.
        """
        self._note(Side.CLIENT, data, is_ours=is_ours)
        self._is_mid_line = not data.endswith(b"\n")
        start = 0
        for stop in (*cuts, len(data)):
            # One that does not read must not hold the case up: what it says will be read.
            with suppress(TimeoutError):
                async with asyncio.timeout(self.patience.wait_s):
                    await self._wire.write(data[start:stop])
            start = stop
            if cuts:
                await asyncio.sleep(0)

    async def frame(self, within_s: float | None = None) -> bytes:
        """Give the next frame, whatever it is; b"" at the end. Raises Silence."""
        if not self._frames:
            await self._read(self.patience.wait_s if within_s is None else within_s)
        if not self._frames:
            return b""
        self._last = self._entries.pop(0)
        return self._frames.pop(0)

    async def hear(
        self, within_s: float | None = None, passing_over: Iterable[bytes] = (b"PING", b"INFO")
    ) -> bytes:
        """Give the next frame, but answer PING and pass over INFO; b"" at the end.

        Raises Silence. In the middle of a line PING is not answered: PONG would become part of it.
        """
        loop = asyncio.get_running_loop()
        limit_s = self.patience.wait_s if within_s is None else within_s
        end_s = loop.time() + limit_s
        over = tuple(passing_over)
        while True:
            frame = await self.frame(max(0.0, end_s - loop.time()))
            verb = frame[:4]
            if verb not in over or verb not in (b"PING", b"INFO"):
                return frame
            assert self._last is not None, "a frame was heard"
            self._last.is_ours = True
            if frame == PING and not self._is_mid_line:
                await self.write(PONG, is_ours=True)

    def unread(self, frame: bytes) -> None:
        """Put a frame back, to be heard next."""
        assert self._last is not None, "a frame was heard"
        self._frames.insert(0, frame)
        self._entries.insert(0, self._last)

    def pending(self) -> list[bytes]:
        """Give what was read and not heard yet."""
        return list(self._frames)

    async def settle(self, pongs_before: int = 0) -> None:
        """Prove by PING that the server has processed what was written; keep all that comes.

        pongs_before: PONGs that are still to come for others. Raises Silence.
        """
        await self.write(PING, is_ours=True)
        held: list[tuple[bytes, Entry]] = []
        while self.is_open or self._frames:
            frame = await self.hear()
            assert self._last is not None, "INFO was heard"
            if frame == PONG:
                if not pongs_before:
                    self._last.is_ours = True
                    break
                pongs_before -= 1
            if frame:
                held.append((frame, self._last))
        self._frames[:0] = [frame for frame, _ in held]
        self._entries[:0] = [entry for _, entry in held]

    async def hear_soon(
        self, passing_over: Iterable[bytes] = (b"PING", b"INFO"), pongs_before: int = 0
    ) -> bytes:
        """Hear as `hear` does what the server has to say without being waited for.

        When nothing comes for a while, PING proves whether anything will: so that what is missing
        is missed soon, and a busy server has its time. pongs_before: as `settle` has it.
        """
        over = tuple(passing_over)
        try:
            return await self.hear(self.patience.prompt_s, over)
        except Silence:
            await self.settle(pongs_before)
        # A server that delivers by other tasks than it answers PING by has some more time.
        return await self.hear(self.patience.prompt_s, over)

    async def idle(self, seconds: float) -> None:
        """Let time pass: answer PING, keep all else that comes."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + seconds
        held: list[tuple[bytes, Entry]] = []
        with suppress(Silence):
            while self.is_open or self._frames:
                frame = await self.hear(max(0.0, end_s - loop.time()), (b"PING",))
                if frame:
                    assert self._last is not None, "a frame was heard"
                    held.append((frame, self._last))
        self._frames[:0] = [frame for frame, _ in held]
        self._entries[:0] = [entry for _, entry in held]
        await asyncio.sleep(max(0.0, end_s - loop.time()))

    async def barrier(self) -> list[bytes]:
        """Prove by PING that the server has processed all; give what it sent before its PONG."""
        await self.write(PING, is_ours=True)
        before: list[bytes] = []
        while True:
            try:
                frame = await self.hear()
            except Silence:
                raise self.failed(PONG, b"".join(before), "no PONG came") from None
            if frame == PONG:
                assert self._last is not None, "PONG was heard"
                self._last.is_ours = True
                return before
            if not frame:
                raise self.failed(PONG, b"".join(before), "the server closed the connection")
            before.append(frame)

    async def expect(self, *frames: bytes, within_s: float | None = None) -> None:
        """Hear exactly these frames, in this order. Raises Failed."""
        pongs = frames.count(PONG)  # to PINGs of the case: they come before the PONG to ours
        for wanted in frames:
            pongs -= wanted == PONG
            try:
                heard = await self._hear_wanted(wanted, within_s, pongs)
            except Silence:
                raise self.failed(wanted, b"", "nothing came") from None
            if heard != wanted:
                why = "" if heard else "the server closed the connection"
                raise self.failed(wanted, heard, why)

    async def expect_any_order(self, *frames: bytes) -> None:
        """Hear exactly these frames, in any order. Raises Failed."""
        left = list(frames)
        while left:
            try:
                heard = await self._hear_wanted(left[0], None, left.count(PONG))
            except Silence:
                raise self.failed(left[0], b"", "nothing came") from None
            if heard not in left:
                raise self.failed(left[0], heard)
            left.remove(heard)

    async def _hear_wanted(self, wanted: bytes, within_s: float | None, pongs_before: int) -> bytes:
        if within_s is None and wanted.startswith(_PROMPT):
            return await self.hear_soon(pongs_before=pongs_before)
        over = [verb for verb in (b"PING", b"INFO") if not wanted.startswith(verb)]
        return await self.hear(within_s, over)

    async def expect_nothing(self) -> None:
        """Prove by PING that the server has nothing else to say. Raises Failed."""
        before = await self.barrier()
        if before:
            raise self.failed(b"", b"".join(before), "nothing should have come")

    async def expect_closed(self, within_s: float | None = None) -> None:
        """Hear the end of the connection next, by FIN or RST. Raises Failed."""
        try:
            heard = await self.hear(within_s)
        except Silence:
            raise self.failed(b"<closed>", b"", "the server did not close") from None
        if heard:
            raise self.failed(b"<closed>", heard, "the server did not close")

    async def expect_end(self) -> bytes:
        """Hear that the connection ends, after one -ERR or without a word; gives the -ERR.

        Raises Failed.
        """
        try:
            heard = await self.hear()
        except Silence:
            raise self.failed(b"<closed>", b"", "the server did not close") from None
        if heard:
            if not heard.startswith(b"-ERR "):
                raise self.failed(b"<closed>", heard, "the server did not close")
            await self.expect_closed()
        return heard

    async def expect_unserved(self, within_s: float | None = None) -> None:
        """Hear the end of the connection, and before it nothing that NATS says but -ERR.

        For who does not speak TLS where it is wanted: an alert may come. Raises Failed.
        """
        while True:
            try:
                heard = await self.hear(within_s)
            except Silence:
                raise self.failed(b"<closed>", b"", "the server did not close") from None
            if not heard:
                return
            if heard.startswith((b"+OK", b"PONG", b"MSG ", b"HMSG ")):
                raise self.failed(b"<closed>", heard, "the server serves who should not be")

    async def expect_error(self, text: str, *, closes: bool) -> None:
        """Hear -ERR with a text, and that the connection ends behind it, or goes on."""
        await self.expect(b"-ERR '%b'\r\n" % text.encode())
        if closes:
            await self.expect_closed()
        else:
            await self.expect_nothing()

    def failed(
        self, expected: bytes, actual: bytes, why: str = "", *, line: int = 0, at: int | None = None
    ) -> Failed:
        """Make the failure of an expectation on this connection.

        line: of the transcript. at: the first byte that differs, if bytes alone do not tell.
        """
        last = self._last
        if last is None or last.data != shortened(actual):
            last = self._note(Side.SERVER, actual)
        last.expected, last.is_wrong = shortened(expected), True
        at = common_length(expected, actual) if at is None else at
        return Failed(
            why or "the answer differs", Difference(self.name, line, expected, actual, at, why)
        )

    async def finish(self) -> list[bytes]:
        """End our side; give what the server still sends before it ends its own.

        A server that does not end its own side is not waited for long: what it must do is the
        business of other cases.
        """
        left = self._take_pending()
        if self.is_open and self._wire.write_eof():
            with suppress(Silence):
                while frame := await self.hear(self.patience.quiet_s):
                    left.append(frame)
        return left

    def _take_pending(self) -> list[bytes]:
        frames = [frame for frame in self._frames if frame != PING and frame[:4] != b"INFO"]
        self._frames.clear()
        self._entries.clear()
        return frames

    def shut(self) -> None:
        """Let go of the socket at once."""
        self._wire.abort()

    async def leave(self) -> None:
        """Close our side as a client does that goes."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.patience.wait_s):
                await self._wire.close()
        self.is_open = False

    async def start_tls(self, context: ssl.SSLContext, server_name: str | None) -> None:
        """Upgrade to TLS. Raises OSError (ssl.SSLError among them) and TimeoutError."""
        async with asyncio.timeout(self.patience.wait_s):
            await self._wire.start_tls(context, server_name)

    async def read_info(self) -> None:
        """Read the server's first line, which must be INFO. Raises Failed."""
        try:
            line = await self.frame()
        except Silence:
            raise self.failed(b"INFO {", b"", "the server did not greet with INFO") from None
        if not line.startswith(b"INFO "):
            raise self.failed(b"INFO {", line, "the server did not greet with INFO")
        self.info_line = line
        with suppress(ValueError):
            self.info = parse_object(line[5:])

    async def _read(self, within_s: float) -> None:
        loop = asyncio.get_running_loop()
        end_s = loop.time() + within_s
        while self.is_open and not self._frames:
            try:
                # wait_for(0) would not even look at what is there already.
                async with asyncio.timeout(max(0.001, end_s - loop.time())):
                    data = await self._wire.read()
            except TimeoutError:
                raise Silence from None
            self._heard_bytes += len(data)
            if not data:
                self.is_open = False
                if self._cutter.rest:  # the beginning of a frame is heard too
                    self._arrived([self._cutter.rest])
                    self._cutter = FrameCutter()
            if self._heard_bytes > HEARD_BYTES_MAX:
                raise Failed(f"the server sent more than {HEARD_BYTES_MAX} bytes")
            self._arrived(self._cutter.feed(data))

    def _arrived(self, frames: list[bytes]) -> None:
        self._frames += frames
        self._entries += [self._note(Side.SERVER, frame) for frame in frames]

    def _note(self, side: Side, data: bytes, *, is_ours: bool = False) -> Entry:
        return self._dialogue.add(Entry(self.name, side, self._now_us(), shortened(data), is_ours))

    def _now_us(self) -> int:
        return int((asyncio.get_running_loop().time() - self._began_s) * 1e6)


async def open_connection(
    name: str, address: Address, dialogue: Dialogue, patience: Patience, began_s: float
) -> Connection:
    """Connect, read INFO, and start TLS where the address has it.

    Raises OSError and TimeoutError where there is no connection, Failed without INFO.
    """
    first = address.tls if address.is_tls_first else None
    async with asyncio.timeout(patience.wait_s):
        wire = await open_wire(address.host, address.port, first, address.server_name)
    connection = Connection(name, wire, dialogue, patience, began_s)
    try:
        await connection.read_info()
        if address.tls is not None and not address.is_tls_first:
            await connection.start_tls(address.tls, address.server_name or address.host)
    except BaseException:
        connection.shut()
        raise
    return connection
