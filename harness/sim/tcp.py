"""TCP between two nodes: byte streams in bursts, FIN and RST.

What a node writes to a connection in one instant leaves as one burst at its end. A lost burst is
sent again, at growing intervals, until it arrives or the connection is given up; what follows waits
behind it. FIN travels behind the bytes; RST travels alone and may be lost.
Simplified until the issue on honest TCP: acknowledgements and window updates reach the sender at
once, a burst is not cut into segments, and a link has no rate.
Laws of the file: bytes arrive in order, once; a socket's kernel part outlives its process.
"""

from __future__ import annotations

import asyncio
import errno
from enum import Enum
from typing import TYPE_CHECKING, Any

from natsim.record import record

if TYPE_CHECKING:
    from collections.abc import Callable

    from .link import Direction
    from .loop import SimLoop
    from .network import Network
    from .node import Node

SECOND_NS = 1_000_000_000

WINDOW_BYTES = 1024 * 1024
"""Bytes on their way or unread in one direction: the send and receive buffers of two kernels."""

READ_BYTES_MAX = 256 * 1024
"""What one read gives at the most, as asyncio's transports read."""

RETRY_FIRST_NS = SECOND_NS // 5
RETRY_LAST_NS = 120 * SECOND_NS
RETRY_COUNT_MAX = 15
"""Linux's retransmission timer: 0.2 s, doubling to 120 s, given up after 15 (924 s)."""

_RESET = 1 << 62  # added to the offset, so that an RST's draw is not that of the bytes there
_HIGH_WATER = 64 * 1024
_LOW_WATER = 16 * 1024


class Socket(Enum):
    """What the kernel holds for one end."""

    OPEN = "open"
    CLOSED = "closed"  # the process closed it; the kernel still delivers what was written
    GONE = "gone"  # nothing knows it any more: what arrives is answered by RST


@record
class Burst:
    """What leaves a node at the end of an instant.

    offset: of the first byte. is_first: it completes the handshake. has_fin: nothing follows.
    """

    offset: int
    data: bytes
    is_first: bool
    has_fin: bool


class Endpoint:
    """One end of a connection, in the kernel of its node.

    name: of the connection, `p1>n1:4222#1`. out: what this end writes. peer: the other end.
    """

    __slots__ = (
        "_is_read_due",
        "_unread",
        "_unread_bytes",
        "address",
        "has_eof",
        "has_peer_finished",
        "name",
        "network",
        "node",
        "out",
        "peer",
        "state",
        "transport",
    )

    peer: Endpoint
    out: Stream

    def __init__(self, network: Network, node: Node, name: str, address: tuple[str, int]) -> None:
        self.network = network
        self.node = node
        self.name = name
        self.address = address
        self.state = Socket.OPEN
        self.transport: SimTransport | None = None
        self._unread: list[bytes] = []
        self._unread_bytes = 0
        self._is_read_due = False
        self.has_eof = self.has_peer_finished = False

    # What arrives.

    def arrive(self, burst: Burst) -> None:
        """Take what the peer sent."""
        data = burst.data
        if self.state is not Socket.OPEN:
            self.peer.out.consumed(len(data))
            if data:
                self.out.reset()
            elif self.state is Socket.CLOSED:
                self._forget_when_both_closed(burst)
            return
        if burst.is_first and not self._accept():
            return
        if data:
            self._unread.append(data)
            self._unread_bytes += len(data)
        if burst.has_fin:
            self.has_eof = self.has_peer_finished = True
        self.schedule_read()

    def reset(self) -> None:
        """Take an RST: the connection is dead, unread bytes are lost."""
        if self.state is Socket.GONE:
            return
        was_open = self.state is Socket.OPEN
        self._discard_unread()
        self.vanish()
        if was_open and self.transport is not None:
            self.transport.fail(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    def _forget_when_both_closed(self, burst: Burst) -> None:
        self.has_peer_finished |= burst.has_fin
        if self.has_peer_finished:
            # What is still under way to the peer goes on by itself.
            self.state = Socket.GONE
            self.network.forget(self)

    def _accept(self) -> bool:
        listener = self.node.listener(self.address[1])
        if listener is None:
            self.refuse()
            return False
        listener.accept_soon(self)
        return True

    def refuse(self) -> None:
        """Drop a connection that the process has not accepted."""
        self.vanish()
        self.out.reset()

    def schedule_read(self) -> None:
        """Let the process read what is here, once it can."""
        transport = self.transport
        if transport is None or self._is_read_due or not transport.is_reading():
            return
        if self._unread or self.has_eof:
            self._is_read_due = True
            transport.loop.call_soon(self._read)

    def _read(self) -> None:
        self._is_read_due = False
        transport = self.transport
        if transport is None or self.state is not Socket.OPEN or not transport.is_reading():
            return
        if self._unread:
            data = self._take()
            self.peer.out.consumed(len(data))
            transport.received(data)
            self.schedule_read()
        elif self.has_eof:
            self.has_eof = False
            transport.ended()

    def _take(self) -> bytes:
        if self._unread_bytes <= READ_BYTES_MAX:
            data = self._unread[0] if len(self._unread) == 1 else b"".join(self._unread)
            self._unread = []
        else:
            whole = b"".join(self._unread)
            data = whole[:READ_BYTES_MAX]
            self._unread = [whole[READ_BYTES_MAX:]]
        self._unread_bytes -= len(data)
        return data

    # What the process, or its death, does.

    def close(self) -> None:
        """Close the socket: FIN behind what was written, or RST when there are unread bytes."""
        if self.state is not Socket.OPEN:
            return
        self.state = Socket.CLOSED
        if self._unread:
            self._discard_unread()
            self.vanish()
            self.out.reset()
            return
        self.out.finish()
        if self.has_peer_finished:
            self.state = Socket.GONE
            self.network.forget(self)

    def abandon(self) -> None:
        """Close the socket of a process that died: what it had not written yet is lost."""
        if self.transport is None and self.state is Socket.OPEN:
            self.refuse()
            return
        if self.transport is not None:
            self.transport.orphan()
            self.transport = None
        self.close()

    def vanish(self) -> None:
        """Let the kernel forget the socket."""
        self.state = Socket.GONE
        self.out.drop()
        self.network.forget(self)

    def _discard_unread(self) -> None:
        self._unread = []
        self.peer.out.consumed(self._unread_bytes)
        self._unread_bytes = 0


class Stream:
    """One direction of a connection: from the kernel of the writer to that of the reader.

    key: of its draws. offset: of the next byte to send. digest: of all bytes sent, in order.
    """

    __slots__ = (
        "_attempt",
        "_has_fin",
        "_is_fin_sent",
        "_is_first",
        "_last_arrival_ns",
        "_lost",
        "_under_way",
        "_unsent",
        "digest",
        "direction",
        "is_dirty",
        "key",
        "name",
        "network",
        "offset",
        "receiver",
        "sender",
    )

    def __init__(self, network: Network, sender: Endpoint, receiver: Endpoint, name: str) -> None:
        self.network = network
        self.sender = sender
        self.receiver = receiver
        self.name = name
        self.direction: Direction = network.direction(sender.node.name, receiver.node.name)
        self.key = network.key(name)
        self.digest = network.new_digest()
        self.offset = 0
        self.is_dirty = False
        self._unsent: list[bytes] = []
        self._under_way = 0
        self._has_fin = False
        self._is_fin_sent = False
        self._is_first = False
        self._lost: list[Burst] = []
        self._attempt = 0
        self._last_arrival_ns = 0

    @property
    def room(self) -> int:
        """How many bytes the kernels still take."""
        return WINDOW_BYTES - self._under_way

    def write(self, data: bytes) -> None:
        """Take bytes into the kernel; the caller looked that there is room."""
        self._unsent.append(data)
        self._under_way += len(data)
        self.network.dirty(self)

    def open(self) -> None:
        """Send what completes the handshake."""
        self._is_first = True
        self.network.dirty(self)

    def finish(self) -> None:
        """Send FIN behind everything written."""
        self._has_fin = True
        self.network.dirty(self)

    def reset(self) -> None:
        """Send an RST; when it is lost nobody sends it again."""
        now_ns = self.network.now_ns
        at_ns = self.direction.fate(self.key, self.offset + _RESET, 0, now_ns)
        if at_ns is not None:
            at_ns = max(at_ns, self._last_arrival_ns)
            self.network.trace_reset(self, at_ns)
            self.network.call_at(at_ns, self.receiver.reset)

    def drop(self) -> None:
        """Forget what was not sent, and what would be sent again."""
        self._unsent = []
        self._lost = []

    def flush(self) -> None:
        """Send what was written in this instant as one burst."""
        self.is_dirty = False
        has_fin = self._has_fin and not self._is_fin_sent
        if not (self._unsent or has_fin or self._is_first):
            return
        data = self._unsent[0] if len(self._unsent) == 1 else b"".join(self._unsent)
        burst = Burst(self.offset, data, self._is_first, has_fin)
        self._unsent = []
        self._is_first = False
        self._is_fin_sent |= has_fin
        self.offset += len(data)
        self.digest.update(data)
        if self._lost:
            self._lost.append(burst)
        else:
            self._send(burst)

    def consumed(self, count: int) -> None:
        """Note that the reader's process took bytes, or that they were thrown away."""
        self._under_way -= count
        transport = self.sender.transport
        if transport is not None:
            transport.room_made()

    def _send(self, burst: Burst) -> None:
        network = self.network
        at_ns = self.direction.fate(self.key, burst.offset, self._attempt, network.now_ns)
        if at_ns is None:
            self._lost.insert(0, burst)
            self._retry_later()
            return
        self._attempt = 0
        # Bytes cannot overtake those before them.
        at_ns = max(at_ns, self._last_arrival_ns)
        self._last_arrival_ns = at_ns
        network.trace_burst(self, burst, at_ns)
        network.call_at(at_ns, lambda: self.receiver.arrive(burst))

    def _retry_later(self) -> None:
        wait_ns = min(RETRY_FIRST_NS << self._attempt, RETRY_LAST_NS)
        self._attempt += 1
        then = self._retry if self._attempt <= RETRY_COUNT_MAX else self._give_up
        self.network.call_at(self.network.now_ns + wait_ns, then)

    def _retry(self) -> None:
        lost, self._lost = self._lost, []
        for index, burst in enumerate(lost):
            self._send(burst)
            if self._lost:
                self._lost += lost[index + 1 :]
                return

    def _give_up(self) -> None:
        transport = self.sender.transport
        was_open = self.sender.state is Socket.OPEN
        self.sender.vanish()
        if was_open and transport is not None:
            transport.fail(TimeoutError(errno.ETIMEDOUT, "Connection timed out"))


class SimTransport(asyncio.Transport):
    """The process's side of an endpoint, as asyncio's protocols know it."""

    def __init__(self, endpoint: Endpoint, loop: SimLoop) -> None:
        super().__init__(
            {"peername": endpoint.peer.address, "sockname": endpoint.address, "socket": None}
        )
        self.loop = loop
        self._endpoint = endpoint
        self._protocol: Any = None
        self._buffer: list[bytes] = []
        self._buffer_bytes = 0
        self._is_closing = False
        self._is_reading = False
        self._is_eof_written = False
        self._is_writing_paused = False
        self._high_water, self._low_water = _HIGH_WATER, _LOW_WATER
        endpoint.transport = self

    def open(self, protocol: asyncio.BaseProtocol) -> asyncio.BaseProtocol:
        """Connect a protocol and begin to read; gives the protocol."""
        self._protocol = protocol
        protocol.connection_made(self)
        self._is_reading = not self._is_closing
        self._endpoint.schedule_read()
        return protocol

    # What the endpoint tells.

    def received(self, data: bytes) -> None:
        """Hand bytes to the protocol."""
        self._protocol.data_received(data)

    def ended(self) -> None:
        """Tell the protocol that the peer sends no more."""
        if not self._protocol.eof_received():
            self.close()

    def fail(self, error: OSError) -> None:
        """End the connection with an error."""
        if not self._is_closing:
            self._is_closing = True
            self._is_reading = False
        self._drop_buffer()
        self.loop.call_soon(self._lost, error)

    def orphan(self) -> None:
        """Lose the process: what it had not written yet is gone."""
        self._is_closing = True
        self._is_reading = False
        self._drop_buffer()

    def room_made(self) -> None:
        """Move held bytes into the kernel, as it takes them again."""
        if not self._buffer or self.loop.is_parked:
            return
        self._fill()
        if self._is_writing_paused and self._buffer_bytes <= self._low_water:
            self._is_writing_paused = False
            self.loop.call_soon(self._protocol.resume_writing)
        if not self._buffer:
            self._finish_if_asked()

    # asyncio.Transport.

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if self._is_eof_written:
            raise RuntimeError("Cannot call write() after write_eof()")
        if self._is_closing or not data:
            return
        chunk = data if type(data) is bytes else bytes(data)
        if not self._buffer and len(chunk) <= self._endpoint.out.room:
            self._endpoint.out.write(chunk)
            return
        self._buffer.append(chunk)
        self._buffer_bytes += len(chunk)
        self._fill()
        if self._buffer_bytes > self._high_water and not self._is_writing_paused:
            self._is_writing_paused = True
            self._protocol.pause_writing()

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(list_of_data))

    def write_eof(self) -> None:
        if not self._is_eof_written and not self._is_closing:
            self._is_eof_written = True
            self._finish_if_asked()

    def can_write_eof(self) -> bool:
        return True

    def close(self) -> None:
        if self._is_closing:
            return
        self._is_closing = True
        self._is_reading = False
        self._finish_if_asked()

    def abort(self) -> None:
        was_closing = self._is_closing
        self._is_closing = True
        self._is_reading = False
        had_buffer = bool(self._buffer)
        self._drop_buffer()
        if had_buffer or not was_closing:
            self.loop.call_soon(self._lost, None)

    def is_closing(self) -> bool:
        return self._is_closing

    def is_reading(self) -> bool:
        return self._is_reading

    def pause_reading(self) -> None:
        self._is_reading = False

    def resume_reading(self) -> None:
        if not self._is_closing and not self._is_reading:
            self._is_reading = True
            self._endpoint.schedule_read()

    def get_write_buffer_size(self) -> int:
        return self._buffer_bytes

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._low_water, self._high_water

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        if high is None:
            high = _HIGH_WATER if low is None else 4 * low
        if low is None:
            low = high // 4
        if not high >= low >= 0:
            raise ValueError(f"high ({high}) must be >= low ({low}) must be >= 0")
        self._high_water, self._low_water = high, low

    def get_protocol(self) -> asyncio.BaseProtocol:
        protocol: asyncio.BaseProtocol = self._protocol
        return protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    # Within.

    def _fill(self) -> None:
        out = self._endpoint.out
        while self._buffer and out.room > 0:
            chunk = self._buffer[0]
            part = chunk[: out.room]
            out.write(part)
            self._buffer_bytes -= len(part)
            if len(part) == len(chunk):
                del self._buffer[0]
            else:
                self._buffer[0] = chunk[len(part) :]

    def _finish_if_asked(self) -> None:
        if self._buffer:
            return
        if self._is_closing:
            self.loop.call_soon(self._lost, None)
        elif self._is_eof_written:
            self._endpoint.out.finish()

    def _drop_buffer(self) -> None:
        self._buffer = []
        self._buffer_bytes = 0

    def _lost(self, error: OSError | None) -> None:
        if self._endpoint.transport is None:
            return
        self._endpoint.transport = None
        self._endpoint.close()
        self._protocol.connection_lost(error)


class Listener:
    """A listening socket of a node, and the asyncio server in front of it."""

    __slots__ = ("backlog", "factory", "is_open", "loop", "port", "waiting")

    def __init__(
        self,
        loop: SimLoop,
        port: int,
        factory: Callable[[], asyncio.BaseProtocol],
        backlog: int,
    ) -> None:
        self.loop = loop
        self.port = port
        self.factory = factory
        self.backlog = backlog
        self.waiting = 0
        self.is_open = True

    @property
    def is_full(self) -> bool:
        """Whether connections wait that the process was too slow to accept."""
        return self.waiting > self.backlog

    def accept_soon(self, endpoint: Endpoint) -> None:
        """Let the process accept a connection that its kernel has completed."""
        self.waiting += 1
        self.loop.call_soon(self._accept, endpoint)

    def _accept(self, endpoint: Endpoint) -> None:
        self.waiting -= 1
        if endpoint.state is Socket.OPEN:
            SimTransport(endpoint, self.loop).open(self.factory())
