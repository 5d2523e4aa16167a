"""Wildcard routing: a message goes to the subscriptions whose pattern its subject matches.

Every delivery is compared with the reference matcher; what a pattern with a wildcard must have got
and lacks is accused here too when another subscription did get the message, so that it was routed.
"""

from natsim.harness.history.message import Delivery, Message
from natsim.harness.model.matcher import has_wildcard, matches

from .evidence import Evidence
from .losses import Loss
from .tally import Tally
from .verdict import Finding

NAME = "wildcard-routing"


def examine(evidence: Evidence) -> Finding:
    """Compare the subject of each delivery with the message and with the pattern."""
    tally = Tally(NAME)
    # Few subjects meet few patterns, many times.
    known: dict[tuple[str, str], bool] = {}
    for delivery in evidence.timeline.deliveries:
        message = delivery.message
        if message is None or message.copies > 1:
            continue
        patterns = [term.pattern for term in delivery.subscription.terms]
        for pattern in patterns:
            if (pattern, message.subject) not in known:
                known[pattern, message.subject] = matches(pattern, message.subject)
        if any(has_wildcard(pattern) for pattern in patterns):
            tally.checked += 1
        if delivery.entry.subject != message.subject:
            _accuse_changed(evidence, tally, delivery, message)
        elif patterns and not any(known[pattern, message.subject] for pattern in patterns):
            _accuse_false_positive(evidence, tally, delivery, message)
    for loss in evidence.losses.certain:
        if loss.message.deliveries and has_wildcard(loss.subscription.pattern):
            _accuse_false_negative(evidence, tally, loss)
    return tally.finding("delivery to a subscription with a wildcard")


def _accuse_changed(evidence: Evidence, tally: Tally, delivery: Delivery, message: Message) -> None:
    tally.accuse(
        "subject-changed",
        f"Message {message.id} was published on {message.subject} and reached subscription "
        f"{delivery.subscription.id} at {evidence.when(delivery.index)} on "
        f"{delivery.entry.subject}.",
        [message.index, delivery.index],
        delivery.entry.t,
    )


def _accuse_false_positive(
    evidence: Evidence, tally: Tally, delivery: Delivery, message: Message
) -> None:
    subscription = delivery.subscription
    tally.accuse(
        "match-false-positive",
        f"Message {message.id} on {message.subject} reached subscription {subscription.id} at "
        f"{evidence.when(delivery.index)}, whose pattern {subscription.pattern} does not match "
        "that subject.",
        [subscription.invoked, message.index, delivery.index],
        delivery.entry.t,
    )


def _accuse_false_negative(evidence: Evidence, tally: Tally, loss: Loss) -> None:
    message, subscription = loss.message, loss.subscription
    other = message.deliveries[0]
    tally.accuse(
        "match-false-negative",
        f"Message {message.id} on {message.subject} reached subscription "
        f"{other.subscription.id} at {evidence.when(other.index)}, so it was routed, but never "
        f"subscription {subscription.id}, whose pattern {subscription.pattern} matches that "
        f"subject and which the server had since {evidence.when(loss.proof.interest)}.",
        [*loss.entries(), other.index],
        message.t,
    )
