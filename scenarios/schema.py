"""The language of a scenario: one class for each mapping a user can write.

Laws of the file: it says what one value may be and which keys go together; what needs another part
of the file (is there such a node? does the fault end in time?) is asked in `resolve`.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, TypeAlias

from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag, ValidationError
from pydantic_core import InitErrorDetails

from .fields import (
    Count,
    Duration,
    Fragment,
    Gap,
    Guarantee,
    Latency,
    LinkName,
    Name,
    Names,
    PayloadSize,
    PlaceholderName,
    Published,
    Queue,
    RandomFault,
    Rate,
    Size,
    Subscribed,
    Time,
    Title,
    Version,
)
from .mistake import RuleError
from .names import LINK_PATTERN, NAME_PATTERN, NAMES_PATTERN
from .quantity import MS, M, S
from .words import FAULTS, fault_advice
from .written import (
    EmptyAllowed,
    KeyPattern,
    OneOrMore,
    Raw,
    Shorthand,
    Written,
    finding,
    mapping_of,
    missing,
)

DOINGS = ("publish", "subscribe", "request", "reply")
LINKS_BETWEEN_SERVERS = "default"
LINKS_OF_CLIENTS = "clients-default"

_STREAMING = "it belongs to NATS Streaming: leave it out"
_RATE_OR_EVERY = ConfigDict(
    json_schema_extra={
        "oneOf": [{"required": ["rate"]}, {"required": ["every"]}],
        "not": {"required": ["until", "count"]},
    }
)


class WrittenServer(Written):
    """A server; what is left out is the server's own default."""

    noun: ClassVar[str] = "a server"
    example: ClassVar[str] = "max-payload: 1MiB"

    max_payload_bytes: Size | None = Field(None, examples=["1MiB"])
    max_pending_bytes: Size | None = Field(None, examples=["64MiB"])
    max_control_line_bytes: Size | None = Field(None, examples=["4KiB"])
    ping_interval_ns: Duration | None = Field(None, examples=["2m"])
    ping_max: Count | None = Field(None, examples=[2])


class WrittenLink(Written):
    """The wire between two nodes, the same both ways."""

    noun: ClassVar[str] = "a link"
    example: ClassVar[str] = "latency: 1ms..5ms"
    later: ClassVar[Mapping[str, str]] = {"rate": "write latency"}

    latency_ns: Latency = Field(examples=["1ms..5ms"])


class WrittenSubscribe(Written):
    """A subscription; a subject alone will do."""

    noun: ClassVar[str] = "a subscription"
    example: ClassVar[str] = 'subject: "orders.>", queue: workers'

    subject: Subscribed = Field(examples=['"orders.>"'])
    queue: Queue | None = Field(None, examples=["workers"])
    max_messages: Count | None = Field(
        None, alias="max", examples=[10], description="unsubscribe after so many messages"
    )


class WrittenReply(Written):
    """A subscription that answers each request; a subject alone will do."""

    noun: ClassVar[str] = "a reply"
    example: ClassVar[str] = "subject: prices.get, queue: pricers"

    subject: Subscribed = Field(examples=["prices.get"])
    queue: Queue | None = Field(None, examples=["pricers"])
    delay_ns: Time = Field(0, examples=["5ms"], description="time from a request to its answer")


class WrittenSeries(Written):
    """What publishing and requesting have in common."""

    subject: Published = Field(examples=["orders.new"])
    rate: Rate | None = Field(None, examples=["200/s"])
    every_ns: Gap | None = Field(
        None, examples=["5ms"], description="one gap, or an interval the seed draws from"
    )
    size: PayloadSize = Field(128, examples=[128], description="payload bytes")
    from_ns: Time = Field(0, examples=["1s"])
    until_ns: Duration | None = Field(None, examples=["8s"], description="default: the duration")
    count: Count | None = Field(None, examples=[100])

    @classmethod
    def at_odds(cls, raw: Raw) -> Iterator[InitErrorDetails]:
        """Find no rate or two, and two ends."""
        if "rate" in raw and "every" in raw:
            yield finding("natsim_key", "rate and every say the same; keep one", ("every",))
        if "rate" not in raw and "every" not in raw:
            yield missing("rate", "rate: 10/s, or every: 100ms")
        if "until" in raw and "count" in raw:
            yield finding("natsim_key", "until and count both say the end; keep one", ("count",))


class WrittenPublish(WrittenSeries):
    """Messages published by a client."""

    model_config = _RATE_OR_EVERY

    noun: ClassVar[str] = "a publish"
    example: ClassVar[str] = "subject: orders.new, rate: 10/s"


class WrittenRequest(WrittenSeries):
    """Requests made by a client, each of which waits for one answer."""

    model_config = _RATE_OR_EVERY

    noun: ClassVar[str] = "a request"
    example: ClassVar[str] = "subject: prices.get, rate: 10/s, timeout: 500ms"

    # nats-py's own default.
    timeout_ns: Duration = Field(500 * MS, examples=["500ms"])


class WrittenClient(Written):
    """A client, or each client of a range: a node of its own."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": [doing]} for doing in DOINGS]}
    )

    noun: ClassVar[str] = "a client"
    example: ClassVar[str] = 'at: n1, subscribe: "orders.>"'
    later: ClassVar[Mapping[str, str]] = {
        "stream": _STREAMING,
        "durable": _STREAMING,
        "start": _STREAMING,
        "ack": _STREAMING,
        "ack-wait": _STREAMING,
        "max-in-flight": _STREAMING,
    }

    at: Name = Field(examples=["n1"], description="the server it talks to")
    publish: Annotated[list[WrittenPublish], OneOrMore()] = Field(
        [], examples=["{subject: orders.new, rate: 10/s}"]
    )
    subscribe: Annotated[list[Annotated[WrittenSubscribe, Shorthand("subject")]], OneOrMore()] = (
        Field([], examples=['"orders.>"'])
    )
    request: Annotated[list[WrittenRequest], OneOrMore()] = Field(
        [], examples=["{subject: prices.get, rate: 10/s}"]
    )
    reply: Annotated[list[Annotated[WrittenReply, Shorthand("subject")]], OneOrMore()] = Field(
        [], examples=["prices.get"]
    )
    queue: Queue | None = Field(
        None, examples=["workers"], description="of each subscription that names none"
    )
    # The defaults of nats-py 2.
    reconnect_wait_ns: Duration = Field(2 * S, examples=["250ms"])
    ping_interval_ns: Duration = Field(2 * M, examples=["1s"])
    pings_outstanding: Count = Field(2, examples=[2])

    @classmethod
    def at_odds(cls, raw: Raw) -> Iterator[InitErrorDetails]:
        """Find a client with nothing to do, and a queue without a subscription."""
        if "queue" in raw and not ("subscribe" in raw or "reply" in raw):
            yield finding("natsim_key", "queue is for subscribe and reply; write one", ("queue",))
        known = {field.alias for field in cls.model_fields.values()}
        if not any(doing in raw for doing in DOINGS) and known.issuperset(raw):
            text = "it has nothing to do; write publish, subscribe, request or reply"
            yield finding("natsim_key", text)


class WrittenPartition(Written):
    """Nodes of different sides cannot reach each other."""

    noun: ClassVar[str] = "a partition"
    example: ClassVar[str] = "at: 5s, partition: [[n1], [p1]], for: 2s"

    at_ns: Time = Field(examples=["5s"])
    partition: list[list[Names]] = Field(examples=["[[n1], [p1]]"])
    for_ns: Duration = Field(examples=["2s"])
    one_way: bool = Field(
        default=False, examples=["true"], description="only what the first side sends is lost"
    )


class WrittenKill(Written):
    """The process of a server dies at once."""

    noun: ClassVar[str] = "a kill"
    example: ClassVar[str] = "at: 5s, kill: n1, restart: 1s"

    at_ns: Time = Field(examples=["5s"])
    kill: Name = Field(examples=["n1"])
    restart_ns: Duration | None = Field(
        None, examples=["1s"], description="after the kill; default: when the duration is over"
    )


class WrittenPause(Written):
    """The process of a node stands still, its sockets stay open."""

    noun: ClassVar[str] = "a pause"
    example: ClassVar[str] = "at: 5s, pause: n1, for: 1s"

    at_ns: Time = Field(examples=["5s"])
    pause: Name = Field(examples=["n1"])
    for_ns: Duration = Field(examples=["1s"])


class WrittenSlowLink(Written):
    """A link takes another latency."""

    noun: ClassVar[str] = "a slow-link"
    example: ClassVar[str] = "at: 5s, slow-link: p1-n1, latency: 40ms..80ms, for: 2s"

    at_ns: Time = Field(examples=["5s"])
    slow_link: LinkName = Field(examples=["p1-n1"])
    latency_ns: Latency = Field(examples=["40ms..80ms"])
    for_ns: Duration = Field(examples=["2s"])


class WrittenRandom(Written):
    """Faults the seed draws."""

    noun: ClassVar[str] = "a line of random faults"
    example: ClassVar[str] = "every: 5s..10s, one of: [pause, kill, nothing]"

    every_ns: Gap = Field(examples=["5s..10s"])
    from_ns: Time = Field(0, examples=["5s"])
    until_ns: Duration | None = Field(None, examples=["50s"], description="default: the duration")
    one_of: list[RandomFault] = Field(
        alias="one of", min_length=1, examples=["[pause, kill, nothing]"]
    )


def fault_word(raw: object) -> str | None:
    """Return the word that says which fault a mapping is, None if there is none."""
    keys = mapping_of(raw)
    if keys is None:
        return None
    if "one of" in keys or "every" in keys:
        return "one of"
    return next((word for word in FAULTS if word in keys), None)


def check_fault(raw: object) -> object:
    """Return what is one fault as it came; raise RuleError or ValidationError for anything else."""
    keys = mapping_of(raw)
    if keys is None:
        raise RuleError(raw, "write a mapping such as {at: 5s, kill: n1, restart: 1s}")
    words = [word for word in FAULTS if word in keys]
    if len(words) > 1:
        text = f"one fault is one of {' and '.join(words)}; write a fault for each"
        found = finding("natsim_key", text, (words[1],))
    elif fault_word(keys) is None:
        odd = next((key for key in keys if key not in _KEYS_OF_FAULTS), None)
        found = (
            missing("the fault", "kill: n1, or another of partition, pause, slow-link")
            if odd is None
            else finding("natsim_key", fault_advice(odd), (odd,))
        )
    else:
        return keys
    raise ValidationError.from_exception_data("fault", [found])


_KEYS_OF_FAULTS = ("at", "for", "from", "until", "restart", "latency", "one-way", "id")


def fault_tag(raw: object) -> str | None:
    """Return the tag of a fault's class; in angles, so that it is no key of the file."""
    return f"<{fault_word(raw)}>"


OneFault: TypeAlias = (
    Annotated[WrittenPartition, Tag("<partition>")]
    | Annotated[WrittenKill, Tag("<kill>")]
    | Annotated[WrittenPause, Tag("<pause>")]
    | Annotated[WrittenSlowLink, Tag("<slow-link>")]
    | Annotated[WrittenRandom, Tag("<one of>")]
)
WrittenFault: TypeAlias = Annotated[
    OneFault, Discriminator(fault_tag), BeforeValidator(check_fault)
]


class WrittenScenario(Written):
    """A scenario for natsim."""

    noun: ClassVar[str] = "a scenario"
    example: ClassVar[str] = "natsim: 1, scenario: first, duration: 5s, ..."
    later: ClassVar[Mapping[str, str]] = {
        "cluster": "give each client a server of its own to talk to (`at`), or leave one server"
    }

    natsim: Version = Field(examples=[1], description="the version of the language")
    scenario: Title = Field(examples=["partition-heals"], description="its name")
    duration_ns: Duration = Field(examples=["10s"], description="of operations and faults")
    settle_ns: Duration = Field(2 * S, examples=["2s"], description="quiet time after them")
    barrier_ns: Duration = Field(
        2 * S, examples=["2s"], description="how often a client proves by PING what arrived"
    )
    vars: Annotated[dict[PlaceholderName, list[Fragment]], KeyPattern(NAME_PATTERN)] = Field(
        {}, examples=["{region: [eu, us]}"], description="values of {placeholders} in subjects"
    )
    servers: Annotated[
        dict[Name, Annotated[WrittenServer, EmptyAllowed()]], KeyPattern(NAME_PATTERN)
    ] = Field(examples=["{n1: {}}"])
    links: Annotated[
        dict[str, WrittenLink],
        KeyPattern(f"^({LINKS_BETWEEN_SERVERS}|{LINKS_OF_CLIENTS})$|{LINK_PATTERN}"),
    ] = Field({}, examples=["{clients-default: {latency: 1ms..5ms}}"])
    clients: Annotated[dict[Names, WrittenClient], KeyPattern(NAMES_PATTERN)] = Field(
        examples=['{s1: {at: n1, subscribe: "orders.>"}}']
    )
    faults: list[WrittenFault] = Field([], examples=["[{at: 5s, kill: n1, restart: 1s}]"])
    expect: list[Guarantee] | None = Field(
        None,
        min_length=1,
        examples=["[at-most-once]"],
        description="default: every guarantee that speaks of what the clients do",
    )
