"""/jsz: JetStream, which this server has not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.broker.nats.go_json import is_bool, is_int, is_text
from natsim.broker.nats.times import go_time

from .errors import BadRequest
from .question import read_options

if TYPE_CHECKING:
    from natsim.broker.nats.json_text import Fields
    from natsim.broker.nats.process import ProcessStatistics
    from natsim.broker.nats.state import State

    from .query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Jsz:
    """A question to /jsz. leader_only: of those who lead, which a server without JetStream cannot.

    The other options change nothing where there is no JetStream.
    """

    leader_only: bool = False

    @classmethod
    def of_query(cls, query: Query) -> Jsz:
        """Read the options of a URL. Raises BadRequest."""
        for name in ("accounts", "streams", "consumers", "direct-consumers", "config"):
            query.flag(name)
        query.integer("offset")
        query.integer("limit")
        leader_only = query.flag("leader-only")
        query.flag("raft")
        query.flag("stream-leader-only")
        return cls(leader_only=leader_only)

    @classmethod
    def of_json(cls, text: bytes) -> Jsz:
        """Read the options of a request on `$SYS.REQ`. Raises ProtocolError."""
        return cls(leader_only=read_options(text, _FIELDS).get("leader_only", False))

    def answer(self, state: State, _: ProcessStatistics) -> Fields:
        """Tell that JetStream is off."""
        if self.leader_only:
            raise BadRequest("filtered response: not leader")
        return {
            "memory": 0,
            "storage": 0,
            "reserved_memory": 0,
            "reserved_storage": 0,
            "accounts": 0,
            "ha_assets": 0,
            "api": {"level": 0, "total": 0, "errors": 0},
            "server_id": state.identity.server_id,
            "now": go_time(state.now.wall_ns),
            "disabled": True,
            "config": {"max_memory": 0, "max_storage": 0},
            "streams": 0,
            "consumers": 0,
            "messages": 0,
            "bytes": 0,
            "total": 0,
        }


_FLAGS = ("accounts", "streams", "consumer", "direct_consumer", "config", "raft")
_FIELDS = {
    **{name: (name, is_bool) for name in (*_FLAGS, "leader_only", "stream_leader_only")},
    "account": ("account", is_text),
    "offset": ("offset", is_int),
    "limit": ("limit", is_int),
}
