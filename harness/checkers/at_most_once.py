"""At most once: what arrives was published, unaltered, arrives once, and only while it is wanted.

Legal and counted: a message that never arrives.
"""

from natsim.harness.history.epoch import NEVER
from natsim.harness.history.message import Delivery, Message
from natsim.harness.history.subscription import Limit, Subscription

from .evidence import Evidence
from .tally import Tally
from .verdict import Finding

NAME = "at-most-once"


def examine(evidence: Evidence) -> Finding:
    """Examine every delivery."""
    tally = Tally(NAME)
    for delivery in evidence.timeline.deliveries:
        # A status frame of the server (503) has no payload, so no message id; it may reach any
        # subscription that matches the inbox.
        if delivery.entry.msg is None and delivery.entry.size == 0:
            continue
        tally.checked += 1
        message = delivery.message
        if message is None:
            _accuse_unpublished(evidence, tally, delivery)
            continue
        _check_payload(evidence, tally, delivery, message)
        if message.copies == 1 and delivery.subscription.is_single:
            _check_repeat(evidence, tally, delivery, message)
            _check_wanted(evidence, tally, delivery, message)
    for subscription in evidence.timeline.subscriptions.values():
        if subscription.limits and subscription.is_single:
            _check_limits(evidence, tally, subscription)
    tally.legal_losses = evidence.losses.legal_count
    for oddity in evidence.timeline.oddities():
        tally.note(oddity)
    return tally.finding("delivery")


def _accuse_unpublished(evidence: Evidence, tally: Tally, delivery: Delivery) -> None:
    entry = delivery.entry
    what = "a payload without a message id" if entry.msg is None else f"message {entry.msg}"
    tally.accuse(
        "phantom-message",
        f"Subscription {entry.sub} got {what} on {entry.subject} at "
        f"{evidence.when(delivery.index)}, which nobody had published by then.",
        [delivery.index],
        entry.t,
    )


def _check_payload(evidence: Evidence, tally: Tally, delivery: Delivery, message: Message) -> None:
    entry = delivery.entry
    if message.copies > 1:
        return
    if message.is_refused:
        problem = "its client had refused to publish it"
    elif entry.size != message.size:
        problem = f"it has {entry.size} bytes and was published with {message.size}"
    elif entry.sha != message.sha:
        problem = f"its payload hashes to {entry.sha} and was published as {message.sha}"
    elif message.reply is not None and entry.reply != message.reply:
        problem = f"its reply subject is {entry.reply} and was published as {message.reply}"
    else:
        return
    tally.accuse(
        "phantom-message",
        f"Message {message.id} reached subscription {entry.sub} at "
        f"{evidence.when(delivery.index)}, but {problem}.",
        [message.index, delivery.index],
        entry.t,
    )


def _check_repeat(evidence: Evidence, tally: Tally, delivery: Delivery, message: Message) -> None:
    if not delivery.is_repeat:
        return
    subscription = delivery.subscription
    first = next(other for other in message.deliveries if other.subscription is subscription)
    tally.accuse(
        "duplicate-delivery",
        f"Message {message.id} on {message.subject} reached subscription {subscription.id} at "
        f"{evidence.when(first.index)} and again at {evidence.when(delivery.index)}; it was "
        f"published once, at {evidence.when(message.index)}.",
        [message.index, first.index, delivery.index],
        delivery.entry.t,
    )


def _check_wanted(evidence: Evidence, tally: Tally, delivery: Delivery, message: Message) -> None:
    subscription = delivery.subscription
    if subscription.gone < message.index:
        ended = subscription.gone
        what = "its unsubscribe was proved"
    elif subscription.client.had_closed_by(message.index):
        ended = subscription.client.closed
        what = "its client had closed"
    else:
        return
    tally.accuse(
        "dead-letter-delivery",
        f"Subscription {subscription.id} got message {message.id} at "
        f"{evidence.when(delivery.index)}, although {what} at {evidence.when(ended)}, before the "
        f"message was published at {evidence.when(message.index)}.",
        [ended, message.index, delivery.index],
        delivery.entry.t,
    )


def _check_limits(evidence: Evidence, tally: Tally, subscription: Subscription) -> None:
    """Accuse what came over an auto-unsubscribe limit, one connection epoch at a time.

    Only deliveries that certainly came on the epoch are counted: published after it began, seen
    before it ended. Only those are accused that were published after the server knew the limit.
    A later UNSUB replaces the limit, so the largest ever asked for decides. On later epochs the
    client sends the rest of the limit itself; they are left out.
    """
    most = max(limit.max_messages for limit in subscription.limits)
    for limit in subscription.limits:
        epoch = limit.epoch
        if limit.confirmed == NEVER or epoch is None:
            continue
        count = 0
        for delivery in subscription.deliveries:
            message = delivery.message
            if message is None or message.copies > 1 or delivery.is_repeat:
                continue
            if message.index < epoch.begun or delivery.index > epoch.ended:
                continue
            count += 1
            if count > most and message.index > limit.confirmed:
                _accuse_over_limit(evidence, tally, delivery, message, limit, count)


def _accuse_over_limit(
    evidence: Evidence,
    tally: Tally,
    delivery: Delivery,
    message: Message,
    limit: Limit,
    count: int,
) -> None:
    tally.accuse(
        "over-limit-delivery",
        f"Subscription {delivery.subscription.id} got message {message.id} at "
        f"{evidence.when(delivery.index)}, its number {count} on connection "
        f"{delivery.entry.conn}, although the server knew by {evidence.when(limit.confirmed)} that "
        f"it wanted {limit.max_messages}.",
        [limit.invoked, limit.confirmed, message.index, delivery.index],
        delivery.entry.t,
    )
