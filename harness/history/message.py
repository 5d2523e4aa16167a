"""A published message, where it arrived, and what came of it when it was a request."""

from typing import Literal

from natsim.record import record

from .client import Client
from .entry import Delivered, Outcome
from .epoch import NEVER, Barrier, Epoch
from .subscription import Subscription


@record
class Completion:
    """How a request ended.

    code: of the error, empty when there was none. answer, size, sha: of an ok request.
    """

    index: int
    t: int
    outcome: Outcome
    code: str
    answer: str | None
    size: int
    sha: str


class Message:
    """A message that a client published, alone or as a request.

    index, t: of its (first) invocation. epoch: the client's then, None when not connected.
    copies: how often this id was published; 1 in a sane history.
    barrier: the first that proves the epoch's server processed it; None means nobody knows.
    is_refused: the client refused it, so it was never sent.
    is_doubtful: the publisher was told of an error between the invocation and the barrier's end.
    """

    __slots__ = (
        "barrier",
        "client",
        "completion",
        "copies",
        "deliveries",
        "epoch",
        "id",
        "index",
        "is_doubtful",
        "is_refused",
        "kind",
        "process",
        "reply",
        "sha",
        "size",
        "subject",
        "t",
    )

    def __init__(
        self,
        id: str,  # noqa: A002 - the word of the history's format
        *,
        kind: Literal["publish", "request"],
        index: int,
        t: int,
        process: str,
        client: Client,
        epoch: Epoch | None,
        subject: str,
        size: int,
        sha: str,
        reply: str | None,
    ) -> None:
        self.id = id
        self.kind = kind
        self.index = index
        self.t = t
        self.process = process
        self.client = client
        self.epoch = epoch
        self.subject = subject
        self.size = size
        self.sha = sha
        self.reply = reply
        self.copies = 1
        self.barrier: Barrier | None = None
        self.is_refused = False
        self.is_doubtful = False
        self.completion: Completion | None = None
        self.deliveries: list[Delivery] = []

    @property
    def confirmed(self) -> int:
        """The entry at which the server had certainly processed it, or NEVER."""
        return NEVER if self.barrier is None else self.barrier.ended

    @property
    def conn(self) -> str:
        """The name of the epoch at its invocation, empty when the client was not connected."""
        return "" if self.epoch is None else self.epoch.conn

    @property
    def is_single(self) -> bool:
        """Tell whether one publish operation, and no other, may have sent this id."""
        return self.copies == 1 and not self.is_refused


class Delivery:
    """A message that a subscription's callback saw.

    message: None when no message of this id was published before the delivery.
    is_repeat: the subscription had seen the message id before.
    """

    __slots__ = ("entry", "index", "is_repeat", "message", "subscription")

    def __init__(
        self, index: int, entry: Delivered, subscription: Subscription, message: Message | None
    ) -> None:
        self.index = index
        self.entry = entry
        self.subscription = subscription
        self.message = message
        self.is_repeat = False

    @property
    def published(self) -> int:
        """The entry at which its message was published; -1 when it was not."""
        return -1 if self.message is None else self.message.index
