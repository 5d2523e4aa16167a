"""Queue groups whose messages go to too many or too few."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.quality.planted.mode import planted
from tests.quality.planted.session import Session

if TYPE_CHECKING:
    from tests.quality.planted.command import Command
    from tests.quality.planted.message import Message

_AREA = "core.queue"


class _Groups(Session):
    """Has the server hear another queue name."""

    verbs = frozenset([b"SUB"])

    def command(self, command: Command) -> Iterable[bytes]:
        if len(command.args) != 3:
            yield self.pass_on(command)
            return
        subject, queue, sid = command.args
        yield b"SUB %b\r\n" % b" ".join(filter(None, [subject, self.group(queue, subject), sid]))

    def group(self, queue: bytes, subject: bytes) -> bytes:
        """Give the name that the server hears; none if it is empty."""
        raise NotImplementedError


@planted("queue.all", "Every member of a queue group gets the message.", _AREA)
class All(_Groups):
    def group(self, queue: bytes, subject: bytes) -> bytes:
        return b""


@planted("queue.merged", "All queue groups are one.", _AREA)
class Merged(_Groups):
    def group(self, queue: bytes, subject: bytes) -> bytes:
        return b"q"


@planted("queue.case", "Queue names that differ in case are one.", _AREA)
class Case(_Groups):
    def group(self, queue: bytes, subject: bytes) -> bytes:
        return queue.lower()


@planted("queue.per-pattern", "Members with other patterns are other groups.", _AREA)
class PerPattern(_Groups):
    def group(self, queue: bytes, subject: bytes) -> bytes:
        return queue + b"~" + subject


@planted("queue.per-connection", "Each connection's members are a group of their own.", _AREA)
class PerConnection(_Groups):
    def group(self, queue: bytes, subject: bytes) -> bytes:
        return b"%b~%d" % (queue, id(self))


@planted("queue.none", "Members of queue groups get nothing.", _AREA)
class Nobody(Session):
    def message(self, message: Message) -> Iterable[Message]:
        subscription = self.subscriptions.get(message.sid)
        if subscription is None or subscription.queue is None:
            yield message


@planted("queue.plain-starved", "Where a queue group listens, others get nothing.", _AREA)
class PlainStarved(Session):
    def message(self, message: Message) -> Iterable[Message]:
        mine = self.subscriptions.get(message.sid)
        queues = [each.queue for each in self.house.subscriptions(message.subject) if each.queue]
        if mine is None or mine.queue is not None or not queues:
            yield message


@planted("queue.one-group", "Of more groups on a subject, one gets the message.", _AREA)
class OneGroup(Session):
    def message(self, message: Message) -> Iterable[Message]:
        mine = self.subscriptions.get(message.sid)
        queues = [each.queue for each in self.house.subscriptions(message.subject) if each.queue]
        if mine is None or mine.queue is None or mine.queue == min(queues, default=mine.queue):
            yield message


@planted(
    "queue.member-left", "When a member leaves, the others get nothing more.", _AREA, "core.unsub"
)
class MemberLeft(Session):
    verbs = frozenset([b"UNSUB"])

    def command(self, command: Command) -> Iterable[bytes]:
        left = self.subscriptions.get(command.args[0]) if len(command.args) == 1 else None
        if left is not None and left.queue is not None:
            self.house.gone.add(left.queue)
        yield self.pass_on(command)

    def message(self, message: Message) -> Iterable[Message]:
        mine = self.subscriptions.get(message.sid)
        if mine is None or mine.queue not in self.house.gone:
            yield message


@planted(
    "queue.reply-lost",
    "Members of queue groups do not hear the reply subject.",
    _AREA,
    "core.request",
)
class ReplyLost(Session):
    def message(self, message: Message) -> Iterable[Message]:
        mine = self.subscriptions.get(message.sid)
        yield replace(message, reply=None) if mine and mine.queue is not None else message


@planted("queue.odd-name", "Queue names with a dot or a wildcard are refused.", _AREA)
class OddName(Session):
    verbs = frozenset([b"SUB"])

    def command(self, command: Command) -> Iterable[bytes]:
        is_odd = len(command.args) == 3 and bool(set(command.args[1]) & set(b".*>"))
        yield self.refuse(b"") if is_odd else self.pass_on(command)
