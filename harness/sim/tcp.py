"""TCP between two nodes, as kernels do it: byte streams, windows, retransmission, FIN and RST.

What a node writes to a connection in one instant leaves as one burst at its end. Where a wire
loses by chance or has a rate, a burst is cut into segments first. What is lost is sent again, at
growing intervals, until it arrives or the connection is given up; what follows waits behind it.
FIN travels behind the bytes; RST travels alone, and nobody sends it again. Acknowledgements and
windows travel back with the link's mean latency. They are events only for a writer who waits for
them: else they are looked up when next needed.
Not simulated: keep-alive (off, as it is unless a program asks), congestion control, reordering.
Laws of the file: bytes arrive in order, once; a socket's kernel part outlives its process.
"""

from __future__ import annotations

import errno
from bisect import insort
from collections import deque
from enum import Enum
from typing import TYPE_CHECKING

from natsim.harness.entropy import keyed_word
from natsim.record import record

if TYPE_CHECKING:
    from .link import Direction
    from .listener import Listener
    from .network import Network
    from .node import Node
    from .transport import SimTransport

SECOND_NS = 1_000_000_000

SEND_BUFFER_BYTES = 512 * 1024
"""Bytes of one direction that a kernel takes from its process before they are acknowledged."""

WINDOW_BYTES = 512 * 1024
"""Bytes of one direction that a kernel keeps for a process that does not read."""

WRITABLE_BYTES = SEND_BUFFER_BYTES // 3
"""How much room there must be until a writer who waits is woken, as Linux has it."""

SEGMENT_BYTES = 1460
"""What one segment carries at the most: Ethernet's 1500 less two headers."""

READ_BYTES_MAX = 256 * 1024
"""What one read gives at the most, as asyncio's transports read."""

RETRY_FIRST_NS = SECOND_NS // 5
RETRY_LAST_NS = 120 * SECOND_NS
RETRY_COUNT_MAX = 15
"""Linux's retransmission timer: 0.2 s, doubling to 120 s, given up after 15 (924 s)."""

DUPLICATE_ACKS = 3
"""So many segments that arrive behind a lost one let it be sent again after one round trip."""

CHOPPY_WAIT_NS = 2_000_000
"""How late, at the most, a reader hears of bytes on a choppy wire."""

_RESET = 1 << 62  # added to the offset, so that an RST's draw is not that of the bytes there
_PIECE = 3 << 61
_LINGER = 5 << 60


class Socket(Enum):
    """What the kernel holds for one end."""

    OPEN = "open"
    CLOSED = "closed"  # the process closed it; the kernel still delivers what was written
    GONE = "gone"  # nothing knows it any more: what arrives is answered by RST


@record
class Burst:
    """What leaves a node at the end of an instant, or a segment of it.

    offset: of the first byte. is_first: it completes the handshake. has_fin: nothing follows.
    """

    offset: int
    data: bytes
    is_first: bool
    has_fin: bool


class Endpoint:
    """One end of a connection, in the kernel of its node.

    name: of the connection, `p1>n1:4222#1`. out: what this end writes. peer: the other end.
    listener: where it waits to be accepted. is_embryo: the handshake is not complete at this end.
    has_fin: the peer sends no more.
    """

    __slots__ = (
        "_error",
        "_unread",
        "_unread_bytes",
        "address",
        "has_fin",
        "is_embryo",
        "listener",
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
        self.listener: Listener | None = None
        self.is_embryo = self.has_fin = False
        self._error: OSError | None = None
        self._unread: list[bytes] = []
        self._unread_bytes = 0

    # What arrives.

    def arrive(self, burst: Burst) -> None:
        """Take what the peer sent."""
        data = burst.data
        stream = self.peer.out
        if self.node.is_off:
            stream.unanswered(burst)
            return
        if self.state is not Socket.OPEN:
            self._arrive_late(burst)
            return
        if burst.is_first and not self._queue_for_accept():
            return
        if data:
            self._unread.append(data)
            self._unread_bytes += len(data)
        if burst.has_fin:
            self.has_fin = True
        stream.arrived(burst.offset + len(data))
        if stream.direction.is_choppy and data:
            self._linger(burst.offset)
        elif self.transport is not None:
            self.transport.readable()

    def reset(self) -> None:
        """Take an RST: the connection is dead, what had arrived can still be read."""
        if self.state is Socket.GONE or self.node.is_off:
            return
        # After the peer's FIN a reset says that our own bytes went nowhere.
        is_deaf = self.has_fin and not self.out.is_finished
        if is_deaf:
            self.break_off(BrokenPipeError(errno.EPIPE, "Broken pipe"))
        else:
            self.break_off(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    def break_off(self, error: OSError) -> None:
        """End the connection; the process gets the error when it next asks."""
        was_open = self.state is Socket.OPEN
        self.vanish()
        if was_open:
            self._error = error
            if self.transport is not None:
                self.transport.broken()

    def _arrive_late(self, burst: Burst) -> None:
        if self.state is Socket.CLOSED and not burst.data:
            self.peer.out.arrived(burst.offset)
            if burst.has_fin:
                self.has_fin = True
                # What is still under way to the peer goes on by itself.
                self._leave()
            return
        if self.state is Socket.CLOSED:
            self.vanish()
        self.out.reset()

    def _queue_for_accept(self) -> bool:
        self.is_embryo = False
        listener = self.node.listener(self.address[1])
        if listener is None:
            self.refuse()
            return False
        listener.accept_soon(self)
        return True

    def refuse(self) -> None:
        """Drop a connection that the process has not accepted."""
        self.listener = None
        if self.state is not Socket.GONE:
            self.vanish()
            self.out.reset()

    # What the process reads.

    @property
    def is_readable(self) -> bool:
        """Whether a read would give bytes, the end, or an error."""
        return bool(self._unread) or self.has_fin or self.state is Socket.GONE

    def read(self) -> bytes | None:
        """Give what has arrived, no bytes at the end, None when there is nothing yet.

        Raises the error that ended the connection, once.
        """
        if self._unread:
            return self._take()
        if self.has_fin:
            return b""
        if self._error is not None:
            self._raise()
        return b"" if self.state is Socket.GONE else None

    def _take(self) -> bytes:
        stream = self.peer.out
        count = min(self._unread_bytes, READ_BYTES_MAX)
        if stream.direction.is_choppy:
            count = min(count, stream.piece_bytes(self._unread_bytes))
        if count == self._unread_bytes:
            data = self._unread[0] if len(self._unread) == 1 else b"".join(self._unread)
            self._unread = []
        else:
            whole = b"".join(self._unread)
            data = whole[:count]
            self._unread = [whole[count:]]
        self._unread_bytes -= count
        stream.taken(count)
        return data

    def _linger(self, offset: int) -> None:
        wait_ns = self.peer.out.linger_ns(offset)
        self.network.call_at(self.network.now_ns + wait_ns, self._wake_reader)

    def _wake_reader(self) -> None:
        if self.transport is not None:
            self.transport.readable()

    # What the process writes.

    def check_writable(self) -> None:
        """Raise what a write to this socket would, and nothing if it may be written."""
        if self._error is not None:
            self._raise()
        if self.state is Socket.GONE or self.out.is_finished:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    def shut_down(self) -> None:
        """Write no more. Raises OSError when the connection is dead."""
        if self.state is Socket.GONE:
            raise OSError(errno.ENOTCONN, "Transport endpoint is not connected")
        self.out.finish()

    def _raise(self) -> None:
        error, self._error = self._error, None
        if error is not None:
            raise error

    # How it ends.

    def close(self) -> None:
        """Close the socket: FIN behind what was written, or RST when there are unread bytes."""
        if self.state is not Socket.OPEN:
            return
        self.state = Socket.CLOSED
        if self._unread:
            self._unread = []
            self._unread_bytes = 0
            # What was written in this instant had left before.
            self.out.flush()
            self.vanish()
            self.out.reset()
            return
        self.out.finish()
        if self.has_fin:
            self._leave()

    def abandon(self) -> None:
        """Close the socket of a process that died: what it had not written yet is lost."""
        if self.listener is not None:
            self.refuse()
        elif self.is_embryo:
            self.vanish()
        else:
            self._lose_process()
            self.close()

    def cease(self) -> None:
        """End with the machine: nobody is told."""
        self.listener = None
        self._lose_process()
        self.vanish()

    def vanish(self) -> None:
        """Let the kernel forget the socket, and what it had to send."""
        self.out.drop()
        self._leave()

    def _leave(self) -> None:
        self.state = Socket.GONE
        self.network.forget(self)

    def _lose_process(self) -> None:
        if self.transport is not None:
            self.transport.orphan()
            self.transport = None


class Stream:
    """One direction of a connection: from the kernel of the writer to that of the reader.

    key: of its draws. offset: of the next byte to send. digest: of all bytes sent, in order.
    direction: of the link, the way of the bytes; back: that of the acknowledgements.
    """

    __slots__ = (
        "_acked",
        "_arrived",
        "_attempt",
        "_capacity",
        "_edge",
        "_has_fin",
        "_is_asking",
        "_is_fin_sent",
        "_is_first",
        "_is_in_line",
        "_is_listening",
        "_is_retrying",
        "_is_tell_held",
        "_last_arrival_ns",
        "_news",
        "_queue",
        "_silence",
        "_taken",
        "_unsent",
        "_unsent_bytes",
        "back",
        "digest",
        "direction",
        "is_awaited",
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
        self.back: Direction = network.direction(receiver.node.name, sender.node.name)
        self.key = network.key(name)
        self.digest = network.new_digest()
        self.is_dirty = False
        # What the sender has and knows.
        self.offset = 0
        self._unsent: list[bytes] = []
        self._unsent_bytes = 0
        self._capacity = SEND_BUFFER_BYTES
        self._has_fin = self._is_fin_sent = self._is_first = False
        self._queue: deque[Burst] = deque()  # cut off the unsent, and not on the wire (any more)
        self._acked = 0
        self._edge = WINDOW_BYTES
        self.is_awaited = False  # the process waits for room, or unsent bytes for the window
        # What the receiver has.
        self._arrived = self._taken = 0
        # What is under way.
        self._last_arrival_ns = 0
        self._news: deque[tuple[int, int, int]] = deque()  # when, acknowledged, edge
        self._is_listening = self._is_tell_held = False
        self._attempt = self._silence = 0
        self._is_retrying = self._is_in_line = self._is_asking = False

    # What the process and the socket ask.

    @property
    def room(self) -> int:
        """How many bytes the kernel still takes."""
        if self._news:
            self._hear()
        return self._capacity - (self.offset + self._unsent_bytes - self._acked)

    @property
    def is_finished(self) -> bool:
        """Whether nothing more may be written."""
        return self._has_fin

    def write(self, data: bytes) -> None:
        """Take bytes into the kernel; the caller looked that there is room."""
        self._unsent.append(data)
        self._unsent_bytes += len(data)
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
        if at_ns is None:
            return
        self.direction.carry(0, at_ns - now_ns, self._launch_reset)

    def drop(self) -> None:
        """Forget what was not sent, and what would be sent again; nothing more is taken."""
        self._unsent = []
        self._unsent_bytes = 0
        self._queue.clear()
        self._capacity = 0
        self.is_awaited = False

    # The way there.

    def flush(self) -> None:
        """Send what was written in this instant as one burst, as far as the window reaches."""
        self.is_dirty = False
        if not self._capacity:
            return
        if self._news:
            self._hear()
        data = self._cut_off(self._edge - self.offset) if self._unsent_bytes else b""
        has_fin = self._has_fin and not self._is_fin_sent and not self._unsent_bytes
        if not (data or has_fin or self._is_first):
            return
        burst = Burst(self.offset, data, self._is_first, has_fin)
        self._is_first = False
        self._is_fin_sent |= has_fin
        self.offset += len(data)
        self.digest.update(data)
        if self.direction.is_plain and not self._queue:
            self._send(burst, 0)
        else:
            self._queue.extend(_segments(burst))
            self._pump()

    def _cut_off(self, window: int) -> bytes:
        if window <= 0:
            self.wait()
            return b""
        if self._unsent_bytes <= window:
            data = self._unsent[0] if len(self._unsent) == 1 else b"".join(self._unsent)
            self._unsent = []
        else:
            whole = b"".join(self._unsent)
            data = whole[:window]
            self._unsent = [whole[len(data) :]]
            self.wait()
        self._unsent_bytes -= len(data)
        return data

    def _pump(self) -> None:
        attempt = self._attempt
        while self._queue and not (self._is_retrying or self._is_in_line):
            if self.direction.is_full:
                self._is_in_line = True
                self.direction.await_turn(self._take_turn)
                return
            self._send(self._queue.popleft(), attempt)
            attempt = 0

    def _take_turn(self) -> None:
        self._is_in_line = False
        self._pump()

    def _send(self, burst: Burst, attempt: int) -> None:
        now_ns = self.network.now_ns
        direction = self.direction
        at_ns = direction.fate(self.key, burst.offset, attempt, now_ns)
        if at_ns is None:
            self._queue.appendleft(burst)
            self._attempt = attempt
            self._retry_later()
            return
        self._attempt = 0
        if direction.is_free:
            self._launch(burst, at_ns)
        else:
            size = len(burst.data)
            direction.carry(size, at_ns - now_ns, lambda at_ns: self._launch(burst, at_ns))

    def _launch(self, burst: Burst, at_ns: int) -> None:
        # Bytes cannot overtake those before them.
        at_ns = max(at_ns, self._last_arrival_ns)
        self._last_arrival_ns = at_ns
        self.network.trace_burst(self, burst, at_ns)
        self.network.call_at(at_ns, lambda: self.receiver.arrive(burst))

    def _launch_reset(self, at_ns: int) -> None:
        at_ns = max(at_ns, self._last_arrival_ns)
        self.network.trace_reset(self, at_ns)
        self.network.call_at(at_ns, self.receiver.reset)

    # What is lost on the way.

    def unanswered(self, burst: Burst) -> None:
        """Take back a burst that reached a machine without power."""
        if self.sender.state is Socket.GONE:
            return
        self._attempt = self._silence
        insort(self._queue, burst, key=lambda queued: queued.offset)
        self._retry_later()

    def _retry_later(self) -> None:
        if self._is_retrying:
            return
        self._is_retrying = True
        if self._silence == 0 and self._hears_of_loss():
            wait_ns = 2 * (self.back.ack_ns or 0)
        else:
            wait_ns = min(RETRY_FIRST_NS << self._silence, RETRY_LAST_NS)
        self._attempt += 1
        self._silence += 1
        then = self._retry if self._silence <= RETRY_COUNT_MAX else self._give_up
        self.network.call_at(self.network.now_ns + wait_ns, then)

    def _hears_of_loss(self) -> bool:
        is_quiet = self.direction.is_cut or self.back.ack_ns is None
        return not is_quiet and len(self._queue) > DUPLICATE_ACKS

    def _retry(self) -> None:
        self._is_retrying = False
        self._pump()

    def _give_up(self) -> None:
        self._is_retrying = False
        if self.sender.state is not Socket.GONE:
            self.sender.break_off(TimeoutError(errno.ETIMEDOUT, "Connection timed out"))

    # The way back.

    def arrived(self, offset: int) -> None:
        """Note that the reader's kernel has the bytes before an offset."""
        self._arrived = offset
        self._tell()

    def taken(self, count: int) -> None:
        """Note that the reader's process took bytes."""
        self._taken += count
        self._tell()

    def wait(self) -> None:
        """Let the sender be woken by the next news."""
        self.is_awaited = True
        if self._news:
            self._listen()

    def _tell(self) -> None:
        back = self.back
        ack_ns = back.ack_ns
        if ack_ns is None:
            self._tell_later()
            return
        self._silence = 0
        edge = self._taken + WINDOW_BYTES
        if ack_ns == 0 and not self._news:
            self._acked = self._arrived
            self._edge = edge
            if self.is_awaited:
                self._go_on()
            return
        at_ns = self.network.now_ns + ack_ns
        if self._news:
            at_ns = max(at_ns, self._news[-1][0])
            if self._news[0][0] <= self.network.now_ns:
                self._hear()
        self._news.append((at_ns, self._arrived, edge))
        if self.is_awaited:
            self._listen()

    def _listen(self) -> None:
        if not self._is_listening:
            self._is_listening = True
            self.network.call_at(self._news[0][0], self._news_come)

    def _news_come(self) -> None:
        self._is_listening = False
        self._hear()
        if self.is_awaited:
            self._go_on()
        if self.is_awaited and self._news:
            self._listen()

    def _hear(self) -> None:
        now_ns = self.network.now_ns
        news = self._news
        while news and news[0][0] <= now_ns:
            _, self._acked, self._edge = news.popleft()

    def _go_on(self) -> None:
        self.is_awaited = False
        if self._unsent_bytes:
            if self._edge > self.offset:
                self.network.dirty(self)
            else:
                self.is_awaited = True
        transport = self.sender.transport
        if transport is not None and transport.is_waiting:
            if self.room >= WRITABLE_BYTES:
                transport.writable()
            else:
                self.is_awaited = True

    # Acknowledgements that cannot pass.

    def _tell_later(self) -> None:
        if self.back.is_cut:
            self._ask_later()
        elif not self._is_tell_held:
            self._is_tell_held = True
            self.back.carry(0, 0, self._tell_held)

    def _tell_held(self, _: int) -> None:
        self._is_tell_held = False
        self._tell()

    def _ask_later(self) -> None:
        if self._is_asking:
            return
        self._is_asking = True
        wait_ns = min(RETRY_FIRST_NS << self._silence, RETRY_LAST_NS)
        self._silence += 1
        then = self._ask if self._silence <= RETRY_COUNT_MAX else self._give_up
        self.network.call_at(self.network.now_ns + wait_ns, then)

    def _ask(self) -> None:
        """Send again what was not acknowledged, or ask for the window: the reader has it all."""
        self._is_asking = False
        if self.sender.state is Socket.GONE:
            return
        now_ns = self.network.now_ns
        at_ns = self.direction.fate(self.key, self._acked + _LINGER, self._silence, now_ns)
        if at_ns is None:
            self._ask_later()
        else:
            self.network.call_at(at_ns, self._asked)

    def _asked(self) -> None:
        receiver = self.receiver
        if receiver.node.is_off:
            self._ask_later()
        elif receiver.state is Socket.GONE:
            receiver.out.reset()
        else:
            self._tell()

    # A choppy wire.

    def piece_bytes(self, unread: int) -> int:
        """Draw how many of the unread bytes the next read gives: 1, a few, any number, or all."""
        word = keyed_word(self.key, self._taken + _PIECE)
        most = (1, min(unread, 16), unread)[word & 3] if word & 3 < 3 else 0
        return 1 + (((word >> 2) * most) >> 62) if most else unread

    def linger_ns(self, offset: int) -> int:
        """Draw how late the reader hears of a burst; every other time not at all late."""
        word = keyed_word(self.key, offset + _LINGER)
        return ((word >> 1) * CHOPPY_WAIT_NS) >> 63 if word & 1 else 0


def _segments(burst: Burst) -> list[Burst]:
    data = burst.data
    if len(data) <= SEGMENT_BYTES:
        return [burst]
    last = (len(data) - 1) // SEGMENT_BYTES * SEGMENT_BYTES
    return [
        Burst(
            burst.offset + at,
            data[at : at + SEGMENT_BYTES],
            is_first=burst.is_first and at == 0,
            has_fin=burst.has_fin and at == last,
        )
        for at in range(0, len(data), SEGMENT_BYTES)
    ]
