"""Deliveries that are lost, doubled, reordered, misrouted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.quality.planted.mode import planted
from tests.quality.planted.session import PONG, Session
from tests.quality.planted.subjects import takes

if TYPE_CHECKING:
    from tests.quality.planted.command import Command
    from tests.quality.planted.message import Message

_DEEP = 16
_LARGE = 65_536


class _Counting(Session):
    """Knows how many messages came before."""

    seen = 0

    def message(self, message: Message) -> Iterable[Message]:
        self.seen += 1
        return self.numbered(message, self.seen)

    def numbered(self, message: Message, number: int) -> Iterable[Message]:
        """Give what the client gets for its number-th message."""
        raise NotImplementedError


@planted(
    "lost.every-third",
    "Every third message to a connection is lost.",
    "core.sub",
    "core.order",
    "core.pub",
)
class EveryThirdLost(_Counting):
    def numbered(self, message: Message, number: int) -> Iterable[Message]:
        if number % 3:
            yield message


@planted(
    "lost.every-fiftieth", "Of fifty messages, one is lost.", "core.order", "core.sub", "core.pub"
)
class EveryFiftiethLost(_Counting):
    def numbered(self, message: Message, number: int) -> Iterable[Message]:
        if number % 50:
            yield message


@planted(
    "lost.everything",
    "No message arrives.",
    "core.sub",
    "core.pub",
    "accounts",
    "auth",
    "mappings",
    "life",
)
class EverythingLost(Session):
    def message(self, message: Message) -> Iterable[Message]:
        return ()


@planted("lost.first", "The first message to each subscription is lost.", "core.sub", "core.pub")
class FirstLost(Session):
    def message(self, message: Message) -> Iterable[Message]:
        subscription = self.subscriptions.get(message.sid)
        if subscription is None or subscription.delivered:
            yield message


@planted(
    "lost.second-copy",
    "Of subscriptions that overlap, one gets the message.",
    "core.sub",
    "core.pub",
)
class SecondCopyLost(Session):
    before: Message | None = None

    def message(self, message: Message) -> Iterable[Message]:
        before = self.before
        if (
            before is None
            or before.sid == message.sid
            or before != replace(message, sid=before.sid)
        ):
            self.before = message
            yield message


@planted(
    "lost.deep",
    "Subjects of sixteen tokens and more are lost.",
    "core.sub",
    "core.subjects",
    "core.pub",
)
class DeepLost(Session):
    def message(self, message: Message) -> Iterable[Message]:
        if message.subject.count(b".") < _DEEP - 1:
            yield message


@planted("lost.empty", "Messages with an empty payload are lost.", "core.payload", "core.pub")
class EmptyLost(Session):
    def message(self, message: Message) -> Iterable[Message]:
        if message.content:
            yield message


@planted(
    "lost.large",
    "Messages of more than 64 KiB are lost.",
    "core.payload",
    "core.limits",
    "core.pub",
)
class LargeLost(Session):
    def message(self, message: Message) -> Iterable[Message]:
        if len(message.content) <= _LARGE:
            yield message


@planted(
    "lost.requests", "Messages that name a reply subject are lost.", "core.request", "core.pub"
)
class RequestsLost(Session):
    def message(self, message: Message) -> Iterable[Message]:
        if not message.reply:
            yield message


@planted(
    "doubled.every-third",
    "Every third message to a connection comes twice.",
    "core.sub",
    "core.order",
    "core.pub",
)
class EveryThirdDoubled(_Counting):
    def numbered(self, message: Message, number: int) -> Iterable[Message]:
        yield message
        if number % 3 == 0:
            yield message


@planted(
    "doubled.requests", "Messages that name a reply subject come twice.", "core.request", "core.pub"
)
class RequestsDoubled(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield message
        if message.reply:
            yield message


@planted(
    "doubled.queue", "A member of a queue group gets each message twice.", "core.queue", "core.pub"
)
class QueueDoubled(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield message
        subscription = self.subscriptions.get(message.sid)
        if subscription is not None and subscription.queue is not None:
            yield message


class _Bursts(Session):
    """Sees messages that came together, with nothing between them."""

    def batch(self, frames: list[bytes]) -> Iterable[bytes]:
        burst: list[bytes] = []
        for frame in frames:
            if frame.startswith((b"MSG ", b"HMSG ")):
                burst += self.frame(frame)
                continue
            yield from self.burst(burst)
            burst = []
            yield from self.frame(frame)
        yield from self.burst(burst)

    def burst(self, messages: list[bytes]) -> Iterable[bytes]:
        """Give what the client gets for messages, in which order."""
        raise NotImplementedError


@planted(
    "reordered.pairs",
    "Of two messages that follow each other at once, the later is first.",
    "core.order",
)
class PairsReordered(_Bursts):
    def burst(self, messages: list[bytes]) -> Iterable[bytes]:
        for at in range(0, len(messages), 2):
            yield from reversed(messages[at : at + 2])


@planted(
    "reordered.bursts", "Messages that follow each other at once come last one first.", "core.order"
)
class BurstsReordered(_Bursts):
    def burst(self, messages: list[bytes]) -> Iterable[bytes]:
        return reversed(messages)


@planted("reordered.small-first", "Small messages overtake larger ones.", "core.order")
class SmallFirst(_Bursts):
    def burst(self, messages: list[bytes]) -> Iterable[bytes]:
        return sorted(messages, key=len)


@planted(
    "reordered.pong-first", "A PONG overtakes the messages before it.", "core.ping", "core.order"
)
class PongFirst(Session):
    verbs = frozenset([b"PING"])

    def command(self, command: Command) -> Iterable[bytes]:
        self.to_client(PONG)
        yield self.in_turn(b"")


@planted(
    "misrouted.sid",
    "A message carries the sid of another subscription of its connection.",
    "core.sub",
)
class SidMisrouted(Session):
    def message(self, message: Message) -> Iterable[Message]:
        others = [sid for sid in self.subscriptions if sid != message.sid]
        yield replace(message, sid=others[0]) if others else message


class _Misrouting(Session):
    """Knows other connections that could be mistaken for this one."""

    def misrouted(self, message: Message) -> list[tuple[Session, Message]]:
        """Find who else subscribed to names with the same first token; with the copy for each."""
        first = message.subject.split(b".")[0]
        found: list[tuple[Session, Message]] = []
        for session in self.house.sessions:
            named = [
                each
                for each in session.subscriptions.values()
                if each.subject.split(b".")[0] == first and not takes(each.subject, message.subject)
            ]
            if session is not self and named:
                found.append((session, replace(message, sid=named[0].sid)))
        return found


@planted(
    "misrouted.connection",
    "A message goes to another connection, which subscribed to something like it.",
    "core.sub",
    "core.order",
    "core.pub",
    "core.subjects",
)
class ConnectionMisrouted(_Misrouting):
    def message(self, message: Message) -> Iterable[Message]:
        others = self.misrouted(message)
        for session, copy in others[:1]:
            session.to_client(copy.frame())
        return () if others else (message,)


@planted(
    "misrouted.copy",
    "A copy goes to other connections, which subscribed to something like it.",
    "core.sub",
    "core.pub",
    "core.subjects",
)
class CopyMisrouted(_Misrouting):
    def message(self, message: Message) -> Iterable[Message]:
        for session, copy in self.misrouted(message):
            session.to_client(copy.frame())
        return (message,)
