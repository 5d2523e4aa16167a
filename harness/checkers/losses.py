"""The messages that plain subscriptions lack: lost for certain, or in a way that NATS allows."""

from natsim.harness.history.message import Message
from natsim.harness.history.subscription import Subscription
from natsim.harness.history.timeline import Timeline
from natsim.record import record

from .interest import Interest
from .obligation import Excuse, Obligations, Proof


@record
class Loss:
    """A message that a subscription must have got and lacks."""

    message: Message
    subscription: Subscription
    proof: Proof

    def entries(self) -> list[int]:
        """Index the entries that prove it."""
        barrier, arrived = self.message.barrier, self.proof.arrived
        sent = [] if barrier is None else [barrier.invoked, barrier.ended]
        return [
            self.proof.interest,
            self.message.index,
            *sent,
            arrived.invoked,
            arrived.ended,
            self.proof.worked_off,
        ]


@record
class Losses:
    """All pairs of a message and a plain subscription that matches it.

    required: pairs for which delivery is proved to be due, delivered or not.
    certain: those of them that lack it. legal: the other undelivered pairs, by excuse.
    legal_in_faults: how many of these were published while a fault was on.
    """

    required: int
    certain: list[Loss]
    legal: dict[Excuse, int]
    legal_in_faults: int

    @property
    def legal_count(self) -> int:
        """How many messages were lost in a way that NATS allows."""
        return sum(self.legal.values())


def find_losses(timeline: Timeline, interest: Interest, obligations: Obligations) -> Losses:
    """Compare who must have got each message with who did."""
    certain: list[Loss] = []
    legal: dict[Excuse, int] = {}
    required = 0
    in_faults = 0
    for message in timeline.messages.values():
        plain = interest.takers(message.subject).plain
        if not plain or not message.is_single:
            continue
        # Asked for membership only, never walked through.
        receivers = {delivery.subscription for delivery in message.deliveries}
        for subscription in plain:
            proof = obligations.must_get(message, subscription)
            if isinstance(proof, Proof):
                required += 1
                if subscription not in receivers:
                    certain.append(Loss(message, subscription, proof))
            elif subscription not in receivers and is_loss(message, subscription, proof):
                legal[proof] = legal.get(proof, 0) + 1
                in_faults += timeline.has_fault_at(message.index)
    return Losses(required, certain, legal, in_faults)


def is_loss(message: Message, subscription: Subscription, excuse: Excuse) -> bool:
    """Tell whether anyone could expect a subscription to get a message that it lacks.

    Not so when it was made after the message was processed, was ended or left before the message
    was published, has had all that its limit allows, or was on another server all the time.
    """
    return (
        excuse is not Excuse.ELSEWHERE
        and subscription.invoked < message.confirmed
        and subscription.unsubscribed > message.index
        and subscription.left > message.index
        and len(subscription.deliveries) < subscription.limit_min
    )
