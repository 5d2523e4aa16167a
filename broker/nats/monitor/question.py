"""A question to an endpoint, with its options, however it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from natsim.broker.nats.go_json import Fits
from natsim.broker.nats.go_json import read_fields as read_members

if TYPE_CHECKING:
    from natsim.broker.nats.json_text import Fields
    from natsim.broker.nats.process import ProcessStatistics
    from natsim.broker.nats.state import State


class Question(Protocol):
    """What is asked of one endpoint."""

    def answer(self, state: State, process: ProcessStatistics, /) -> Fields:
        """Give the answer as an object of JSON. Raises BadRequest."""
        ...


def read_options(text: bytes, fields: Mapping[str, tuple[str, Fits]]) -> dict[str, Any]:
    """Read options as `$SYS.REQ` takes them: an object of JSON, or nothing at all.

    fields: by the name in JSON, the attribute and the check of its type. Raises ProtocolError.
    """
    if not text.strip():
        return {}
    checks = {name: fits for name, (_, fits) in fields.items()}
    return {fields[name][0]: value for name, value in read_members(text, checks)}
