"""The run document: everything a report says about a run, as frozen values.

Its JSON is `natsim.report/1`, the source of every other format; docs/reference/report.md and
schemas/report-1.json describe it. Laws of the file: times are whole nanoseconds since the run
began; texts are legible and cut already; None means that the run directory does not say.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Final, Literal, TypeAlias

from .fields import Json

SCHEMA: Final = "natsim.report/1"

VerdictWord: TypeAlias = Literal["valid", "unknown", "invalid"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Which run this is and how it ended.

    verdict: `unknown` when the directory holds none. sentence: what a stranger should read first.
    evidence: more sentences, each true by the history or the verdict alone.
    state: of run.json; `unknown` when it holds none.
    wall_ns: from `started` to `ended`. duration_ns: time of the last entry of the history, which is
    simulated time on the stage `sim`. workload_ns: the mark from which a plan's times count.
    """

    scenario: str
    seed: int | str | None
    stage: str | None
    verdict: VerdictWord
    sentence: str
    evidence: tuple[str, ...]
    state: str
    error: str | None
    server: str | None
    versions: Mapping[str, str]
    started: str | None
    wall_ns: int | None
    duration_ns: int
    workload_ns: int | None
    plan_digest: str | None
    command: str | None
    replay: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarantee:
    """What one checker said."""

    checker: str
    verdict: VerdictWord
    checked: int
    legal_losses: int
    anomaly_count: int
    notes: tuple[str, ...]

    @property
    def concerned(self) -> int:
        """How many things were examined or lost: what a rate of losses is of."""
        return self.checked + self.legal_losses


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """One broken promise.

    number: from 1, in this document. entries: indexes into the history, the first few of
    entry_count; those that `RunDocument.entries` holds can be shown.
    client: of the last proving entry that has one.
    """

    number: int
    checker: str
    name: str
    text: str
    t: int | None
    entries: tuple[int, ...]
    entry_count: int
    client: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A part of the run; end_ns is None when nothing tells where it ended."""

    phase: str
    begin_ns: int
    end_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault, as planned and as achieved.

    planned: the plan's words for it. targets: the names of clients and servers among them.
    begin_ns is None when it was planned but never began; end_ns when its end was not recorded.
    achieved_begin, achieved_end: what the stage saw happen, as recorded.
    """

    id: str
    kind: str
    planned: str | None
    targets: tuple[str, ...]
    begin_ns: int | None
    end_ns: int | None
    achieved_begin: str
    achieved_end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """A time during which a client was connected; end_ns is None when it lasted to the end."""

    conn: str
    server: str | None
    begin_ns: int
    end_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Density:
    """Messages in each bucket of time; bucket n begins at n * bucket_ns.

    Requests count as published and their answers as delivered. unreached: those of `published`,
    without requests, that no subscription saw.
    """

    published: tuple[int, ...]
    delivered: tuple[int, ...]
    unreached: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    """Requests by their end: answered, refused for want of responders, timed out, neither."""

    ok: int
    failed: int
    timed_out: int
    unanswered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What one client did and saw.

    publishes: invoked. confirmed: covered by a flush that came back. refused: by its library.
    errors: calls of its error callback. spells: the first few. density is None where there is no
    room for a lane.
    """

    name: str
    publishes: int
    confirmed: int
    refused: int
    deliveries: int
    requests: Requests
    reconnects: int
    errors: int
    spells: tuple[Spell, ...]
    spells_left_out: int
    density: Density | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What clients published to a server and what it delivered to them.

    connections: epochs that clients had with it.
    """

    name: str
    published: int
    delivered: int
    connections: int
    density: Density | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """Published messages that no subscription saw, by when they were published.

    of: how many there were to see. Answers to requests are not among them: who gets one is not
    recorded.
    during_faults: while a fault lasted; faults: which. while_disconnected: at another time, while
    some client had lost its connection. otherwise: at any other time.
    """

    count: int
    of: int
    during_faults: int
    faults: tuple[str, ...]
    while_disconnected: int
    otherwise: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The whole history in numbers, whatever part of it is shown.

    faults: that began. unreached is None when it could not be told within limits.
    """

    entries: int
    unreadable_lines: int
    clients: int
    servers: int
    faults: int
    publishes: int
    confirmed: int
    refused: int
    deliveries: int
    requests: int
    unreached: Unreached | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogTail:
    """The end of what a server printed; size_bytes is of the whole log."""

    name: str
    text: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDocument:
    """Everything a report says about one run.

    remarks: what is missing from the run directory or was left out here.
    entries: the history's entries that prove the anomalies shown, by index.
    plan: the text of plan.yaml, its beginning when it is long.
    """

    schema: Literal["natsim.report/1"] = SCHEMA
    head: Head
    remarks: tuple[str, ...]
    guarantees: tuple[Guarantee, ...]
    anomalies: tuple[Anomaly, ...]
    anomalies_left_out: int
    entries: Mapping[str, Json]
    phases: tuple[Phase, ...]
    faults: tuple[Fault, ...]
    totals: Totals
    bucket_ns: int
    clients: tuple[Client, ...]
    servers: tuple[Server, ...]
    digests: Mapping[str, str]
    plan: str | None
    logs: tuple[LogTail, ...]


def to_json(document: object) -> bytes:
    """Write a document as one line of JSON, keys in the order of the classes."""
    text = json.dumps(
        document, default=_as_object, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
    return text.encode() + b"\n"


def _as_object(value: object) -> dict[str, object]:
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} has no JSON")
    return {field.name: getattr(value, field.name) for field in fields(value)}
