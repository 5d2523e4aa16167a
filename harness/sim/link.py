"""A link: the wire between two nodes, and the one place where the fate of a burst is decided.

Laws of the file: `fate` draws by link, direction, connection and byte offset, never by how many
bursts went before; every fault nests, and is over when the last of those who began it lets go.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from natsim.harness.entropy import keyed_word

if TYPE_CHECKING:
    from .clock import Clock

T = TypeVar("T")
Launch = Callable[[int], None]
_Parcel = tuple[int, int, Launch]

SECOND_NS = 1_000_000_000

HEADER_BYTES = 40
"""What a segment costs a wire with a rate besides its bytes: the headers of IP and TCP."""

MILLION = 1_000_000

_LOSS = 1 << 61  # added to the offset, so that the draw of a loss is not that of the latency


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """What a link is like, the same both ways.

    latency_ns: the shortest and longest delay. rate_bps: bits per second, None for no limit.
    queue_bytes: how much may wait for a wire with a rate; senders are held back beyond.
    loss_ppm: how many segments of a million are lost. is_choppy: readers get what arrives in odd
    pieces, down to one byte, and sometimes late, so that bursts run together.
    """

    latency_ns: tuple[int, int] = (0, 0)
    rate_bps: int | None = None
    queue_bytes: int = 256 * 1024
    loss_ppm: int = 0
    is_choppy: bool = False

    def __post_init__(self) -> None:
        low, high = self.latency_ns
        if not 0 <= low <= high:
            raise ValueError(
                f"latency_ns is {self.latency_ns}; it must be 0 <= shortest <= longest"
            )
        if self.rate_bps is not None and self.rate_bps < 1:
            raise ValueError(f"rate_bps is {self.rate_bps}; it must be 1 or more")
        if self.queue_bytes < 1:
            raise ValueError(f"queue_bytes is {self.queue_bytes}; it must be 1 or more")
        if not 0 <= self.loss_ppm <= MILLION:
            raise ValueError(f"loss_ppm is {self.loss_ppm}; it must be 0 to {MILLION}")


class Direction:
    """One way of a link.

    is_plain: a burst is one event, as nothing is lost by chance and no rate holds it up.
    is_free: what is sent sets out at once, neither clogged nor held up by a rate.
    ack_ns: the delay of acknowledgements, the mean of the latency; None when nothing passes now.
    """

    __slots__ = (
        "_clock",
        "_clogs",
        "_cuts",
        "_held",
        "_latencies",
        "_line",
        "_losses",
        "_queue",
        "_queued_bytes",
        "_rates",
        "_turn",
        "ack_ns",
        "is_choppy",
        "is_free",
        "is_plain",
        "link",
        "queue_bytes",
        "receiver",
        "sender",
    )

    def __init__(self, clock: Clock, link: str, sender: str, receiver: str, wire: Wire) -> None:
        self._clock = clock
        self.link = link
        self.sender = sender
        self.receiver = receiver
        self.queue_bytes = wire.queue_bytes
        self.is_choppy = wire.is_choppy
        self._latencies = [wire.latency_ns]
        self._rates = [wire.rate_bps]
        self._losses = [wire.loss_ppm]
        self._cuts = self._clogs = 0
        self._held: list[_Parcel] = []
        self._queue: deque[_Parcel] = deque()  # the first is being sent
        self._queued_bytes = 0
        self._line: deque[Callable[[], None]] = deque()
        self._turn = 0
        self.ack_ns: int | None
        self.is_free: bool
        self.is_plain: bool
        self._changed()

    @property
    def is_cut(self) -> bool:
        """Whether nothing passes."""
        return self._cuts > 0

    @property
    def is_clogged(self) -> bool:
        """Whether all that is sent is held up."""
        return self._clogs > 0

    @property
    def latency_ns(self) -> tuple[int, int]:
        """The shortest and longest delay in force: that of the fault that began last."""
        return self._latencies[-1]

    @property
    def rate_bps(self) -> int | None:
        """The bits per second in force."""
        return self._rates[-1]

    @property
    def loss_ppm(self) -> int:
        """The losses in force, of a million segments."""
        return self._losses[-1]

    def fate(self, key: bytes, offset: int, attempt: int, now_ns: int) -> int | None:
        """Decide what becomes of a burst: the time it arrives, or None when it is lost.

        key: of the connection and direction, from `source_key`. offset: of the burst's first byte.
        attempt: 0, then one more each time the same bytes are sent again. On a wire
        that is not free the time is that of setting out at once.
        """
        if self._cuts:
            return None
        loss = self._losses[-1]
        if loss and (keyed_word(key, offset + _LOSS, attempt) * MILLION) >> 64 < loss:
            return None
        low, high = self._latencies[-1]
        if low == high:
            return now_ns + low
        word = keyed_word(key, offset, attempt)
        return now_ns + low + ((word * (high - low + 1)) >> 64)

    # A wire that is not free.

    def carry(self, size: int, delay_ns: int, launch: Launch) -> None:
        """Let something set out as soon as it can; `launch` is told when it arrives.

        size: in bytes of TCP. delay_ns: from setting out to arriving, as `fate` had it.
        """
        if self._clogs:
            self._held.append((size, delay_ns, launch))
        elif self._rates[-1] is None:
            launch(self._clock.now_ns + delay_ns)
        else:
            self._queue.append((size + HEADER_BYTES, delay_ns, launch))
            self._queued_bytes += size + HEADER_BYTES
            if len(self._queue) == 1:
                self._send_first()

    @property
    def is_full(self) -> bool:
        """Whether as much waits for this wire as may."""
        return self._queued_bytes >= self.queue_bytes

    def await_turn(self, turn: Callable[[], None]) -> None:
        """Call when there is room again; those who wait are called in order."""
        self._line.append(turn)

    def _send_first(self) -> None:
        rate = self._rates[-1]
        now_ns = self._clock.now_ns
        duration_ns = self._queue[0][0] * 8 * SECOND_NS // rate if rate else 0
        self._turn += 1
        turn = self._turn
        self._clock.call_at(now_ns + duration_ns, lambda: self._sent_first(turn))

    def _sent_first(self, turn: int) -> None:
        if turn != self._turn:
            return  # the rate has changed meanwhile
        self._launch_first()
        while self._line and not self.is_full:
            self._line.popleft()()
        # Whoever had the turn has begun to send, if nothing else waited.
        if self._queue and turn == self._turn:
            self._send_first()

    def _launch_first(self) -> None:
        size, delay_ns, launch = self._queue.popleft()
        self._queued_bytes -= size
        launch(self._clock.now_ns + delay_ns)

    # Faults.

    def cut(self) -> None:
        """Let nothing pass."""
        self._cuts += 1
        self._changed()

    def heal(self) -> None:
        """Undo one cut."""
        if not self._cuts:
            raise ValueError(f"the link {self.sender} to {self.receiver} is not cut")
        self._cuts -= 1
        self._changed()

    def clog(self) -> None:
        """Hold up all that is sent from now on; nothing is lost."""
        self._clogs += 1
        self._changed()

    def unclog(self) -> None:
        """Undo one clog; after the last, what was held sets out, in order."""
        if not self._clogs:
            raise ValueError(f"the link {self.sender} to {self.receiver} is not clogged")
        self._clogs -= 1
        self._changed()
        if self._clogs:
            return
        held, self._held = self._held, []
        for size, delay_ns, launch in held:
            self.carry(size, delay_ns, launch)

    def slow(self, latency_ns: tuple[int, int]) -> None:
        """Take another latency."""
        self._latencies.append(latency_ns)
        self._changed()

    def unslow(self, latency_ns: tuple[int, int]) -> None:
        """Undo the last `slow` with this latency."""
        self._undo(self._latencies, latency_ns, "slowed")

    def limit(self, rate_bps: int) -> None:
        """Take another rate."""
        self._rates.append(rate_bps)
        self._rate_changed()

    def unlimit(self, rate_bps: int) -> None:
        """Undo the last `limit` with this rate."""
        self._undo(self._rates, rate_bps, "limited")
        self._rate_changed()

    def lose(self, loss_ppm: int) -> None:
        """Lose other segments."""
        self._losses.append(loss_ppm)
        self._changed()

    def unlose(self, loss_ppm: int) -> None:
        """Undo the last `lose` with these losses."""
        self._undo(self._losses, loss_ppm, "made lossy")

    def _undo(self, values: list[T], value: T, what: str) -> None:
        for index in range(len(values) - 1, 0, -1):
            if values[index] == value:
                del values[index]
                self._changed()
                return
        raise ValueError(f"the link {self.sender} to {self.receiver} was not {what} to {value}")

    def _changed(self) -> None:
        low, high = self._latencies[-1]
        rate = self._rates[-1]
        self.ack_ns = None if self._cuts or self._clogs else (low + high) // 2
        self.is_free = rate is None and not self._clogs
        self.is_plain = rate is None and not self._losses[-1]

    def _rate_changed(self) -> None:
        self._changed()
        if self._rates[-1] is not None:
            if self._queue:
                self._send_first()
            return
        self._turn += 1
        while self._queue:
            self._launch_first()
        while self._line:
            self._line.popleft()()
