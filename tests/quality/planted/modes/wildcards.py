"""Patterns that take the wrong subjects."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.quality.planted.mode import planted
from tests.quality.planted.session import Session, Subscription
from tests.quality.planted.subjects import takes

if TYPE_CHECKING:
    from tests.quality.planted.command import Command
    from tests.quality.planted.message import Message

_SHADOW_MARK = b"~planted"
_SHADOW = b"%b~planted%d"
_LONG = 4000  # bytes; a shadow that is longer might be refused where its subscription is not
_AREA = "core.subjects"


class _TooNarrow(Session):
    """Withholds messages from subscriptions that should have them."""

    def message(self, message: Message) -> Iterable[Message]:
        subscription = self.subscriptions.get(message.sid)
        if subscription is None or self.is_taken(subscription.subject, message.subject):
            yield message

    def is_taken(self, pattern: bytes, subject: bytes) -> bool:
        """Tell whether the pattern takes the subject, which it should."""
        raise NotImplementedError


class _TooWide(Session):
    """Has more subscriptions, the shadows, behind each plain one, which gets their messages too."""

    verbs = frozenset([b"SUB", b"UNSUB"])
    unheard = 0  # +OK for what the client knows nothing of

    def command(self, command: Command) -> Iterable[bytes]:
        yield self.pass_on(command)
        args = command.args
        if command.verb == b"SUB" and len(args) == 2 and args[1] not in self.subscriptions:
            for number, wide in enumerate(self.shadows(args[0]) if _is_valid(args[0]) else []):
                yield b"SUB %b %b\r\n" % (wide, _SHADOW % (args[1], number))
                self.unheard += self.is_verbose
        elif command.verb == b"UNSUB" and args and args[0] in self.subscriptions:
            for number, _ in enumerate(self.shadows(self.subscriptions[args[0]].subject)):
                yield b"UNSUB %b\r\n" % b" ".join([_SHADOW % (args[0], number), *args[1:]])
                self.unheard += self.is_verbose

    def ok(self, line: bytes) -> Iterable[bytes]:
        if self.unheard:
            self.unheard -= 1
        else:
            yield line

    def message(self, message: Message) -> Iterable[Message]:
        sid, is_shadow, _ = message.sid.partition(_SHADOW_MARK)
        of = self.subscriptions.get(sid)
        if not is_shadow:
            yield message
        elif of is not None and self.is_extra(of, message.subject):
            yield replace(message, sid=sid)

    def is_extra(self, subscription: Subscription, subject: bytes) -> bool:
        """Tell whether the broken rule gives the subscription what its shadow got."""
        return not takes(subscription.subject, subject)

    def shadows(self, pattern: bytes) -> Sequence[bytes]:
        """Give the patterns of the shadows."""
        raise NotImplementedError


def _is_valid(pattern: bytes) -> bool:
    tokens = pattern.split(b".")
    return b"" not in tokens and b">" not in tokens[:-1] and len(pattern) < _LONG


@planted("wildcards.star-takes-two", "`*` takes two tokens as well.", _AREA)
class StarTakesTwo(_TooWide):
    def shadows(self, pattern: bytes) -> Sequence[bytes]:
        tokens = pattern.split(b".")
        wide = [b"*.*" if token == b"*" else token for token in tokens]
        return [b".".join(wide)] if b"*" in tokens else []


@planted("wildcards.star-takes-none", "`foo.*` takes foo.", _AREA)
class StarTakesNone(_TooWide):
    def shadows(self, pattern: bytes) -> Sequence[bytes]:
        return [pattern.removesuffix(b".*")] if pattern.endswith(b".*") else []


@planted("wildcards.tail-takes-none", "`foo.>` takes foo.", _AREA)
class TailTakesNone(_TooWide):
    def shadows(self, pattern: bytes) -> Sequence[bytes]:
        return [pattern.removesuffix(b".>")] if pattern.endswith(b".>") else []


@planted("wildcards.tail-takes-one", "`>` takes one token only.", _AREA)
class TailTakesOne(_TooNarrow):
    def is_taken(self, pattern: bytes, subject: bytes) -> bool:
        return not pattern.endswith(b">") or subject.count(b".") == pattern.count(b".")


@planted("wildcards.literal-takes-below", "A literal subject takes all that is below it.", _AREA)
class LiteralTakesBelow(_TooWide):
    def shadows(self, pattern: bytes) -> Sequence[bytes]:
        return [] if {b"*", b">"} & set(pattern.split(b".")) else [pattern + b".>"]


@planted(
    "wildcards.case", "Subjects in small, capital, and title letters are one.", _AREA, "core.sub"
)
class CaseIgnored(_TooWide):
    def shadows(self, pattern: bytes) -> Sequence[bytes]:
        spellings = dict.fromkeys([pattern.lower(), pattern.upper(), pattern.title()])
        return [each for each in spellings if each != pattern]


@planted("wildcards.inside-token", "`*` inside a token stands for any characters.", _AREA)
class StarInsideToken(_TooWide):
    def shadows(self, pattern: bytes) -> Sequence[bytes]:
        tokens = pattern.split(b".")
        wide = [b"*" if b"*" in token else token for token in tokens]
        return [b".".join(wide)] if wide != tokens else []

    def is_extra(self, subscription: Subscription, subject: bytes) -> bool:
        glob = b"[^.]*".join(map(re.escape, subscription.subject.split(b"*")))
        return not takes(subscription.subject, subject) and bool(re.fullmatch(glob, subject))


@planted("wildcards.tail-inside-token", "`foo>` takes all that begins with foo.", _AREA)
class TailInsideToken(_TooWide):
    def shadows(self, pattern: bytes) -> Sequence[bytes]:
        last = pattern.split(b".")[-1]
        return [pattern.removesuffix(last) + b">"] if last.endswith(b">") and last != b">" else []

    def is_extra(self, subscription: Subscription, subject: bytes) -> bool:
        is_below = subject.startswith(subscription.subject.rstrip(b">"))
        return is_below and not takes(subscription.subject, subject)


@planted("wildcards.star-literal", "`*` takes itself only.", _AREA)
class StarLiteral(_TooNarrow):
    def is_taken(self, pattern: bytes, subject: bytes) -> bool:
        return b"*" not in pattern.split(b".") or pattern == subject


@planted("wildcards.star-in-the-middle", "`*` that is not the last token takes nothing.", _AREA)
class StarInTheMiddle(_TooNarrow):
    def is_taken(self, pattern: bytes, subject: bytes) -> bool:
        return b"*" not in pattern.split(b".")[:-1]


@planted("wildcards.two-stars", "A pattern with two `*` takes nothing.", _AREA)
class TwoStars(_TooNarrow):
    def is_taken(self, pattern: bytes, subject: bytes) -> bool:
        return pattern.split(b".").count(b"*") < 2


@planted("wildcards.star-and-tail", "A pattern with `*` and `>` takes nothing.", _AREA)
class StarAndTail(_TooNarrow):
    def is_taken(self, pattern: bytes, subject: bytes) -> bool:
        return not (b"*" in pattern.split(b".") and pattern.endswith(b".>"))


@planted("wildcards.everything", "`>` alone takes nothing.", _AREA)
class EverythingIsNothing(_TooNarrow):
    def is_taken(self, pattern: bytes, subject: bytes) -> bool:
        return pattern != b">"


@planted("wildcards.hidden", "`>` and `*` do not take subjects that begin with $ or _.", _AREA)
class Hidden(_TooNarrow):
    def is_taken(self, pattern: bytes, subject: bytes) -> bool:
        return not subject.startswith((b"$", b"_")) or not pattern.startswith((b">", b"*"))


@planted(
    "wildcards.published", "What is published on a wildcard subject is lost.", _AREA, "core.pub"
)
class PublishedLost(_TooNarrow):
    def is_taken(self, pattern: bytes, subject: bytes) -> bool:
        return not {b"*", b">"} & set(subject.split(b"."))


@planted(
    "wildcards.published-takes",
    "What is published on `foo.*` goes to those of foo.bar.",
    _AREA,
    "core.pub",
)
class PublishedTakes(Session):
    verbs = frozenset([b"PUB"])

    def command(self, command: Command) -> Iterable[bytes]:
        subject = command.args[0] if command.args else b""
        subscriptions = self.house.everyone()
        taken = [each.subject for each in subscriptions if takes(subject, each.subject)]
        yield (
            self.pass_on(command).replace(subject, taken[0], 1) if taken else self.pass_on(command)
        )
