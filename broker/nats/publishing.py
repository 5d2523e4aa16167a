"""Publishing: PUB and HPUB, from the checks to the delivery."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from natsim.broker.effects import CloseReason

from .commands import Publish
from .encode import OK, error_line
from .parser import ProtocolError
from .reserved import (
    RESERVED,
    Refusal,
    is_raft_subject,
    is_reserved_reply,
    is_routed_reply,
    publish_violation,
    reply_violation,
)
from .subject import is_literal

if TYPE_CHECKING:
    from .client import Client
    from .commands import PublishLine
    from .state import State


class Publishing:
    """Takes what clients publish."""

    __slots__ = ("_state",)

    def __init__(self, state: State) -> None:
        self._state = state

    def check(self, client: Client, line: PublishLine) -> None:
        """Look at a control line before its payload is in. Raises ProtocolError."""
        has_headers = client.options.headers and self._state.options.has_headers
        if line.header_text is not None and not has_headers:
            raise ProtocolError(
                None, CloseReason.PROTOCOL_VIOLATION, "message headers not supported"
            )
        if 0 <= client.max_payload < line.size:
            raise ProtocolError(
                "Maximum Payload Violation",
                CloseReason.MAX_PAYLOAD_EXCEEDED,
                f"maximum payload exceeded: {line.size} vs {client.max_payload}",
            )
        if client.options.pedantic and line.subject and not is_literal(line.subject):
            self._state.delivery.put(client, error_line("Invalid Publish Subject"))

    def publish(self, client: Client, message: Publish) -> None:
        """Deliver a message that is whole."""
        line = message.line
        client.in_msgs += 1
        client.in_bytes += line.size
        mappings = client.account.mappings
        subject = mappings.map(line.subject) if mappings is not None else None
        if subject is not None:
            # Permissions, and what a requestor is told, go by the new subject.
            line = replace(line, subject=subject)
            message = Publish(line, message.frame)
        delivery = self._state.delivery
        refusal = self._refusal(client, line)
        if refusal is not None:
            self._state.error(client, refusal.log)
            self._state.complain(client, refusal.text)
            return
        if client.options.verbose:
            delivery.put(client, OK)
        delivery.publish(client, message)
        if subject is None and not line.reply and self._is_repeatable(client, line):
            delivery.compile(client, line)

    def _refusal(self, client: Client, line: PublishLine) -> Refusal | None:
        subject, reply, permissions = line.subject, line.reply, client.permissions
        is_denied = permissions is not None and not permissions.may_publish(
            subject, self._state.now.mono_ns
        )
        if is_denied or (subject.startswith(RESERVED) and self._is_reserved(client, subject)):
            return publish_violation(subject)
        if reply.startswith(RESERVED) and is_reserved_reply(reply):
            return reply_violation(reply)
        return None

    def _is_reserved(self, client: Client, subject: bytes) -> bool:
        if is_raft_subject(subject):
            return client.account is not self._state.accounts.system_account
        return is_routed_reply(subject)

    def _is_repeatable(self, client: Client, line: PublishLine) -> bool:
        """Tell whether the next message with this line needs no look at it."""
        options, permissions = client.options, client.permissions
        if options.verbose or not line.subject or client.is_closed:
            return False
        if permissions is not None and not permissions.may_always_publish(line.subject):
            return False
        return not options.pedantic or is_literal(line.subject)
