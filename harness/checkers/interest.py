"""Which subscriptions a message can go to, by its subject."""

from bisect import bisect_left

from natsim.harness.history.epoch import NEVER
from natsim.harness.history.message import Message
from natsim.harness.history.subscription import Subscription
from natsim.harness.history.timeline import Timeline
from natsim.harness.model.matcher import has_wildcard, is_valid_pattern, tokens_match
from natsim.record import record


@record
class Takers:
    """The subscriptions whose pattern matches a subject, whenever they existed.

    groups: by queue name; what one name stands for more than once may stand in several.
    """

    plain: list[Subscription]
    groups: dict[str, list[Subscription]]


@record
class _Candidate:
    """One subscribe operation."""

    subscription: Subscription
    queue: str | None


class Interest:
    """All subscriptions of a timeline, found by subject; each subject is matched once."""

    __slots__ = ("_arrivals", "_known", "_literal", "_timeline", "_wild")

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._known: dict[str, Takers] = {}
        self._literal: dict[str, list[_Candidate]] = {}
        self._wild: list[tuple[list[str], _Candidate]] = []
        self._arrivals: dict[Subscription, list[int]] = {}
        for subscription in timeline.subscriptions.values():
            for term in subscription.terms:
                candidate = _Candidate(subscription, term.queue)
                if not has_wildcard(term.pattern):
                    self._literal.setdefault(term.pattern, []).append(candidate)
                elif is_valid_pattern(term.pattern):
                    self._wild.append((term.pattern.split("."), candidate))

    def takers(self, subject: str) -> Takers:
        """Find the subscriptions that match a subject."""
        known = self._known.get(subject)
        if known is None:
            known = self._known[subject] = self._match(subject)
        return known

    def is_within_limit(self, subscription: Subscription, message: Message) -> bool:
        """Tell whether no auto-unsubscribe can have ended a subscription before a message.

        It counts every message that may have been delivered up to this one: all that match and
        were published before this one was confirmed, but for those that the server had processed
        before SUB was sent. Lost and unproved ones count too, and so does what nobody published:
        a client may count a status frame, whether its callback sees it or an error tells that it
        was dropped. So the answer errs towards no.
        """
        limit = subscription.limit_min
        if limit == NEVER:
            return True
        arrivals = self._arrivals.get(subscription)
        if arrivals is None:
            arrivals = self._arrivals[subscription] = self._arrivals_of(subscription)
        return bisect_left(arrivals, message.confirmed) <= limit

    def _arrivals_of(self, subscription: Subscription) -> list[int]:
        strays = sum(delivery.message is None for delivery in subscription.deliveries)
        found = [-1] * (strays + len(subscription.client.errors))
        for message in self._timeline.messages.values():
            if message.confirmed < subscription.invoked:
                continue
            takers = self.takers(message.subject)
            members = takers.groups.get(subscription.queue, []) if subscription.queue else ()
            if subscription in takers.plain or subscription in members:
                # Copies under one id were sent one by one; where they are is not known.
                found.extend([message.index] * message.copies)
        return found

    def _match(self, subject: str) -> Takers:
        tokens = subject.split(".")
        takers = Takers([], {})
        if "" in tokens:
            return takers
        for candidate in self._literal.get(subject, ()):
            _add(takers, candidate)
        for pattern, candidate in self._wild:
            if tokens_match(pattern, tokens):
                _add(takers, candidate)
        return takers


def _add(takers: Takers, candidate: _Candidate) -> None:
    if candidate.queue is None:
        members = takers.plain
    else:
        members = takers.groups.setdefault(candidate.queue, [])
    # One name made twice with patterns that both match is still one name.
    if candidate.subscription.is_single or candidate.subscription not in members:
        members.append(candidate.subscription)
