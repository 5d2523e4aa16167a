"""A subscription, and the time in which its interest was certain."""

from typing import TYPE_CHECKING

from natsim.record import record

from .client import Client
from .epoch import NEVER, Epoch

if TYPE_CHECKING:
    from .message import Delivery


@record
class Limit:
    """An auto-unsubscribe: no more than `max_messages` since SUB.

    confirmed: the entry at which the server of `epoch` certainly knew it, or NEVER.
    """

    max_messages: int
    invoked: int
    confirmed: int
    epoch: Epoch | None


@record
class Term:
    """What one subscribe operation asked for; queue is None for a plain subscription."""

    pattern: str
    queue: str | None


class Subscription:
    """A subscription over all connections of its client.

    terms: one, or several when this name was subscribed more than once.
    invoked: the entry of its first subscribe; NEVER when it was delivered to without one.
    confirmed: the entry at which the server of `epoch` certainly had it, or NEVER.
    unsubscribes: entries at which an unsubscribe without a limit was invoked, in order.
    gone: the entry at which the server had certainly removed it, on the epoch `gone_from`.
    latest: the delivery to it of the message that was published last.
    """

    __slots__ = (
        "client",
        "confirmed",
        "deliveries",
        "epoch",
        "gone",
        "gone_from",
        "has_replies",
        "id",
        "invoked",
        "latest",
        "limits",
        "terms",
        "unsubscribes",
    )

    def __init__(self, id: str, client: Client) -> None:  # noqa: A002 - as in the history
        self.id = id
        self.client = client
        self.terms: list[Term] = []
        self.invoked = NEVER
        self.confirmed = NEVER
        self.epoch: Epoch | None = None
        self.unsubscribes: list[int] = []
        self.gone = NEVER
        self.gone_from: Epoch | None = None
        self.limits: list[Limit] = []
        self.deliveries: list[Delivery] = []
        self.latest: Delivery | None = None
        self.has_replies = False

    @property
    def is_single(self) -> bool:
        """Tell whether this name stands for one subscription; several cannot be told apart."""
        return len(self.terms) == 1

    @property
    def pattern(self) -> str:
        """The subject it subscribed to, for messages: the first, when it has several."""
        return self.terms[0].pattern if self.terms else "?"

    @property
    def queue(self) -> str | None:
        """The queue group it is a member of: of the first, when it has several."""
        return self.terms[0].queue if self.terms else None

    @property
    def unsubscribed(self) -> int:
        """The first entry at which an unsubscribe without a limit was invoked, or NEVER."""
        return self.unsubscribes[0] if self.unsubscribes else NEVER

    @property
    def left(self) -> int:
        """The entry at which its client began to leave, or NEVER.

        A client that connects again after that does so without its subscriptions.
        """
        return self.client.left_after(self.invoked)

    @property
    def limit_min(self) -> int:
        """The smallest number of messages that any of its limits allows, or NEVER."""
        return min((limit.max_messages for limit in self.limits), default=NEVER)

    def certain_from(self, epoch: Epoch) -> int:
        """Give the entry from which the server of an epoch certainly had the subscription.

        On the epoch it was made on, that is its confirmation. A later epoch tells of its begin only
        after the client sent all its subscriptions again; the client had this one if it had been
        confirmed before. NEVER when neither holds.
        """
        if self.epoch is epoch:
            return self.confirmed
        return epoch.begun if epoch.begun > self.confirmed else NEVER
