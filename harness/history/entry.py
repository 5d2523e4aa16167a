"""The entries of a history, and their one JSON line each.

Source: Jepsen's operation maps (invoke, ok, fail, info) with deliveries, faults and phases beside.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, TypeAlias

from natsim.record import record

SCHEMA = "natsim.history/1"

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
Value: TypeAlias = Mapping[str, Json]

OperationKind: TypeAlias = Literal[
    "connect", "subscribe", "unsubscribe", "publish", "request", "flush", "drain", "close"
]
ConnectionChange: TypeAlias = Literal["connected", "disconnected", "closed", "error"]


class Outcome(StrEnum):
    """How an operation ended."""

    OK = "ok"  # it happened
    FAIL = "fail"  # it did not happen
    INFO = "info"  # nobody knows


class Phase(StrEnum):
    """The parts of a run, in order."""

    SETUP = "setup"  # servers start, clients connect and subscribe
    WORKLOAD = "workload"  # operations and faults; the times of a plan count from here
    SETTLE = "settle"  # all faults healed, no new operations
    END = "end"  # nothing is recorded after this mark


@record
class OpError:
    """Why an operation did not end well.

    is_definite: the operation certainly had no effect.
    code: a short stable word, for example `timeout`, `no-responders`, `not-connected`.
    """

    is_definite: bool
    code: str
    text: str


@record
class Invoked:
    """A process began an operation.

    process: a logical single-threaded client, `p1.a`; the client is the part before the dot.
    op: the stable id of the operation in the plan, `p1.a/17`.
    value: by kind, see docs/reference/history.md.
    """

    t: int
    process: str
    op: str
    f: OperationKind
    value: Value


@record
class Completed:
    """An operation ended."""

    t: int
    process: str
    op: str
    f: OperationKind
    outcome: Outcome
    value: Value
    error: OpError | None = None


@record
class Delivered:
    """A subscription's callback saw a message.

    process: the client. conn: its connection epoch, `s1#2`. sub: the subscription, `s1.a`.
    msg: the message id the payload begins with; None when it begins with none.
    size: payload bytes. sha: the first 16 hex digits of the payload's SHA-256.
    """

    t: int
    process: str
    conn: str
    sub: str
    subject: str
    msg: str | None
    size: int
    sha: str
    reply: str | None = None


@record
class Changed:
    """A client's connection changed, as the client's own callbacks tell it.

    conn: the epoch that began (connected) or ended (disconnected, closed).
    value: for connected: server (the name in the plan), server_id and cid from INFO; for error:
    text.
    """

    t: int
    process: str
    change: ConnectionChange
    conn: str
    value: Value


@record
class Faulted:
    """A fault began or ended.

    fault: its id in the plan. kind: partition, kill, pause, slow-link...
    achieved: what the stage saw happen: sockets cut, exit status, process state.
    """

    t: int
    fault: str
    kind: str
    is_begin: bool
    achieved: Value


@record
class Marked:
    """A phase of the run began."""

    t: int
    phase: Phase


Entry: TypeAlias = Invoked | Completed | Delivered | Changed | Faulted | Marked
