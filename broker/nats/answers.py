"""The answers that an account's responders still owe to other accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import limits
from .options import ResponseType

if TYPE_CHECKING:
    from natsim.broker.now import Draw

    from .account import Account
    from .service_import import ImportedService

_DIGITS = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TOKEN_BYTES = 6
PREFIX = b"_R_."


class Answer:
    """One answer to come.

    reply: where the responder sends it, in the account of debtor. inbox: where the requestor waits,
    in the account of importer. since_ns: when it was asked for, or the last one came of several.
    """

    __slots__ = ("debtor", "importer", "inbox", "reply", "service", "since_ns")

    def __init__(
        self,
        reply: bytes,
        inbox: bytes,
        debtor: Account,
        importer: Account,
        service: ImportedService,
        since_ns: int,
    ) -> None:
        self.reply = reply
        self.inbox = inbox
        self.debtor = debtor
        self.importer = importer
        self.service = service
        self.since_ns = since_ns

    @property
    def name(self) -> tuple[str, bytes]:
        """Tell it from all other answers that are waited for."""
        return self.debtor.name, self.reply

    def is_last(self, frame: bytes) -> bool:
        """Tell whether no more answers follow this one."""
        return self.service.response_type is ResponseType.SINGLETON or frame == b"\r\n"


class Answers:
    """Answers to come, the oldest first; the oldest is dropped when there are too many.

    prefix: of all reply subjects of this account, once there is one.
    """

    __slots__ = ("_by_reply", "prefix")

    def __init__(self) -> None:
        self._by_reply: dict[bytes, Answer] = {}
        self.prefix = b""

    def __len__(self) -> int:
        return len(self._by_reply)

    def add(self, answer: Answer) -> Answer | None:
        """Expect an answer; gives the one that is dropped for it."""
        # That a reply subject is drawn twice is next to impossible, but not quite.
        dropped = self._by_reply.pop(answer.reply, None)
        self._by_reply[answer.reply] = answer
        if len(self._by_reply) > limits.ANSWERS_MAX:
            dropped = self._by_reply.pop(next(iter(self._by_reply)))
        return dropped

    def find(self, reply: bytes) -> Answer | None:
        """Find the answer that comes to a reply subject."""
        return self._by_reply.get(reply)

    def drop(self, answer: Answer) -> None:
        """Expect an answer no longer."""
        if self._by_reply.get(answer.reply) is answer:
            del self._by_reply[answer.reply]

    def older(self, now_ns: int) -> list[Answer]:
        """List those that waited as long as their export lets them."""
        return [
            answer
            for answer in self._by_reply.values()
            if answer.since_ns + threshold_ns(answer.service) <= now_ns
        ]

    def next_due_ns(self) -> int | None:
        """Tell when the next one has waited too long, None if none waits."""
        return min(
            (each.since_ns + threshold_ns(each.service) for each in self._by_reply.values()),
            default=None,
        )


def threshold_ns(service: ImportedService) -> int:
    """Tell how long an answer of a service is waited for."""
    return service.export.threshold_ns or limits.ANSWER_THRESHOLD_NS


def reply_token(draw: Draw) -> bytes:
    """Draw a token of a reply subject: six characters."""
    return bytes(_DIGITS[draw(len(_DIGITS))] for _ in range(_TOKEN_BYTES))
