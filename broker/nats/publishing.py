"""Publishing: PUB and HPUB, from the checks to the delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.broker.effects import CloseReason

from .encode import OK, error_line
from .parser import ProtocolError
from .reserved import publish_refusal
from .subject import is_literal

if TYPE_CHECKING:
    from .client import Client
    from .commands import Publish, PublishLine
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
        delivery = self._state.delivery
        refusal = publish_refusal(line.subject, line.reply)
        if refusal is not None:
            self._state.error(client, refusal.log)
            delivery.put(client, error_line(refusal.text))
            return
        if client.options.verbose:
            delivery.put(client, OK)
        delivery.publish(client, message)
        if line.header_text is None and not line.reply and not client.options.verbose:
            is_compilable = not client.options.pedantic or is_literal(line.subject)
            if is_compilable and line.subject:
                delivery.compile(client, line)
