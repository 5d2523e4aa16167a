"""Completeness: what a plain subscription must have got, it got.

The rule is in obligation.py. Queue members are the queue-group checker's business.
Legal and counted: every message that matches and did not arrive, where the rule proves nothing.
"""

from .evidence import Evidence
from .losses import Loss
from .tally import Tally
from .verdict import Finding

NAME = "completeness"


def examine(evidence: Evidence) -> Finding:
    """Accuse what is lost for certain; count, by reason, what may be lost."""
    tally = Tally(NAME)
    losses = evidence.losses
    tally.checked = losses.required
    tally.legal_losses = losses.legal_count
    for loss in losses.certain:
        _accuse(evidence, tally, loss)
    for excuse, count in losses.legal.items():
        tally.note(f"{count} not delivered: {excuse.value}")
    if losses.legal_in_faults:
        tally.note(f"{losses.legal_in_faults} of the lost were published while a fault was on")
    return tally.finding(
        "message that a plain subscription must have got: one that a barrier of its publisher and "
        "then one of the subscriber prove"
    )


def _accuse(evidence: Evidence, tally: Tally, loss: Loss) -> None:
    message, subscription, proof = loss.message, loss.subscription, loss.proof
    tally.accuse(
        "certain-loss",
        f"Message {message.id} on {message.subject} never reached subscription {subscription.id} "
        f"({subscription.pattern}): the server had the subscription since "
        f"{evidence.when(proof.interest)}, got the message between "
        f"{evidence.when(message.index)} and {evidence.when(message.confirmed)}, and answered a "
        f"later PING of the subscriber at {evidence.when(proof.arrived.ended)}.",
        loss.entries(),
        message.t,
    )
