"""Request and reply: an answer is an answer to this request, and 503 means that nobody was there.

Legal and counted: a request that was not answered in time, unless the answer is proved to have
reached the server while the requester could hear it.
"""

from collections.abc import Sequence

from natsim.harness.history.entry import Outcome
from natsim.harness.history.epoch import NEVER, Barrier
from natsim.harness.history.message import Completion, Message
from natsim.harness.history.subscription import Subscription
from natsim.harness.history.weave import NO_RESPONDERS
from natsim.record import record

from .evidence import Evidence
from .tally import Tally
from .verdict import Finding

NAME = "request-reply"


def examine(evidence: Evidence) -> Finding:
    """Examine every request that ended."""
    tally = Tally(NAME)
    ends = {"answered": 0, "no responders": 0, "timed out": 0, "not ended": 0}
    for message in evidence.timeline.messages.values():
        if message.kind != "request" or not message.is_single:
            continue
        completion = message.completion
        if completion is None:
            ends["not ended"] += 1
        elif completion.outcome is Outcome.OK:
            ends["answered"] += 1
            tally.checked += 1
            _check_answer(evidence, tally, message, completion)
        elif completion.code == NO_RESPONDERS:
            ends["no responders"] += 1
            tally.checked += 1
            _check_no_responders(evidence, tally, message, completion)
        else:
            ends["timed out"] += 1
            _check_timeout(evidence, tally, message, completion)
    tally.note(", ".join(f"{count} {end}" for end, count in ends.items()))
    return tally.finding("request that was answered, by a responder or by the server")


def _check_answer(
    evidence: Evidence, tally: Tally, message: Message, completion: Completion
) -> None:
    """Accuse an answer to another request, and one that nobody gave like this."""
    if completion.answer is None:
        _accuse_answer(evidence, tally, message, completion, "phantom-answer", "with no message id")
        return
    _, _, request = completion.answer.partition("<")
    if request != message.id:
        problem = f"with {completion.answer}, which is no answer to it"
        _accuse_answer(evidence, tally, message, completion, "wrong-answer", problem)
        return
    answer = evidence.timeline.messages.get(completion.answer)
    if answer is None or answer.index > completion.index:
        problem = f"with {completion.answer}, which nobody had published by then"
    elif answer.copies > 1:
        return
    elif answer.is_refused:
        problem = f"with {completion.answer}, which its client had refused to publish"
    elif (answer.size, answer.sha) != (completion.size, completion.sha):
        problem = (
            f"with {completion.answer} of {completion.size} bytes hashing to {completion.sha}, "
            f"published as {answer.size} bytes hashing to {answer.sha}"
        )
    else:
        return
    _accuse_answer(evidence, tally, message, completion, "phantom-answer", problem)


def _accuse_answer(
    evidence: Evidence,
    tally: Tally,
    message: Message,
    completion: Completion,
    name: str,
    problem: str,
) -> None:
    tally.accuse(
        name,
        f"Request {message.id} on {message.subject} was answered at "
        f"{evidence.when(completion.index)} {problem}.",
        [message.index, completion.index],
        completion.t,
    )


def _check_no_responders(
    evidence: Evidence, tally: Tally, message: Message, completion: Completion
) -> None:
    """Accuse a 503 for a request that somebody got, or that somebody must have been there for.

    The server says 503 only when it gave the request to nobody. So a delivery contradicts it; so
    does a subscription, plain or in a group, that the server certainly had from before the request
    until after the 503. A group may pick a ghost, but then it did pick one.
    """
    if message.deliveries:
        delivery = message.deliveries[0]
        proof = f"subscription {delivery.subscription.id} got it at {evidence.when(delivery.index)}"
        entries = [message.index, completion.index, delivery.index]
        _accuse_503(evidence, tally, message, completion, proof, entries)
        return
    for subscription in _matching(evidence, message):
        presence = _prove_presence(evidence, message, completion, subscription)
        if presence is not None:
            proof = (
                f"the server had subscription {subscription.id} ({subscription.pattern}) from "
                f"{evidence.when(presence.since)} until after {evidence.when(presence.until)}"
            )
            entries = [message.index, completion.index, *presence.entries()]
            _accuse_503(evidence, tally, message, completion, proof, entries)
            return


def _accuse_503(
    evidence: Evidence,
    tally: Tally,
    message: Message,
    completion: Completion,
    proof: str,
    entries: Sequence[int],
) -> None:
    tally.accuse(
        "503-with-responder",
        f"The server answered request {message.id} on {message.subject} at "
        f"{evidence.when(completion.index)} that nobody was there, although {proof}.",
        entries,
        completion.t,
    )


@record
class _Presence:
    """A stretch, in entries, during which the server certainly had a subscription."""

    since: int
    until: int
    barriers: tuple[Barrier, Barrier]

    def entries(self) -> list[int]:
        ends = [index for barrier in self.barriers for index in (barrier.invoked, barrier.ended)]
        return [self.since, *ends]


def _matching(evidence: Evidence, message: Message) -> list[Subscription]:
    takers = evidence.interest.takers(message.subject)
    members = [member for group in takers.groups.values() for member in group]
    return [*takers.plain, *members]


def _prove_presence(
    evidence: Evidence, message: Message, completion: Completion, subscription: Subscription
) -> _Presence | None:
    """Prove that the server of a request had a subscription from before it until its end.

    A barrier of the requester proves which server got the request; one of the subscriber, invoked
    after the 503, that its connection with the subscription lived until then.
    """
    publisher = message.epoch
    epoch = subscription.client.epoch_at(message.index)
    if message.barrier is None or publisher is None or epoch is None or message.is_doubtful:
        return None
    since = subscription.certain_from(epoch)
    if (
        publisher.begun == NEVER
        or not epoch.is_on_server_of(publisher)
        or since > message.index
        or not subscription.is_single
        or min(subscription.unsubscribed, subscription.left) < completion.index
        or not evidence.interest.is_within_limit(subscription, message)
    ):
        return None
    barrier = epoch.barrier_after(completion.index)
    if barrier is None:
        return None
    return _Presence(since, barrier.invoked, (message.barrier, barrier))


def _check_timeout(
    evidence: Evidence, tally: Tally, message: Message, completion: Completion
) -> None:
    """Accuse a timeout although an answer had arrived; count all others as legal losses.

    An answer that a barrier of the responder proves was routed by the requester's server. The
    requester's inbox was on that connection before the request. A barrier of the requester on the
    same connection, invoked after that, puts the answer into the client's hands; a second one, that
    the client has run its callbacks. When both ended before the time was up, the answer was lost.
    """
    for answer in evidence.timeline.answers.get(message.id, ()):
        barriers = _prove_hearing(message, completion, answer)
        if barriers is not None and answer.barrier is not None:
            tally.checked += 1
            entries = [message.index, answer.index, answer.barrier.ended, completion.index]
            tally.accuse(
                "answer-lost",
                f"Request {message.id} on {message.subject} timed out at "
                f"{evidence.when(completion.index)}, although the server had its answer "
                f"{answer.id} by {evidence.when(answer.confirmed)} and answered later PINGs of the "
                f"requester at {evidence.when(barriers[0].ended)} and "
                f"{evidence.when(barriers[1].ended)}.",
                [*entries, *(barrier.ended for barrier in barriers)],
                completion.t,
            )
            return
    tally.legal_losses += 1


def _prove_hearing(
    message: Message, completion: Completion, answer: Message
) -> tuple[Barrier, Barrier] | None:
    requester, responder = message.epoch, answer.epoch
    if requester is None or responder is None or NEVER in (requester.begun, responder.begun):
        return None
    if not answer.is_single or answer.is_doubtful or not requester.is_on_server_of(responder):
        return None
    first = requester.barrier_after(answer.confirmed)
    second = None if first is None else requester.barrier_after(first.ended)
    if first is None or second is None or second.ended > completion.index:
        return None
    # A client that drains gives up its inbox too.
    if message.client.left_after(message.index) < second.ended:
        return None
    if message.client.has_error_between(message.index, second.ended):
        return None
    return first, second
