"""The reference model of one core NATS server: who must get a message.

Laws of the file: naive on purpose, a list searched from end to end; nothing is sent, a routing is
returned; where NATS leaves a choice open (the member of a queue group) all candidates are named and
the caller tells which one it saw.
Source: docs.nats.io and nats-server 2.9.10 and 2.15.1, as measured.
"""

from collections.abc import Iterable
from enum import Enum, auto

from natsim.record import record

from .matcher import is_valid_pattern, matches

# nats-server keeps this queue name to itself.
RESERVED_QUEUE = "_sys_"


@record
class Options:
    """What a client asked for in CONNECT, as far as it decides who gets what.

    echo: it wants its own messages back. no_responders: it wants a 503 when nobody is there.
    """

    echo: bool = True
    no_responders: bool = False


@record
class Taker:
    """One subscription of one client."""

    client: str
    sid: str


@record
class Group:
    """A queue group: exactly one of the members gets the message.

    members: one or more, in the order they subscribed.
    """

    queue: str
    members: tuple[Taker, ...]


@record
class Routing:
    """Who must get one message.

    plain: all of them, in the order they subscribed. groups: by the order of their first member.
    no_responders: nobody gets it and the publisher must be told so, by a status 503 on exactly one
    of these subscriptions; empty when it must not be told.
    """

    plain: tuple[Taker, ...]
    groups: tuple[Group, ...]
    no_responders: tuple[Taker, ...] = ()


class Subscribed(Enum):
    """What a SUB did."""

    TAKEN = auto()
    IGNORED = auto()  # the sid is in use: no effect and no error, whatever else the SUB says
    REFUSED = auto()  # the subject or the queue name is invalid: an error, and the sid stays free


class _Subscription:
    """A live subscription and how much it may still get."""

    __slots__ = ("delivered", "limit", "pattern", "queue", "taker")

    def __init__(self, taker: Taker, pattern: str, queue: str | None) -> None:
        self.taker = taker
        self.pattern = pattern
        self.queue = queue
        self.delivered = 0
        self.limit: int | None = None

    @property
    def has_ended(self) -> bool:
        return self.limit is not None and self.delivered >= self.limit


class ReferenceBroker:
    """One server, its clients and their subscriptions.

    >>> broker = ReferenceBroker()
    >>> for client in ("p", "s"):
    ...     broker.connect(client)
    >>> broker.subscribe("s", "1", "orders.*").name
    'TAKEN'
    >>> broker.publish("p", "orders.new").plain
    (Taker(client='s', sid='1'),)
    """

    __slots__ = ("_clients", "_subscriptions")

    def __init__(self) -> None:
        self._clients: dict[str, Options] = {}
        self._subscriptions: list[_Subscription] = []

    def connect(self, client: str, options: Options | None = None) -> None:
        """Add a client. Raises ValueError when it is connected."""
        if client in self._clients:
            raise ValueError(f"client {client} is connected")
        self._clients[client] = options if options is not None else Options()

    def disconnect(self, client: str) -> None:
        """Remove a client with its subscriptions. Raises KeyError when it is not connected."""
        del self._clients[client]
        self._subscriptions = [
            subscription
            for subscription in self._subscriptions
            if subscription.taker.client != client
        ]

    def subscribe(
        self, client: str, sid: str, pattern: str, queue: str | None = None
    ) -> Subscribed:
        """Take a SUB of a connected client. Raises KeyError when it is not connected."""
        self._options(client)
        if self._find(Taker(client, sid)) is not None:
            return Subscribed.IGNORED
        if not is_valid_pattern(pattern) or queue == RESERVED_QUEUE:
            return Subscribed.REFUSED
        self._subscriptions.append(_Subscription(Taker(client, sid), pattern, queue))
        return Subscribed.TAKEN

    def unsubscribe(self, client: str, sid: str, max_messages: int | None = None) -> None:
        """Take an UNSUB: at once, or when max_messages have been delivered since SUB.

        A max_messages of 0 or less counts as none; an unknown sid is ignored; a later UNSUB
        replaces the limit of an earlier one. Raises KeyError when the client is not connected.
        """
        self._options(client)
        subscription = self._find(Taker(client, sid))
        if subscription is None:
            return
        if max_messages is None or max_messages <= 0:
            self._subscriptions.remove(subscription)
            return
        subscription.limit = max_messages
        self._forget_ended()

    def publish(self, client: str, subject: str, reply: str | None = None) -> Routing:
        """Route a message of a connected client and count it for its plain takers.

        For each group of the answer, the caller tells `deliver` which member got it before the next
        step. Raises KeyError when the client is not connected.
        """
        options = self._options(client)
        interested = [
            subscription
            for subscription in self._subscriptions
            if matches(subscription.pattern, subject)
            and (options.echo or subscription.taker.client != client)
        ]
        plain = [subscription for subscription in interested if subscription.queue is None]
        groups = _groups(interested)
        told: tuple[Taker, ...] = ()
        if options.no_responders and reply is not None and not interested:
            told = self._inboxes(client, reply)
        for subscription in plain:
            subscription.delivered += 1
        self._forget_ended()
        return Routing(tuple(subscription.taker for subscription in plain), groups, told)

    def deliver(self, taker: Taker) -> None:
        """Count a message for the member of a group that got it.

        Raises KeyError when there is no such subscription.
        """
        subscription = self._find(taker)
        if subscription is None:
            raise KeyError(taker)
        subscription.delivered += 1
        self._forget_ended()

    def takers(self) -> tuple[Taker, ...]:
        """List all live subscriptions, in the order they subscribed."""
        return tuple(subscription.taker for subscription in self._subscriptions)

    def _inboxes(self, client: str, reply: str) -> tuple[Taker, ...]:
        # A queue subscription on the inbox does not count, and a 503 counts for no limit.
        return tuple(
            subscription.taker
            for subscription in self._subscriptions
            if subscription.taker.client == client
            and subscription.queue is None
            and matches(subscription.pattern, reply)
        )

    def _options(self, client: str) -> Options:
        return self._clients[client]

    def _find(self, taker: Taker) -> _Subscription | None:
        for subscription in self._subscriptions:
            if subscription.taker == taker:
                return subscription
        return None

    def _forget_ended(self) -> None:
        self._subscriptions = [
            subscription for subscription in self._subscriptions if not subscription.has_ended
        ]


def _groups(interested: Iterable[_Subscription]) -> tuple[Group, ...]:
    # The name alone makes the group: patterns may differ.
    members: dict[str, list[Taker]] = {}
    for subscription in interested:
        if subscription.queue is not None:
            members.setdefault(subscription.queue, []).append(subscription.taker)
    return tuple(Group(queue, tuple(takers)) for queue, takers in members.items())
