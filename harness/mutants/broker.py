"""Bugs planted in our broker: each breaks one promise of core NATS."""

from __future__ import annotations

from itertools import count
from typing import Any

from natsim.broker.nats.encode import message_head, no_responders_message
from natsim.broker.nats.sublist import Match, Sublist

from .mutant import Function, Mutant

_DELIVER = "natsim.broker.nats.deliver:Delivery"
_SEARCH = "natsim.broker.nats.sublist:Sublist._search"
_EVERY = 50


def _drop_one_in_fifty(original: Function) -> Function:
    counter = count(1)

    def deliver_frame(self: Any, receiver: Any, frame: bytes, payload_bytes: int) -> bool:
        if next(counter) % _EVERY == 0:
            return True
        delivered: bool = original(self, receiver, frame, payload_bytes)
        return delivered

    return deliver_frame


def _drop_one_in_fifty_of_runs(original: Function) -> Function:
    counter = count(1)

    def deliver_run(self: Any, fanout: Any, frames: list[bytes]) -> None:
        kept = [frame for frame in frames if next(counter) % _EVERY]
        if kept:
            original(self, fanout, kept)

    return deliver_run


def _deliver_one_in_fifty_twice(original: Function) -> Function:
    counter = count(1)

    def deliver_frame(self: Any, receiver: Any, frame: bytes, payload_bytes: int) -> bool:
        if next(counter) % _EVERY == 0:
            original(self, receiver, frame, payload_bytes)
        delivered: bool = original(self, receiver, frame, payload_bytes)
        return delivered

    return deliver_frame


def _deliver_runs_twice(original: Function) -> Function:
    counter = count(1)

    def deliver_run(self: Any, fanout: Any, frames: list[bytes]) -> None:
        twice = [frame for frame in frames for _ in range(1 if next(counter) % _EVERY else 2)]
        original(self, fanout, twice)

    return deliver_run


def _swap_neighbours(original: Function) -> Function:
    counter = count(1)
    held: dict[int, tuple[Any, bytes, int]] = {}

    def deliver_frame(self: Any, receiver: Any, frame: bytes, payload_bytes: int) -> bool:
        key: int = receiver.subscription.serial
        if next(counter) % _EVERY == 0 and key not in held:
            held[key] = (receiver, frame, payload_bytes)
            return True
        delivered: bool = original(self, receiver, frame, payload_bytes)
        late = held.pop(key, None)
        if late is not None:
            original(self, *late)
        return delivered

    return deliver_frame


def _reach_siblings(original: Function) -> Function:
    def search(self: Sublist, subject: bytes) -> Match:
        match: Match = original(self, subject)
        plain = list(match.plain)
        for sibling in _siblings(self, subject.split(b".")):
            found: Match = original(self, sibling)
            plain += [member for member in found.plain if member not in plain]
        return Match(tuple(plain), match.groups)

    return search


def _siblings(sublist: Any, tokens: list[bytes]) -> list[bytes]:
    """List the subjects that differ in one token which some subscription names."""
    found: dict[bytes, None] = {}
    for literal in sublist._literals:
        others: list[bytes] = literal.split(b".")
        if len(others) == len(tokens):
            differing = [one for one, other in zip(tokens, others, strict=True) if one != other]
            if len(differing) == 1:
                found[literal] = None
    node = sublist._patterns._root
    for place, token in enumerate(tokens):
        below = _literals(node)
        for other in below:
            if other != token:
                found[b".".join([*tokens[:place], other, *tokens[place + 1 :]])] = None
        node = below.get(token)
        if node is None:
            break
    return list(found)


def _literals(node: Any) -> dict[bytes, Any]:
    if hasattr(node.literals, "token"):
        return {node.literals.token: node.literals}
    several: dict[bytes, Any] = node.literals or {}
    return several


def _tail_matches_parent(original: Function) -> Function:
    def search(self: Sublist, subject: bytes) -> Match:
        match: Match = original(self, subject)
        below: Match = original(self, subject + b".x")
        tails = [
            member
            for member in below.plain
            if member.subject == subject + b".>" and member not in match.plain
        ]
        return Match((*match.plain, *tails), match.groups)

    return search


def _double_all(original: Function) -> Function:
    def search(self: Sublist, subject: bytes) -> Match:
        match: Match = original(self, subject)
        return Match(match.plain * 2, match.groups * 2)

    return search


def _star_never_matches(original: Function) -> Function:
    def search(self: Sublist, subject: bytes) -> Match:
        match: Match = original(self, subject)
        plain = tuple(m for m in match.plain if b"*" not in m.subject.split(b"."))
        return Match(plain, match.groups)

    return search


def _two_members_of_a_group(original: Function) -> Function:
    def deliver_each(self: Any, fanout: Any, frames: list[bytes]) -> None:
        original(self, fanout, frames)
        for frame in frames:
            for group in fanout.groups:
                for receiver in group[:2]:
                    self._deliver_frame(receiver, frame, fanout.payload_bytes)

    return deliver_each


def _nobody_of_a_group(original: Function) -> Function:
    counter = count(1)

    def deliver_each(self: Any, fanout: Any, frames: list[bytes]) -> None:
        for frame in frames:
            groups = fanout.groups if next(counter) % _EVERY else ()
            partial = type(fanout)(
                fanout.line,
                fanout.stride,
                fanout.tail_at,
                fanout.payload_bytes,
                fanout.plain,
                groups,
                fanout.is_simple,
                fanout.cost_bytes,
            )
            original(self, partial, [frame])

    return deliver_each


def _change_a_byte(original: Function) -> Function:
    counter = count(1)

    def deliver_frame(self: Any, receiver: Any, frame: bytes, payload_bytes: int) -> bool:
        if next(counter) % _EVERY == 0 and payload_bytes:
            frame = frame[:-3] + bytes([frame[-3] ^ 1]) + frame[-2:]
        delivered: bool = original(self, receiver, frame, payload_bytes)
        return delivered

    return deliver_frame


def _change_the_subject(_: Function) -> Function:
    def head(word: bytes, subject: bytes, sid: bytes, reply: bytes) -> bytes:
        changed = subject if subject.startswith(b"_INBOX") else subject.swapcase()
        return message_head(word, changed, sid, reply)

    return head


def _always_tell_no_responders(original: Function) -> Function:
    counter = count(1)

    def publish(self: Any, publisher: Any, message: Any) -> None:
        line = message.line
        if line.reply and next(counter) % 5 == 0:
            for member in publisher.account.sublist.match(line.reply).plain:
                if member.client is publisher:
                    told = no_responders_message(line.reply, member.sid, line.subject)
                    self.put(publisher, told)
        original(self, publisher, message)

    return publish


def _half_of_the_limit(original: Function) -> Function:
    def deliver(self: Any, subscription: Any, publisher: Any, message: Any) -> bool:
        delivered: bool = original(self, subscription, publisher, message)
        if subscription.limit and subscription.delivered >= subscription.limit // 2:
            self._expire(subscription)
        return delivered

    return deliver


BROKER_MUTANTS = (
    Mutant(
        name="deliver-everything-twice",
        sentence="Every message is delivered twice.",
        target=_SEARCH,
        make=_double_all,
        caught_by=("at-most-once",),
    ),
    Mutant(
        name="drop-one-in-fifty",
        sentence="One message in fifty never leaves for one of its receivers.",
        target=f"{_DELIVER}._deliver_frame",
        make=_drop_one_in_fifty,
        caught_by=("completeness", "queue-group"),
    ),
    Mutant(
        name="drop-one-in-fifty-of-runs",
        sentence="One message in fifty is lost where a line repeats.",
        target=f"{_DELIVER}._deliver_run",
        make=_drop_one_in_fifty_of_runs,
        caught_by=("completeness",),
    ),
    Mutant(
        name="deliver-one-in-fifty-twice",
        sentence="One message in fifty is written twice to one of its receivers.",
        target=f"{_DELIVER}._deliver_frame",
        make=_deliver_one_in_fifty_twice,
        caught_by=("at-most-once",),
    ),
    Mutant(
        name="deliver-runs-twice",
        sentence="One message in fifty is delivered twice where a line repeats.",
        target=f"{_DELIVER}._deliver_run",
        make=_deliver_runs_twice,
        caught_by=("at-most-once",),
    ),
    Mutant(
        name="swap-neighbours",
        sentence="Now and then a message is sent after the one behind it.",
        target=f"{_DELIVER}._deliver_frame",
        make=_swap_neighbours,
        caught_by=("publisher-order",),
    ),
    Mutant(
        name="reach-siblings",
        sentence="A message reaches the subscriptions of its subject's siblings too.",
        target=_SEARCH,
        make=_reach_siblings,
        caught_by=("wildcard-routing",),
    ),
    Mutant(
        name="tail-matches-parent",
        sentence="A subscription to foo.> gets what is published to foo.",
        target=_SEARCH,
        make=_tail_matches_parent,
        caught_by=("wildcard-routing",),
    ),
    Mutant(
        name="star-never-matches",
        sentence="Subscriptions with a star get nothing.",
        target=_SEARCH,
        make=_star_never_matches,
        caught_by=("wildcard-routing", "completeness"),
    ),
    Mutant(
        name="two-members-of-a-group",
        sentence="The first two members of a queue group get each message.",
        target=f"{_DELIVER}._deliver_each",
        make=_two_members_of_a_group,
        caught_by=("queue-group",),
    ),
    Mutant(
        name="nobody-of-a-group",
        sentence="One message in fifty reaches no member of its queue groups.",
        target=f"{_DELIVER}._deliver_each",
        make=_nobody_of_a_group,
        caught_by=("queue-group",),
    ),
    Mutant(
        name="change-a-byte",
        sentence="One message in fifty arrives with one bit changed.",
        target=f"{_DELIVER}._deliver_frame",
        make=_change_a_byte,
        caught_by=("at-most-once",),
    ),
    Mutant(
        name="change-the-subject",
        sentence="Messages arrive under another subject than they were published to.",
        target="natsim.broker.nats.fanout:message_head",
        make=_change_the_subject,
        caught_by=("wildcard-routing",),
    ),
    Mutant(
        name="tell-no-responders-at-random",
        sentence="One request in five is answered by 503 although a responder is there.",
        target=f"{_DELIVER}.publish",
        make=_always_tell_no_responders,
        caught_by=("request-reply",),
    ),
    Mutant(
        name="half-of-the-limit",
        sentence="An auto-unsubscribe takes hold after half its messages.",
        target=f"{_DELIVER}._deliver",
        make=_half_of_the_limit,
        caught_by=("wildcard-routing", "completeness"),
    ),
)
