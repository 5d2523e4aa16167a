"""The server as a member of its system account: what it says there, if anybody listens.

Law of the file: what nobody is interested in is not written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .commands import Publish, PublishLine
from .identity import LIKE_VERSION
from .json_text import json_bytes, present
from .services import Trail
from .times import go_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from .json_text import Fields, Json
    from .state import State

_ID_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ID_SIZE = 22
_BEGINNING = Trail()


class SystemAccount:
    """Says things in the system account, in the server's name.

    said: messages that say who the server is, so far.
    """

    __slots__ = ("_state", "said")

    def __init__(self, state: State) -> None:
        self._state = state
        self.said = 0

    @property
    def is_heard(self) -> bool:
        """Whether anybody has a subscription here at all."""
        return self._state.accounts.system_account.sublist.count > 0

    def tell(self, subject: bytes, make: Callable[[], Fields]) -> None:
        """Say what make gives, if anybody is interested in the subject."""
        if self.is_heard and self._state.accounts.system_account.has_interest(subject):
            self.say(subject, make())

    def say(self, subject: bytes, value: Json) -> None:
        """Say something, whoever may listen."""
        text = json_bytes(value, None)
        size = len(text)
        line = PublishLine(b"", subject, b"", None, 0, b"%d" % size, size, is_from_server=True)
        account = self._state.accounts.system_account
        self._state.delivery.route(account, None, Publish(line, text + b"\r\n"), _BEGINNING)

    def server(self) -> Fields:
        """Say who the server is."""
        state = self._state
        self.said += 1
        return {
            "name": state.identity.name,
            "host": state.options.host,
            "id": state.identity.server_id,
            "ver": LIKE_VERSION,
            **present(
                {"tags": state.options.server_tags, "metadata": state.options.server_metadata}
            ),
            "jetstream": False,
            "flags": 0,
            "seq": self.said,
            "time": self.now(),
        }

    def event(self, kind: str) -> Fields:
        """Begin an event, whose kind is the last word of its type."""
        draw = self._state.draw
        number = "".join(_ID_DIGITS[draw(len(_ID_DIGITS))] for _ in range(_ID_SIZE))
        return {
            "type": f"io.nats.server.advisory.v1.{kind}",
            "id": number,
            "timestamp": self.now(),
            "server": self.server(),
        }

    def now(self) -> str:
        """Write the time."""
        return go_time(self._state.now.wall_ns)
