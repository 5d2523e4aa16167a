"""Queue group: of all members, exactly one gets each message.

The queue name makes the group; the patterns of its members may differ, and those that match the
subject are the members for that message.

More than one is always wrong: a message is routed by one server, once. None is wrong when every
subscription that can have been a member at that moment must have got what it was given (the rule in
obligation.py), and none of their clients had lost a connection by then. A broken connection may
stay at the server for a while, subscriptions and all, and so may one that was given up before the
client told of it; the server may pick such a ghost, and the message is legally lost.
"""

from collections.abc import Sequence

from natsim.harness.history.message import Delivery, Message
from natsim.harness.history.subscription import Subscription

from .evidence import Evidence
from .losses import is_loss
from .obligation import Excuse, Proof, is_elsewhere
from .tally import Tally
from .verdict import Finding

NAME = "queue-group"


def examine(evidence: Evidence) -> Finding:
    """Count, for each message and each group that matches it, the members that got it."""
    tally = Tally(NAME)
    for message in evidence.timeline.messages.values():
        groups = evidence.interest.takers(message.subject).groups
        if not groups or not message.is_single:
            continue
        for queue, members in groups.items():
            _check(evidence, tally, message, queue, members)
    return tally.finding("message that a member of a queue group got or must have got")


def _check(
    evidence: Evidence,
    tally: Tally,
    message: Message,
    queue: str,
    members: Sequence[Subscription],
) -> None:
    got = _first_deliveries(message, queue)
    if got:
        tally.checked += 1
        if len(got) > 1:
            _accuse_duplicate(evidence, tally, message, queue, got)
        return
    # A name that stands for several subscriptions may have got it for this group or for another.
    if any(not delivery.subscription.is_single for delivery in message.deliveries):
        return
    proofs = _prove(evidence, message, members)
    if isinstance(proofs, Excuse):
        if any(is_loss(message, member, proofs) for member in members):
            tally.legal_losses += 1
    elif proofs:
        tally.checked += 1
        _accuse_miss(evidence, tally, message, queue, proofs)


def _first_deliveries(message: Message, queue: str) -> list[Delivery]:
    return [
        delivery
        for delivery in message.deliveries
        if delivery.subscription.queue == queue
        and delivery.subscription.is_single
        and not delivery.is_repeat
    ]


def _prove(
    evidence: Evidence, message: Message, members: Sequence[Subscription]
) -> list[tuple[Subscription, Proof]] | Excuse:
    """Prove that every possible member must have got what it was given, or say why not."""
    proofs: list[tuple[Subscription, Proof]] = []
    for member in members:
        if not _can_be_member(message, member):
            continue
        proof = evidence.obligations.must_get(message, member)
        if isinstance(proof, Excuse):
            return proof
        if member.client.has_ghosts_by(proof.arrived.ended):
            return Excuse.UNCERTAIN
        proofs.append((member, proof))
    return proofs


def _can_be_member(message: Message, member: Subscription) -> bool:
    """Tell whether the server may have had the subscription when it routed the message."""
    if member.invoked > message.confirmed:
        return False
    client = member.client
    if not member.is_single or client.has_ghosts_by(message.confirmed) or not client.epochs:
        return True
    only = client.epochs[0]
    if message.epoch is not None and is_elsewhere(only, message, message.epoch):
        return False
    return not (member.gone < message.index and member.gone_from is only)


def _accuse_duplicate(
    evidence: Evidence, tally: Tally, message: Message, queue: str, got: Sequence[Delivery]
) -> None:
    places = ", ".join(
        f"{delivery.subscription.id} at {evidence.when(delivery.index)}" for delivery in got
    )
    tally.accuse(
        "group-duplicate",
        f"Message {message.id} on {message.subject} reached {len(got)} members of queue group "
        f"{queue}: {places}; it was published once, at {evidence.when(message.index)}.",
        [message.index, *(delivery.index for delivery in got)],
        got[1].entry.t,
    )


def _accuse_miss(
    evidence: Evidence,
    tally: Tally,
    message: Message,
    queue: str,
    proofs: Sequence[tuple[Subscription, Proof]],
) -> None:
    names = ", ".join(member.id for member, _ in proofs)
    entries = [message.index, message.confirmed]
    for _, proof in proofs:
        entries += [proof.interest, proof.arrived.invoked, proof.arrived.ended, proof.worked_off]
    tally.accuse(
        "group-miss",
        f"Message {message.id} on {message.subject} reached no member of queue group {queue}: "
        f"{names} had subscribed before it was published at {evidence.when(message.index)}, the "
        f"server had processed it by {evidence.when(message.confirmed)}, and a later PING of every "
        "member was answered.",
        entries,
        message.t,
    )
