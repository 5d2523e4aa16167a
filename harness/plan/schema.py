"""The file of a plan, as it is written: one class for each mapping.

Laws of the file: what a scenario and a plan have in common is the scenario's class; nothing that
the seed decided has a default.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import InitErrorDetails

from natsim.scenarios.document import Value
from natsim.scenarios.editor import schema_of
from natsim.scenarios.fields import (
    Count,
    Duration,
    Fragment,
    Guarantee,
    Latency,
    Name,
    PayloadSize,
    Queue,
    Subscribed,
    Time,
    Title,
)
from natsim.scenarios.mistake import RuleError
from natsim.scenarios.names import NAME_PATTERN
from natsim.scenarios.schema import (
    WrittenKill,
    WrittenPartition,
    WrittenPause,
    WrittenServer,
    check_fault,
    fault_tag,
)
from natsim.scenarios.suggest import listing
from natsim.scenarios.written import (
    EmptyAllowed,
    KeyPattern,
    OneOrMore,
    Raw,
    Written,
    finding,
    missing,
)

from .plan import SCHEMA

_ID = "[A-Za-z0-9][A-Za-z0-9._-]{0,39}(?:/[0-9]{1,12})?"
_FILE = "[A-Za-z0-9][A-Za-z0-9._-]{0,99}"

# Which keys an operation has beside id, client, at and do; those in the second list are optional.
OPERATIONS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "connect": ((), ()),
    "subscribe": (("sub", "subject"), ("queue",)),
    "unsubscribe": (("sub",), ("max",)),
    "publish": (("subject", "size"), ()),
    "request": (("subject", "size", "timeout"), ()),
    "flush": ((), ()),
    "drain": ((), ()),
    "close": ((), ()),
}


def plan_json_schema() -> dict[str, Value]:
    """Return the JSON Schema of a plan file, for editors."""
    return schema_of(PlanFile)


def _matching(pattern: str, rule: str) -> BeforeValidator:
    compiled = re.compile(pattern)

    def validate(raw: object) -> str:
        if not isinstance(raw, str) or not compiled.fullmatch(raw):
            raise RuleError(raw, rule)
        return raw

    return BeforeValidator(validate)


def _whole(least: int | None, rule: str) -> BeforeValidator:
    def validate(raw: object) -> int:
        if not isinstance(raw, int) or isinstance(raw, bool):
            raise RuleError(raw, rule)
        if least is not None and raw < least:
            raise RuleError(raw, rule)
        return raw

    return BeforeValidator(validate)


def _text_schema(pattern: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$"})


SchemaName: TypeAlias = Annotated[
    str, _matching(re.escape(SCHEMA), f"write schema: {SCHEMA}"), WithJsonSchema({"const": SCHEMA})
]
Id: TypeAlias = Annotated[
    str, _matching(_ID, "an id is the client, a dot and letters, such as p1.a"), _text_schema(_ID)
]
FileName: TypeAlias = Annotated[
    str, _matching(_FILE, "write the name of a file beside this one"), _text_schema(_FILE)
]
Seed: TypeAlias = Annotated[
    int, _whole(None, "it must be a whole number"), WithJsonSchema({"type": "integer"})
]
Number: TypeAlias = Annotated[
    int,
    _whole(0, "it must be a whole number, 0 or more"),
    WithJsonSchema({"type": "integer", "minimum": 0}),
]
Do: TypeAlias = Annotated[
    str,
    _matching("|".join(OPERATIONS), f"write one of {listing(tuple(OPERATIONS))}"),
    WithJsonSchema({"enum": list(OPERATIONS)}),
]


class PlannedLink(Written):
    """The wire between two nodes, the same both ways."""

    noun: ClassVar[str] = "a link"
    example: ClassVar[str] = "ends: [p1, n1], latency: 1ms..5ms"

    ends: list[Name] = Field(min_length=2, max_length=2, examples=["[p1, n1]"])
    latency_ns: Latency = Field(examples=["1ms..5ms"])


class PlannedSubscription(Written):
    """A subscription made while the run is set up."""

    noun: ClassVar[str] = "a subscription"
    example: ClassVar[str] = 'id: s1.a, subject: "orders.>"'

    id: Id = Field(examples=["s1.a"])
    subject: Subscribed = Field(examples=['"orders.>"'])
    queue: Queue | None = Field(None, examples=["workers"])
    max_messages: Count | None = Field(None, alias="max", examples=[10])
    answers: bool = Field(default=False, examples=["true"])
    delay_ns: Time = Field(0, examples=["5ms"], description="time from a request to its answer")


class PlannedClient(Written):
    """A client: a node of its own."""

    noun: ClassVar[str] = "a client"
    example: ClassVar[str] = (
        "at: n1, reconnect-wait: 2s, ping-interval: 2m, pings-outstanding: 2, subscriptions: [...]"
    )

    at: Name = Field(examples=["n1"])
    reconnect_wait_ns: Duration = Field(examples=["2s"])
    ping_interval_ns: Duration = Field(examples=["2m"])
    pings_outstanding: Count = Field(examples=[2])
    subscriptions: list[PlannedSubscription] = Field([], examples=["[{id: s1.a, subject: a}]"])


class PlannedSeries(Written):
    """Regular operations: number n is at from + n * every."""

    noun: ClassVar[str] = "a series"
    example: ClassVar[str] = (
        "id: p1.a, publish: orders.new, size: 128, from: 1s, every: 5ms, count: 100"
    )

    id: Id = Field(examples=["p1.a"])
    client: Name | None = Field(None, examples=["p1"], description="default: the id up to its dot")
    publish: Annotated[list[Fragment], OneOrMore()] = Field([], examples=["orders.new"])
    request: Annotated[list[Fragment], OneOrMore()] = Field([], examples=["prices.get"])
    size: PayloadSize = Field(examples=[128])
    from_ns: Time = Field(examples=["1s"])
    every_ns: Duration = Field(examples=["5ms"])
    count: Count = Field(examples=[100])
    timeout_ns: Duration | None = Field(None, examples=["500ms"], description="of a request")
    skip: list[Number] = Field(
        [], alias="except", examples=["[17]"], description="numbers left out"
    )

    @classmethod
    def at_odds(cls, raw: Raw) -> Iterator[InitErrorDetails]:
        """Find a series of no kind or two, and a timeout where none can be or is missing."""
        if "publish" in raw and "request" in raw:
            yield finding("natsim_key", "a series is publish or request; keep one", ("request",))
        if not raw.get("publish") and not raw.get("request"):
            yield missing("publish", "publish: orders.new, or request: prices.get")
        if "timeout" in raw and "request" not in raw:
            yield finding("natsim_key", "timeout is for request; leave it out", ("timeout",))
        if "request" in raw and "timeout" not in raw:
            yield missing("timeout", "timeout: 500ms")


class PlannedOperation(Written):
    """One irregular operation; which keys it has depends on what it does."""

    noun: ClassVar[str] = "an operation"
    example: ClassVar[str] = "id: p1.b/0, at: 1s, do: publish, subject: orders.new, size: 128"

    id: Id = Field(examples=["p1.b/0"])
    client: Name | None = Field(None, examples=["p1"], description="default: the id up to its dot")
    at_ns: Time = Field(examples=["1s"])
    do: Do = Field(examples=["publish"])
    sub: Id | None = Field(None, examples=["s1.b"])
    subject: Subscribed | None = Field(None, examples=["orders.new"])
    queue: Queue | None = Field(None, examples=["workers"])
    max_messages: Count | None = Field(None, alias="max", examples=[10])
    size: PayloadSize | None = Field(None, examples=[128])
    timeout_ns: Duration | None = Field(None, examples=["500ms"])

    @classmethod
    def at_odds(cls, raw: Raw) -> Iterator[InitErrorDetails]:
        """Find keys that do not belong to what the operation does, and such as are missing."""
        do = raw.get("do")
        if not isinstance(do, str) or do not in OPERATIONS:
            return
        needed, optional = OPERATIONS[do]
        for key in ("sub", "subject", "queue", "max", "size", "timeout"):
            if key in raw and key not in needed and key not in optional:
                yield finding("natsim_key", f"{key} is not for {do}; leave it out", (key,))
            if key in needed and key not in raw:
                yield missing(key, f"{key} for {do}")


class PlannedPartition(WrittenPartition):
    """Nodes of different sides cannot reach each other; a node in none reaches all."""

    id: Id = Field(examples=["f1"])


class PlannedKill(WrittenKill):
    """The process of a server dies at once."""

    id: Id = Field(examples=["f1"])


class PlannedPause(WrittenPause):
    """The process of a node stands still, its sockets stay open."""

    id: Id = Field(examples=["f1"])


class PlannedSlowLink(Written):
    """A link takes another latency."""

    noun: ClassVar[str] = "a slow-link"
    example: ClassVar[str] = "id: f1, at: 5s, slow-link: [p1, n1], latency: 40ms..80ms, for: 2s"

    id: Id = Field(examples=["f1"])
    at_ns: Time = Field(examples=["5s"])
    slow_link: list[Name] = Field(min_length=2, max_length=2, examples=["[p1, n1]"])
    latency_ns: Latency = Field(examples=["40ms..80ms"])
    for_ns: Duration = Field(examples=["2s"])


def check_planned_fault(raw: object) -> object:
    """Return what is one fault as it came, or raise: faults of a plan are never random."""
    checked = check_fault(raw)
    if fault_tag(checked) == "<one of>":
        raise RuleError(raw, "a plan has no random faults; write each: {id: f1, at: 5s, kill: n1}")
    return checked


OnePlannedFault: TypeAlias = (
    Annotated[PlannedPartition, Tag("<partition>")]
    | Annotated[PlannedKill, Tag("<kill>")]
    | Annotated[PlannedPause, Tag("<pause>")]
    | Annotated[PlannedSlowLink, Tag("<slow-link>")]
)
PlannedFault: TypeAlias = Annotated[
    OnePlannedFault, Discriminator(fault_tag), BeforeValidator(check_planned_fault)
]


class PlanFile(Written):
    """A plan for natsim: a scenario with its seed spent."""

    noun: ClassVar[str] = "a plan"
    example: ClassVar[str] = f"schema: {SCHEMA}, scenario: first, seed: 1, ..."

    schema_name: SchemaName = Field(alias="schema", examples=[SCHEMA])
    scenario: Title = Field(examples=["partition-heals"])
    seed: Seed = Field(examples=[1], description="keys every draw that is left to the run")
    duration_ns: Duration = Field(examples=["10s"])
    settle_ns: Duration = Field(examples=["2s"])
    barrier_ns: Duration = Field(examples=["2s"])
    expect: list[Guarantee] = Field(examples=["[at-most-once]"])
    servers: Annotated[
        dict[Name, Annotated[WrittenServer, EmptyAllowed()]], KeyPattern(NAME_PATTERN)
    ] = Field(examples=["{n1: {}}"])
    links: list[PlannedLink] = Field([], examples=["[{ends: [p1, n1], latency: 1ms..5ms}]"])
    clients: Annotated[dict[Name, PlannedClient], KeyPattern(NAME_PATTERN)] = Field(
        examples=["{p1: {at: n1}}"]
    )
    series: list[PlannedSeries] = Field([], examples=["[{id: p1.a}]"])
    operations: list[PlannedOperation] = Field([], examples=["[{id: p1.b/0}]"])
    operations_file: FileName | None = Field(
        None,
        examples=["plan.ops.jsonl"],
        description="a file beside this, an operation a line",
    )
    faults: list[PlannedFault] = Field([], examples=["[{id: f1, at: 5s, kill: n1}]"])

    @classmethod
    def at_odds(cls, raw: Raw) -> Iterator[InitErrorDetails]:
        """Find operations in two places."""
        if "operations" in raw and "operations-file" in raw:
            text = "operations and operations-file are both here; keep one"
            yield finding("natsim_key", text, ("operations-file",))
