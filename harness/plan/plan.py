"""The plan: what a run will do, as frozen values.

Laws of the file: no defaults that hide a decision of the seed; tuples, never lists or sets; every
time is an int of nanoseconds since the workload began, every size an int of bytes.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

SCHEMA = "natsim.plan/1"

OperationKind: TypeAlias = Literal[
    "connect", "subscribe", "unsubscribe", "publish", "request", "flush", "drain", "close"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPlan:
    """One server of the scenario. None leaves the server's own default."""

    name: str
    max_payload_bytes: int | None = None
    max_pending_bytes: int | None = None
    max_control_line_bytes: int | None = None
    ping_interval_ns: int | None = None
    ping_max: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPlan:
    """The wire between two nodes, the same both ways.

    ends: two node names, in the order the scenario names them.
    latency_ns: the shortest and longest one-way delay; the seed draws between, per burst.
    """

    ends: tuple[str, str]
    latency_ns: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionPlan:
    """A subscription made while the run is set up.

    id: `s1.a`, unique in the plan. queue: the queue group, None for a plain subscription.
    max_messages: auto-unsubscribe after so many, None for no limit.
    answers: each message with a reply subject is answered, after delay_ns.
    """

    id: str
    subject: str
    queue: str | None = None
    max_messages: int | None = None
    answers: bool = False
    delay_ns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPlan:
    """A client: a node of its own, connected to the server named `at`."""

    name: str
    at: str
    reconnect_wait_ns: int
    ping_interval_ns: int
    pings_outstanding_max: int
    subscriptions: tuple[SubscriptionPlan, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Regular operations: number n happens at from_ns + n * every_ns, n in 0..count-1.

    id: `p1.a`; operation n has the id `p1.a/n`. subjects: operation n uses subjects[n % len].
    size: payload bytes, which begin with the message id. skip: numbers left out (by a shrinker).
    timeout_ns: for requests only, else 0.
    """

    id: str
    client: str
    kind: Literal["publish", "request"]
    subjects: tuple[str, ...]
    size: int
    from_ns: int
    every_ns: int
    count: int
    timeout_ns: int = 0
    skip: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One irregular operation; which fields count depends on its kind.

    subscribe: sub, subject, queue. unsubscribe: sub, max_messages. publish: subject, size.
    request: subject, size, timeout_ns. connect, flush, drain, close: nothing more.
    """

    id: str
    client: str
    at_ns: int
    kind: OperationKind
    sub: str | None = None
    subject: str | None = None
    queue: str | None = None
    max_messages: int | None = None
    size: int = 0
    timeout_ns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """Nodes of different sides cannot reach each other; a node in no side reaches all.

    is_one_way: only what the first side sends to the others is lost.
    """

    id: str
    at_ns: int
    for_ns: int
    sides: tuple[tuple[str, ...], ...]
    is_one_way: bool = False
    kind: Literal["partition"] = "partition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """The node's process dies at once; its kernel closes the sockets.

    restart_ns: after the kill; None: it stays dead until the chaos ends, then starts again.
    """

    id: str
    at_ns: int
    target: str
    restart_ns: int | None
    kind: Literal["kill"] = "kill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The node's process stops running, its sockets stay open and its buffers fill."""

    id: str
    at_ns: int
    for_ns: int
    target: str
    kind: Literal["pause"] = "pause"


@dataclass(frozen=True, slots=True, kw_only=True)
class SlowLink:
    """A link takes latency_ns (shortest, longest) instead of its own."""

    id: str
    at_ns: int
    for_ns: int
    ends: tuple[str, str]
    latency_ns: tuple[int, int]
    kind: Literal["slow-link"] = "slow-link"


Fault: TypeAlias = Partition | Kill | Pause | SlowLink


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything a run will do.

    seed: keys every draw that is left to the run (latencies, queue members, ids on the wire).
    duration_ns: of the workload; every fault ends by then. settle_ns: quiet time after it.
    barrier_ns: how often each client proves with PING and PONG what has arrived.
    expect: names of checkers, in the order the scenario gives them.
    operations: sorted by (at_ns, id). faults: sorted by (at_ns, id).
    """

    scenario: str
    seed: int
    duration_ns: int
    settle_ns: int
    barrier_ns: int
    expect: tuple[str, ...]
    servers: tuple[ServerPlan, ...]
    links: tuple[LinkPlan, ...]
    clients: tuple[ClientPlan, ...]
    series: tuple[Series, ...] = ()
    operations: tuple[Operation, ...] = ()
    faults: tuple[Fault, ...] = ()
