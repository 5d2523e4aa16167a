"""A scenario: what a user asks to be played, every name resolved and every default filled in.

Laws of the file: times are nanoseconds since the workload began; what the seed will draw is still
an interval; names are unique and known.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server. None leaves the server's own default."""

    name: str
    max_payload_bytes: int | None = None
    max_pending_bytes: int | None = None
    max_control_line_bytes: int | None = None
    ping_interval_ns: int | None = None
    ping_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The wire between a client and its server; ends are in the order they were written."""

    ends: tuple[str, str]
    latency_ns: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """What publishing and requesting have in common.

    subjects: what the placeholders stand for; message n goes to subjects[n % len].
    gap_ns: the shortest and longest time from one to the next. The first is at from_ns, each is
    before until_ns, and there are at most count of them.
    """

    subjects: tuple[str, ...]
    size: int
    gap_ns: tuple[int, int]
    from_ns: int
    until_ns: int
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publish(Series):
    """A series of messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Series):
    """A series of requests, each of which waits for its answer."""

    timeout_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribe:
    """A subscription; max_messages: auto-unsubscribe after so many."""

    subject: str
    queue: str | None
    max_messages: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A subscription that answers each request after delay_ns."""

    subject: str
    queue: str | None
    delay_ns: int


Doing: TypeAlias = Publish | Request | Subscribe | Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client, connected to the server named `at`; doings are in the order they were written."""

    name: str
    at: str
    doings: tuple[Doing, ...]
    reconnect_wait_ns: int
    ping_interval_ns: int
    pings_outstanding: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartitionFault:
    """Sides name every node they have; a node in none reaches all."""

    at_ns: int
    for_ns: int
    sides: tuple[tuple[str, ...], ...]
    is_one_way: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KillFault:
    """restart_ns: after the kill; None: when the duration is over."""

    at_ns: int
    target: str
    restart_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseFault:
    """The process of a node stands still."""

    at_ns: int
    for_ns: int
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowLinkFault:
    """A link takes latency_ns instead of its own."""

    at_ns: int
    for_ns: int
    ends: tuple[str, str]
    latency_ns: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomFaults:
    """Faults for the seed to draw: one after each gap, the first gap beginning at from_ns.

    one_of: words of faults, and `nothing`; a word that is there twice is drawn twice as often.
    """

    gap_ns: tuple[int, int]
    from_ns: int
    until_ns: int
    one_of: tuple[str, ...]


FaultLine: TypeAlias = PartitionFault | KillFault | PauseFault | SlowLinkFault | RandomFaults


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What to play.

    faults: one for each line of the file, in its order. expect: never None, see `resolve`.
    """

    name: str
    duration_ns: int
    settle_ns: int
    barrier_ns: int
    servers: tuple[Server, ...]
    links: tuple[Link, ...]
    clients: tuple[Client, ...]
    faults: tuple[FaultLine, ...]
    expect: tuple[str, ...]
