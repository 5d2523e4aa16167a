"""SUB and UNSUB that do something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tests.quality.planted.message import Message
from tests.quality.planted.mode import planted
from tests.quality.planted.session import Session, Subscription, error_line
from tests.quality.planted.subjects import takes

if TYPE_CHECKING:
    from tests.quality.planted.command import Command

_SUB = "core.sub"
_UNSUB = "core.unsub"
_INVALID = error_line(b"Invalid Subject")


class _Subs(Session):
    """Changes what becomes of a well-formed SUB."""

    verbs = frozenset([b"SUB"])

    def command(self, command: Command) -> Iterable[bytes]:
        if len(command.args) in (2, 3):
            return self.sub(command, command.args[0], command.args[-1])
        return (self.pass_on(command),)

    def sub(self, command: Command, subject: bytes, sid: bytes) -> Iterable[bytes]:
        """Give what the server gets for it."""
        raise NotImplementedError


@planted("sub.duplicate-replaces", "A SUB of a sid in use replaces the subscription.", _SUB)
class DuplicateReplaces(_Subs):
    unheard = 0

    def sub(self, command: Command, subject: bytes, sid: bytes) -> Iterable[bytes]:
        if sid in self.subscriptions:
            self.unheard += self.is_verbose
            del self.subscriptions[sid]
            yield b"UNSUB %b\r\n" % sid
        yield self.pass_on(command)

    def ok(self, line: bytes) -> Iterable[bytes]:
        if self.unheard:
            self.unheard -= 1
        else:
            yield line


@planted("sub.duplicate-refused", "A SUB of a sid in use is an error.", _SUB)
class DuplicateRefused(_Subs):
    def sub(self, command: Command, subject: bytes, sid: bytes) -> Iterable[bytes]:
        is_used = sid in self.subscriptions
        yield self.in_turn(error_line(b"Duplicate sid")) if is_used else self.pass_on(command)


@planted("sub.text-sid", "A sid that is no number is refused.", _SUB)
class TextSid(_Subs):
    def sub(self, command: Command, subject: bytes, sid: bytes) -> Iterable[bytes]:
        yield self.pass_on(command) if sid.isdigit() else self.refuse(b"")


@planted("sub.same-subject", "A second SUB of a subject by its connection is ignored.", _SUB)
class SameSubject(_Subs):
    def sub(self, command: Command, subject: bytes, sid: bytes) -> Iterable[bytes]:
        is_there = any(each.subject == subject for each in self.subscriptions.values())
        yield self.swallow() if is_there else self.pass_on(command)


@planted("sub.ascii", "A subject that is not ASCII is refused.", _SUB)
class Ascii(_Subs):
    def sub(self, command: Command, subject: bytes, sid: bytes) -> Iterable[bytes]:
        yield self.pass_on(command) if subject.isascii() else self.in_turn(_INVALID)


@planted("sub.odd-characters", "A subject with other signs than - and _ is refused.", _SUB)
class OddCharacters(_Subs):
    def sub(self, command: Command, subject: bytes, sid: bytes) -> Iterable[bytes]:
        is_odd = bool(set(subject) & set(b"!\"#%&'()+,/:;<=?@[\\]^`{|}~"))
        yield self.in_turn(_INVALID) if is_odd else self.pass_on(command)


@planted("sub.late", "A SUB holds from the next PING on.", _SUB)
class LateSub(Session):
    verbs = frozenset([b"SUB", b"UNSUB", b"PING"])
    late = b""

    def command(self, command: Command) -> Iterable[bytes]:
        if command.verb == b"SUB":
            self.late += command.line
            return
        yield self.late
        self.late = b""
        yield self.pass_on(command)


@planted("sub.past", "A new subscription gets the message published last before it.", _SUB)
class Past(_Subs):
    last: Message | None = None

    def message(self, message: Message) -> Iterable[Message]:
        self.last = message
        yield message

    def sub(self, command: Command, subject: bytes, sid: bytes) -> Iterable[bytes]:
        yield self.pass_on(command)
        for last in [each.last for each in self.house.sessions if isinstance(each, Past)]:
            if last and takes(subject, last.subject) and sid not in self.subscriptions:
                words = Message(b"MSG", last.subject, sid, None, b"", b"", b"")
                yield self.in_turn(words.with_content(b"", last.payload).frame())


class _Unsubs(Session):
    """Changes what becomes of a well-formed UNSUB. Knows how much was published to what it ends."""

    verbs = frozenset([b"SUB", b"UNSUB", b"PUB", b"HPUB"])

    @property
    def published(self) -> Counter[bytes]:
        """By sid: messages since its SUB, whether they have come or not."""
        if self._published is None:
            self._published = Counter[bytes]()
        return self._published

    _published: Counter[bytes] | None = None

    def command(self, command: Command) -> Iterable[bytes]:
        args = command.args
        if command.verb == b"UNSUB" and len(args) in (1, 2):
            limit = int(args[1]) if len(args) == 2 and args[1].isdigit() else None
            return self.unsub(command, args[0], limit)
        if command.verb == b"SUB" and args and args[-1] not in self.subscriptions:
            del self.published[args[-1]]
        if command.verb in (b"PUB", b"HPUB") and args:
            for session in self.house.sessions:
                if isinstance(session, _Unsubs):
                    session.count(args[0])
        return (self.pass_on(command),)

    def count(self, subject: bytes) -> None:
        """Count a message for the subscriptions that get it."""
        taking = (each for each in self.subscriptions.values() if takes(each.subject, subject))
        self.published.update(each.sid for each in taking)

    def unsub(self, command: Command, sid: bytes, limit: int | None) -> Iterable[bytes]:
        """Give what the server gets for it."""
        raise NotImplementedError


def _unsub(sid: bytes, limit: int) -> bytes:
    return b"UNSUB %b %d\r\n" % (sid, limit)


@planted("unsub.ignored", "UNSUB without a maximum does nothing.", _UNSUB)
class UnsubIgnored(_Unsubs):
    def unsub(self, command: Command, sid: bytes, limit: int | None) -> Iterable[bytes]:
        yield self.swallow() if limit is None else self.pass_on(command)


@planted("unsub.max-ignored", "UNSUB with a maximum does nothing.", _UNSUB)
class MaxIgnored(_Unsubs):
    def unsub(self, command: Command, sid: bytes, limit: int | None) -> Iterable[bytes]:
        yield self.swallow() if limit else self.pass_on(command)


@planted("unsub.max-at-once", "UNSUB with a maximum ends the subscription at once.", _UNSUB)
class MaxAtOnce(_Unsubs):
    def unsub(self, command: Command, sid: bytes, limit: int | None) -> Iterable[bytes]:
        yield b"UNSUB %b\r\n" % sid


@planted("unsub.one-more", "A subscription gets one message more than its maximum.", _UNSUB)
class OneMore(_Unsubs):
    def unsub(self, command: Command, sid: bytes, limit: int | None) -> Iterable[bytes]:
        yield _unsub(sid, limit + 1) if limit else self.pass_on(command)


@planted("unsub.one-less", "A subscription gets one message less than its maximum.", _UNSUB)
class OneLess(_Unsubs):
    def unsub(self, command: Command, sid: bytes, limit: int | None) -> Iterable[bytes]:
        yield _unsub(sid, limit - 1) if limit else self.pass_on(command)


@planted("unsub.past-uncounted", "A maximum counts from the UNSUB, not from the SUB.", _UNSUB)
class PastUncounted(_Unsubs):
    def unsub(self, command: Command, sid: bytes, limit: int | None) -> Iterable[bytes]:
        yield _unsub(sid, limit + self.published[sid]) if limit else self.pass_on(command)


@planted("unsub.past-max", "A maximum that is passed already does nothing.", _UNSUB)
class PastMax(_Unsubs):
    def unsub(self, command: Command, sid: bytes, limit: int | None) -> Iterable[bytes]:
        is_past = limit is not None and 0 < limit <= self.published[sid]
        yield self.swallow() if is_past else self.pass_on(command)


@planted("unsub.first-max", "A second maximum does not replace the first.", _UNSUB)
class FirstMax(_Unsubs):
    def unsub(self, command: Command, sid: bytes, limit: int | None) -> Iterable[bytes]:
        before = self.subscriptions.get(sid, Subscription(sid, b"", None)).limit
        yield self.swallow() if limit and before else self.pass_on(command)


@planted("unsub.zero", "A maximum of 0 does nothing.", _UNSUB)
class ZeroIgnored(_Unsubs):
    def unsub(self, command: Command, sid: bytes, limit: int | None) -> Iterable[bytes]:
        yield self.swallow() if limit == 0 else self.pass_on(command)


@planted("unsub.unknown", "UNSUB of a sid that is not in use is an error.", _UNSUB)
class UnknownSid(_Unsubs):
    def unsub(self, command: Command, sid: bytes, limit: int | None) -> Iterable[bytes]:
        is_known = sid in self.subscriptions
        yield self.pass_on(command) if is_known else self.in_turn(error_line(b"Unknown sid"))


@planted("unsub.subject", "UNSUB ends all subscriptions of its connection to that subject.", _UNSUB)
class WholeSubject(_Unsubs):
    ended: tuple[Subscription, ...] = ()

    def unsub(self, command: Command, sid: bytes, limit: int | None) -> Iterable[bytes]:
        yield self.pass_on(command)
        if limit is None and sid in self.subscriptions:
            subject = self.subscriptions[sid].subject
            same = [each for each in self.subscriptions.values() if each.subject == subject]
            self.ended = (*self.ended, *same)

    def message(self, message: Message) -> Iterable[Message]:
        mine = self.subscriptions.get(message.sid)
        if not any(each is mine for each in self.ended):
            yield message


@planted("unsub.sid-burnt", "A sid that was ended cannot be used again.", _UNSUB, _SUB)
class SidBurnt(_Unsubs):
    ended = b""

    def unsub(self, command: Command, sid: bytes, limit: int | None) -> Iterable[bytes]:
        if sid in self.subscriptions:
            self.ended += b" " + sid
        yield self.pass_on(command)

    def command(self, command: Command) -> Iterable[bytes]:
        if command.verb == b"SUB" and command.args and command.args[-1] in self.ended.split():
            return (self.swallow(),)
        return super().command(command)
