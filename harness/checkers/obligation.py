"""When a subscription must have got a message: the one rule behind all accusations of loss.

The rule, for a message m published on epoch E and a subscription s (indexes are entries):

1. *Processed.* A flush of E that was invoked after m ended ok at c: m was on the wire before PING,
   so the server had routed it when it answered.
2. *Interested.* On the subscriber's epoch F, to the same server, s was certain before m was invoked
   and nobody had begun to end it by c. So the server's routing of m saw s.
3. *Arrived.* A flush of F was invoked after c and ended ok. The server put m into F's stream before
   it answered that PING, and a stream keeps its order: the client read m before it read PONG.
4. *Worked off.* The client's local queue was emptied after that: a message published after that
   PONG was delivered to s (the queue is first in, first out), or the client drained, or, in a
   history that reaches its end mark, a further flush of F ended ok, s never had to answer, so that
   no callback could wait, and the client never left but by a drain that ended ok.
5. No error was told to either client meanwhile: a server refuses by an error, and a client that
   drops for want of room tells so.

It holds while faults rage elsewhere, since nothing but E, F and the server of both is spoken of. A
restart of the server cannot break it: a restart breaks E and F, and both are proved to live, E by
its flush until c, F by a flush invoked after c. Between the entries of 2 and 3 both are connections
of one process under one server name.
"""

from enum import Enum

from natsim.harness.history.epoch import NEVER, Barrier, Epoch
from natsim.harness.history.message import Message
from natsim.harness.history.subscription import Subscription
from natsim.harness.history.timeline import Timeline
from natsim.record import record

from .interest import Interest


class Excuse(Enum):
    """Why nothing can be said; the value ends a sentence that begins with a number and "for"."""

    ELSEWHERE = "the subscriber was connected to another server"  # not a loss at all
    UNPROVED = "no barrier proved that the server had processed the message"
    ERROR = "a client was told of an error meanwhile"
    UNCERTAIN = "the interest was not certain: a connection broke, or an unsubscribe was near"
    NO_BARRIER = "no barrier of the subscriber followed on the same connection"
    NOT_WORKED_OFF = "nothing proves that the subscriber had worked off what it received"


@record
class Proof:
    """Why a subscription must have got a message, as entries.

    interest: it was certain from here. arrived: the subscriber's barrier after the publisher's.
    worked_off: the client's local queue had been emptied.
    """

    interest: int
    arrived: Barrier
    worked_off: int


class Obligations:
    """Judges whether a subscription must have got a message that matches it."""

    __slots__ = ("_interest", "_is_whole")

    def __init__(self, timeline: Timeline, interest: Interest) -> None:
        self._interest = interest
        self._is_whole = timeline.is_whole

    def must_get(self, message: Message, subscription: Subscription) -> Proof | Excuse:
        """Prove that a subscription must have got a message, or say why there is no proof.

        message: published once, to a subject that the subscription matches.
        """
        publisher = message.epoch
        if publisher is None or publisher.begun == NEVER:
            return Excuse.UNPROVED
        epoch = subscription.client.epoch_at(message.index)
        if epoch is not None and is_elsewhere(epoch, message, publisher):
            return Excuse.ELSEWHERE
        if message.barrier is None:
            return Excuse.UNPROVED
        if message.is_doubtful:
            return Excuse.ERROR
        if epoch is None or not epoch.is_on_server_of(publisher):
            return Excuse.UNCERTAIN
        since = subscription.certain_from(epoch)
        if since > message.index or not self._was_kept(message, subscription):
            return Excuse.UNCERTAIN
        arrived = epoch.barrier_after(message.confirmed)
        if arrived is None:
            return Excuse.NO_BARRIER
        if subscription.client.has_error_between(message.index, arrived.ended):
            return Excuse.ERROR
        worked_off = self._worked_off(subscription, epoch, arrived)
        if worked_off == NEVER:
            return Excuse.NOT_WORKED_OFF
        return Proof(since, arrived, worked_off)

    def _was_kept(self, message: Message, subscription: Subscription) -> bool:
        return (
            subscription.is_single
            and subscription.unsubscribed > message.confirmed
            and subscription.left > message.confirmed
            and self._interest.is_within_limit(subscription, message)
        )

    def _worked_off(self, subscription: Subscription, epoch: Epoch, arrived: Barrier) -> int:
        latest = subscription.latest
        if latest is not None and latest.published > arrived.ended:
            return latest.index
        left = subscription.left
        drain = subscription.client.drain_after(arrived.ended)
        if drain is not None and drain.invoked != left:
            drain = None
        # A client that ends a subscription throws away what its queue still holds, and one that
        # sees a limit reached forgets the subscription before its queue is empty.
        if drain is not None and subscription.unsubscribed == NEVER and not subscription.limits:
            return drain.ended
        again = epoch.barrier_after(arrived.ended)
        if again is None or not self._is_whole or subscription.has_replies:
            return NEVER
        # A close cuts callbacks off, and a drain that failed may have waited for one in vain.
        if left != NEVER and drain is None:
            return NEVER
        return again.ended if again.ended < min(subscription.unsubscribed, left) else NEVER


def is_elsewhere(epoch: Epoch, message: Message, publisher: Epoch) -> bool:
    """Tell whether a subscriber was on another server while a message was on its way.

    Servers are not connected to each other: what one routes, a client of another never sees.
    """
    return epoch.server != publisher.server and epoch.ended >= message.confirmed
