"""What the small world is made of: commands, frames, servers, wires, clients."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from natsim.harness.model.broker import ReferenceBroker


@dataclass
class Ping:
    """A PING on its way, and what to do when its PONG comes back or can no more."""

    on_pong: Callable[[], None]
    on_loss: Callable[[], None]


@dataclass
class Sub:
    sid: str
    pattern: str
    queue: str | None


@dataclass
class Unsub:
    sid: str
    max_messages: int | None


@dataclass
class Pub:
    subject: str
    msg: str
    reply: str | None


@dataclass
class Msg:
    sid: str
    pub: Pub
    is_503: bool = False
    pongs: int = 0  # how many the client had read when it read this


Command = Sub | Unsub | Pub | Ping
Frame = Msg | Ping


@dataclass
class Server:
    name: str
    generation: int = 1
    broker: ReferenceBroker = field(default_factory=ReferenceBroker)

    @property
    def id(self) -> str:
        return f"{self.name}-{self.generation}"


@dataclass
class Wire:
    """One TCP connection; either end may be gone."""

    key: str
    server: Server
    server_id: str
    up: deque[Command] = field(default_factory=deque[Command])
    down: deque[Frame] = field(default_factory=deque[Frame])
    is_held_by_client: bool = True
    is_held_by_server: bool = True
    pings: list[Ping] = field(default_factory=list[Ping])


@dataclass
class Subscription:
    id: str
    sid: str
    pattern: str
    queue: str | None
    is_answering: bool
    max_messages: int | None = None
    received: int = 0
    local: deque[Msg] = field(default_factory=deque[Msg])
    owed: Pub | None = None
    is_ending: bool = False


@dataclass
class Client:
    """A client; a raw one has fewer manners than nats-py.

    It takes what arrives until an UNSUB is proved, and sends its limits whole after a reconnect.
    """

    name: str
    server: Server
    is_raw: bool
    is_stuck: bool  # its responders' callbacks wait until it drains
    conn: str | None = None
    epochs: int = 0
    wire: Wire | None = None
    is_closed: bool = False
    pongs: int = 0
    held: deque[Command] = field(default_factory=deque[Command])
    subscriptions: dict[str, Subscription] = field(default_factory=dict[str, Subscription])
    inbox: deque[Msg] = field(default_factory=deque[Msg])
    request: str | None = None
    numbers: dict[str, int] = field(default_factory=dict[str, int])
