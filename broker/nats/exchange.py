"""The exchange: requests to services of other accounts, and the way back for their answers.

A request that an account imports goes on in the exporter's account, under the exporter's name for
it, with a reply subject of the server's own; what is published there goes back as the answer.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from . import limits
from .alarms import Alarm
from .answers import PREFIX, Answer, reply_token
from .client_info import brief_info, full_info, in_order
from .commands import Publish, PublishLine
from .header_block import with_header
from .json_text import json_bytes
from .services import Trail
from .subject import has_wildcard, pattern_matches

if TYPE_CHECKING:
    from .account import Account
    from .json_text import Fields
    from .service_import import ImportedService
    from .services import Request
    from .state import State

_INFO_HEADER = b"Nats-Request-Info"
_ACK_PREFIX = b"$JS.ACK."


class Exchange:
    """Carries requests and answers between accounts."""

    __slots__ = ("_state",)

    def __init__(self, state: State) -> None:
        self._state = state
        self.open()

    def open(self) -> None:
        """Let every account's requests go where it imports from; after a reload, again."""
        for account in self._state.accounts.all():
            for service in account.imported_services:
                account.services.add(service.pattern, partial(self._forward, service))
            if account.answers.prefix:
                account.services.add(account.answers.prefix + b">", self._answer)

    def interest_ended(self, account: Account, pattern: bytes) -> None:
        """Forget answers that nobody waits for any more, now that a subscription is gone."""
        if not has_wildcard(pattern):
            inboxes = [pattern] if pattern in account.waiting else []
        else:
            inboxes = [inbox for inbox in account.waiting if pattern_matches(pattern, inbox)]
        for inbox in inboxes:
            if not account.has_interest(inbox):
                for answer in list(account.waiting[inbox].values()):
                    self._drop(answer)

    def sweep_is_due(self, account: Account) -> None:
        """Forget answers of an account that did not come in time."""
        for answer in account.answers.older(self._now_ns):
            self._drop(answer)
        self._watch(account)

    def _forward(self, service: ImportedService, request: Request) -> bool:
        passed = (service.exporter.name, service.export.subject)
        if passed in request.trail.exports:
            return False
        line = request.message.line
        answer = self._expect(service, request) if line.reply else None
        reply = line.reply if answer is None else answer.reply
        about = self._about(service, request)
        block, rest = _parted(request.message)
        if about is not None:
            block = with_header(block, _INFO_HEADER, json_bytes(about, None))
        subject = service.target(line.subject)
        trail = Trail((*request.trail.exports, passed), about, service.is_shared)
        exporter = service.exporter
        message = _message(_mapped(exporter, subject), reply, block, rest)
        is_taken = self._state.delivery.route(exporter, request.publisher, message, trail)
        if answer is not None and not is_taken:
            self._drop(answer)
        return is_taken

    def _answer(self, request: Request) -> bool:
        line = request.message.line
        answer = request.account.answers.find(line.subject)
        if answer is None:
            return True  # one too many, or too late: it is lost without a word
        service, importer = answer.service, answer.importer
        passed = (service.exporter.name, service.export.subject)
        if passed in request.trail.exports:
            return True
        further = self._expect_back(answer, request) if line.reply else None
        reply = line.reply if further is None else further.reply
        block, rest = _parted(request.message)
        message = _message(_mapped(importer, answer.inbox), reply, block, rest)
        trail = Trail((*request.trail.exports, passed), request.trail.about, service.is_shared)
        is_taken = self._state.delivery.route(importer, request.publisher, message, trail)
        if not is_taken or answer.is_last(request.message.frame):
            self._drop(answer)
        else:
            answer.since_ns = self._now_ns
        return True

    def _expect(self, service: ImportedService, request: Request) -> Answer | None:
        reply = request.message.line.reply
        if reply.startswith(_ACK_PREFIX):
            return None
        return self._await_answer(service.exporter, request.account, reply, service)

    def _expect_back(self, answer: Answer, request: Request) -> Answer:
        # An answer that wants an answer itself: now the requestor owes one.
        reply = request.message.line.reply
        return self._await_answer(answer.importer, request.account, reply, answer.service)

    def _await_answer(
        self, debtor: Account, importer: Account, inbox: bytes, service: ImportedService
    ) -> Answer:
        answers = debtor.answers
        if not answers.prefix:
            answers.prefix = PREFIX + reply_token(self._state.draw) + b"."
            debtor.services.add(answers.prefix + b">", self._answer)
            # Lines that were compiled know nothing of it.
            debtor.sublist.generation += 1
        reply = answers.prefix + reply_token(self._state.draw)
        answer = Answer(reply, inbox, debtor, importer, service, self._now_ns)
        dropped = answers.add(answer)
        if dropped is not None:
            self._drop(dropped)
        importer.waiting.setdefault(inbox, {})[answer.name] = answer
        if debtor.due_ns[Alarm.ANSWERS] < 0:
            self._watch(debtor)
        return answer

    def _drop(self, answer: Answer) -> None:
        answer.debtor.answers.drop(answer)
        waiting = answer.importer.waiting
        of_inbox = waiting.get(answer.inbox, {})
        if of_inbox.get(answer.name) is answer:
            del of_inbox[answer.name]
            if not of_inbox:
                del waiting[answer.inbox]

    def _watch(self, account: Account) -> None:
        due_ns = account.answers.next_due_ns()
        if due_ns is not None:
            due_ns = max(due_ns, self._now_ns + limits.SWEEP_NS_MIN)
            self._state.alarms.set(account, Alarm.ANSWERS, due_ns)

    def _about(self, service: ImportedService, request: Request) -> Fields | None:
        """Tell the responder who asks, as far as the import lets it be known."""
        name = self._state.identity.name
        trail = request.trail
        is_for_system = service.exporter is self._state.accounts.system_account
        if trail.exports and trail.about is not None:
            about = {**trail.about, "svc": request.account.name}
            if not trail.is_shared and (service.is_shared or is_for_system):
                about["server"] = name
            return in_order(about)
        if request.publisher is None:
            return None
        is_shared = trail.is_shared if trail.exports else service.is_shared
        if is_shared:
            return full_info(request.publisher, name)
        about = brief_info(request.publisher)
        return {**about, "server": name} if is_for_system else about

    @property
    def _now_ns(self) -> int:
        return self._state.now.mono_ns


def _mapped(account: Account, subject: bytes) -> bytes:
    mapped = account.mappings.map(subject) if account.mappings is not None else None
    return subject if mapped is None else mapped


def _parted(message: Publish) -> tuple[bytes, bytes]:
    """Part a message's header block from its payload with the CR LF behind it."""
    size = message.line.header_size
    return message.frame[:size], message.frame[size:]


def _message(subject: bytes, reply: bytes, block: bytes, rest: bytes) -> Publish:
    frame = block + rest
    size = len(frame) - 2
    header_text = b"%d" % len(block) if block else None
    line = PublishLine(b"", subject, reply, header_text, len(block), b"%d" % size, size)
    return Publish(line, frame)
