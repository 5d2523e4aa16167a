"""What all checkers share: who was connected, what was published, where it arrived."""

from bisect import bisect_right
from typing import TYPE_CHECKING

from natsim.record import record

if TYPE_CHECKING:
    from .client import Client
    from .epoch import Epoch
    from .message import Delivery, Message
    from .subscription import Subscription


@record
class FaultSpan:
    """A stretch of the history in which at least one fault was on.

    begun, ended: indexes of entries; NEVER when no end was seen.
    """

    begun: int
    ended: int


class Timeline:
    """A history by its nouns, each in the order it first appeared.

    clients, epochs, messages, subscriptions: by their names in the history.
    deliveries: in the order seen. answers: the messages that answer a request, by its id.
    fault_spans: in order, apart from each other.
    is_whole: the history reaches its end mark, so what is not in it did not happen.
    """

    __slots__ = (
        "answers",
        "clients",
        "deliveries",
        "epochs",
        "fault_spans",
        "is_whole",
        "messages",
        "subscriptions",
    )

    def __init__(self) -> None:
        self.clients: dict[str, Client] = {}
        self.epochs: dict[str, Epoch] = {}
        self.messages: dict[str, Message] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.deliveries: list[Delivery] = []
        self.answers: dict[str, list[Message]] = {}
        self.fault_spans: list[FaultSpan] = []
        self.is_whole = False

    def has_fault_at(self, index: int) -> bool:
        """Tell whether a fault was on at an entry."""
        place = bisect_right(self.fault_spans, index, key=_begin)
        return place > 0 and index <= self.fault_spans[place - 1].ended

    def oddities(self) -> list[str]:
        """Say what in the history keeps things out of the checks, one sentence each.

        Names that were used twice: nobody can tell the two apart, so both are left out.
        """
        found = [
            f"message id {message.id} was published {message.copies} times; it is left out"
            for message in self.messages.values()
            if message.copies > 1
        ]
        for subscription in self.subscriptions.values():
            if len(subscription.terms) > 1:
                found.append(
                    f"subscription {subscription.id} was made {len(subscription.terms)} times "
                    "under one name; only routing and payloads of its deliveries are checked"
                )
            elif not subscription.terms:
                found.append(f"subscription {subscription.id} was delivered to but never made")
        return found


def _begin(span: FaultSpan) -> int:
    return span.begun
