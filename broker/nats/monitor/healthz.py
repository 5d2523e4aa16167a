"""/healthz: whether the server does its work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.broker.nats.go_json import is_bool, is_text

from .question import read_options

if TYPE_CHECKING:
    from natsim.broker.nats.json_text import Fields
    from natsim.broker.nats.process import ProcessStatistics
    from natsim.broker.nats.state import State

    from .query import Query

_OK, _BAD_REQUEST = 200, 400
_FLAGS = ("js-enabled", "js-enabled-only", "js-server-only", "js-meta-only", "details")


@dataclass(frozen=True, slots=True, kw_only=True)
class Healthz:
    """A question to /healthz.

    What it asks of JetStream is answered as by a server without JetStream: all is well.
    """

    account: str = ""
    stream: str = ""
    consumer: str = ""
    has_details: bool = False

    @classmethod
    def of_query(cls, query: Query) -> Healthz:
        """Read the options of a URL. Raises BadRequest."""
        flags = {name: query.flag(name) for name in _FLAGS}
        return cls(
            account=query.text("account"),
            stream=query.text("stream"),
            consumer=query.text("consumer"),
            has_details=flags["details"],
        )

    @classmethod
    def of_json(cls, text: bytes) -> Healthz:
        """Read the options of a request on `$SYS.REQ`. Raises ProtocolError."""
        given = read_options(text, _FIELDS)
        given.pop("", None)
        return cls(**given)

    def answer(self, _: State, __: ProcessStatistics) -> Fields:
        """Give the state of health; `status_code` is that of HTTP."""
        missing = ""
        if self.stream and not self.account:
            missing = '"account" must not be empty when checking stream health'
        elif self.consumer and not self.stream:
            missing = '"stream" must not be empty when checking consumer health'
        if not missing:
            return {"status": "ok", "status_code": _OK}
        fields: Fields = {"status": "error", "status_code": _BAD_REQUEST}
        if self.has_details:
            fields["errors"] = [{"type": "BAD_REQUEST", "error": missing}]
        else:
            fields["error"] = missing
        return fields


_FIELDS = {
    **dict.fromkeys(_FLAGS, ("", is_bool)),
    "details": ("has_details", is_bool),
    "account": ("account", is_text),
    "stream": ("stream", is_text),
    "consumer": ("consumer", is_text),
}
