"""Publisher order: a subscription sees the messages of one publisher in the order of publishing.

Compared are the first deliveries to one subscription of what one process published on one
connection epoch and a barrier proved there. Such messages were one stream of bytes to one server;
each subscriber's copy is one stream from it, or several in a row, since a client leaves one
connection before it makes the next; and the local queue is first in, first out.

Legal: gaps; any order among publishers, among subscriptions, and of a message that no barrier
proved: it may have waited in the client and gone out on a later connection, or still lie in a
half-open one. Requests are left out, since a client may have several on their way at once.
"""

from natsim.harness.history.message import Delivery, Message
from natsim.harness.history.subscription import Subscription

from .evidence import Evidence
from .tally import Tally
from .verdict import Finding

NAME = "publisher-order"


def examine(evidence: Evidence) -> Finding:
    """Compare each delivery with the latest-published one that came before it."""
    tally = Tally(NAME)
    for subscription in evidence.timeline.subscriptions.values():
        if subscription.is_single:
            _compare(evidence, tally, subscription)
    return tally.finding("two proved messages of one publisher at one subscription")


def _compare(evidence: Evidence, tally: Tally, subscription: Subscription) -> None:
    latest: dict[tuple[str, str], tuple[Message, Delivery]] = {}
    for delivery in subscription.deliveries:
        message = delivery.message
        if message is None or delivery.is_repeat or not _has_a_place(message):
            continue
        stream = (message.process, message.conn)
        before = latest.get(stream)
        if before is None:
            latest[stream] = message, delivery
            continue
        tally.checked += 1
        if before[0].index < message.index:
            latest[stream] = message, delivery
        else:
            _accuse(evidence, tally, before, (message, delivery))


def _has_a_place(message: Message) -> bool:
    return message.kind == "publish" and message.is_single and message.barrier is not None


def _accuse(
    evidence: Evidence,
    tally: Tally,
    later: tuple[Message, Delivery],
    earlier: tuple[Message, Delivery],
) -> None:
    (second, ahead), (first, behind) = later, earlier
    entries = [first.index, second.index, ahead.index, behind.index]
    entries.extend(
        barrier.ended for barrier in (first.barrier, second.barrier) if barrier is not None
    )
    tally.accuse(
        "pair-reorder",
        f"Process {first.process} published {first.id} at {evidence.when(first.index)} and "
        f"{second.id} at {evidence.when(second.index)} on one connection ({first.conn}), but "
        f"subscription {behind.subscription.id} saw {second.id} at {evidence.when(ahead.index)} "
        f"and {first.id} only at {evidence.when(behind.index)}.",
        entries,
        behind.entry.t,
    )
