"""Requests, their replies, and the news that nobody answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.quality.planted.message import Message
from tests.quality.planted.mode import planted
from tests.quality.planted.session import Session
from tests.quality.planted.subjects import takes

if TYPE_CHECKING:
    from tests.quality.planted.command import Command

_AREA = "core.request"
_STATUS = b"NATS/1.0 503"


@planted("reply.lost", "The reply subject is lost.", _AREA, "core.pub")
class ReplyLost(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield replace(message, reply=None)


@planted("reply.swapped", "Subject and reply subject change places.", _AREA, "core.pub")
class ReplySwapped(Session):
    def message(self, message: Message) -> Iterable[Message]:
        if message.reply:
            yield replace(message, subject=message.reply, reply=message.subject)
        else:
            yield message


@planted("reply.cut", "Reply subjects lose what is behind their second token.", _AREA, "core.pub")
class ReplyCut(Session):
    def message(self, message: Message) -> Iterable[Message]:
        reply = message.reply
        yield replace(message, reply=b".".join(reply.split(b".")[:2])) if reply else message


@planted(
    "reply.lost-with-headers",
    "Messages with headers lose their reply subject.",
    _AREA,
    "core.headers",
    "core.pub",
)
class ReplyLostWithHeaders(Session):
    def message(self, message: Message) -> Iterable[Message]:
        yield replace(message, reply=None) if message.headers else message


class _NoResponders(Session):
    """Changes the message that nobody listens."""

    def message(self, message: Message) -> Iterable[Message]:
        if message.headers.startswith(_STATUS) and not message.payload:
            return self.status(message)
        return (message,)

    def status(self, message: Message) -> Iterable[Message]:
        """Give what the client gets for it."""
        raise NotImplementedError


@planted("no-responders.code", "No responders has status 404.", _AREA)
class NoRespondersCode(_NoResponders):
    def status(self, message: Message) -> Iterable[Message]:
        yield message.with_headers(message.headers.replace(b"503", b"404", 1))


@planted("no-responders.subject", "No responders does not name the subject.", _AREA)
class NoRespondersSubject(_NoResponders):
    def status(self, message: Message) -> Iterable[Message]:
        yield message.with_headers(_STATUS + b"\r\n\r\n")


@planted("no-responders.payload", "No responders has a payload.", _AREA)
class NoRespondersPayload(_NoResponders):
    def status(self, message: Message) -> Iterable[Message]:
        yield message.with_payload(b"no responders")


@planted("no-responders.twice", "No responders is said twice.", _AREA)
class NoRespondersTwice(_NoResponders):
    def status(self, message: Message) -> Iterable[Message]:
        return message, message


@planted("no-responders.never", "No responders is never said.", _AREA)
class NoRespondersNever(_NoResponders):
    def status(self, message: Message) -> Iterable[Message]:
        return ()


@planted("no-responders.always", "No responders is said although somebody listens.", _AREA)
class NoRespondersAlways(Session):
    verbs = frozenset([b"PUB", b"HPUB"])

    def command(self, command: Command) -> Iterable[bytes]:
        args, is_request = command.args, len(command.args) == (4 if command.verb == b"HPUB" else 3)
        mine = self.subscriptions.values()
        if is_request and self.option("no_responders", False) and self.house.subscriptions(args[0]):
            for inbox in [each for each in mine if takes(each.subject, args[1])][:1]:
                headers = _STATUS + b"\r\nNats-Subject: " + args[0] + b"\r\n\r\n"
                status = Message(b"HMSG", args[1], inbox.sid, None, b"", b"", b"")
                yield self.in_turn(status.with_headers(headers).frame())
        yield self.pass_on(command)
