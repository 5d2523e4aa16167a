"""/routez, /gatewayz, /leafz: the other servers, of which a single server has none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.broker.nats.go_json import is_bool, is_text
from natsim.broker.nats.times import go_time

from .question import read_options
from .subscription_list import SubscriptionList

if TYPE_CHECKING:
    from natsim.broker.nats.json_text import Fields
    from natsim.broker.nats.process import ProcessStatistics
    from natsim.broker.nats.state import State

    from .query import Query


@dataclass(frozen=True, slots=True)
class Routez:
    """A question to /routez. Its options change nothing where there is no route."""

    @classmethod
    def of_query(cls, query: Query) -> Routez:
        """Read the options of a URL. Raises BadRequest."""
        SubscriptionList.of_query(query)
        return cls()

    @classmethod
    def of_json(cls, text: bytes) -> Routez:
        """Read the options of a request on `$SYS.REQ`. Raises ProtocolError."""
        read_options(text, _SUBSCRIPTIONS)
        return cls()

    def answer(self, state: State, _: ProcessStatistics) -> Fields:
        """Tell of no route."""
        return {
            "server_id": state.identity.server_id,
            "server_name": state.identity.name,
            "now": go_time(state.now.wall_ns),
            "num_routes": 0,
            "routes": [],
        }


@dataclass(frozen=True, slots=True)
class Gatewayz:
    """A question to /gatewayz. Its options change nothing where there is no gateway."""

    @classmethod
    def of_query(cls, query: Query) -> Gatewayz:
        """Read the options of a URL. Raises BadRequest."""
        SubscriptionList.of_query(query)
        query.flag("accs")
        return cls()

    @classmethod
    def of_json(cls, text: bytes) -> Gatewayz:
        """Read the options of a request on `$SYS.REQ`. Raises ProtocolError."""
        names = {"name": ("", is_text), "account_name": ("", is_text), "accounts": ("", is_bool)}
        read_options(text, {**_SUBSCRIPTIONS, **names})
        return cls()

    def answer(self, state: State, _: ProcessStatistics) -> Fields:
        """Tell of no gateway."""
        return {
            "server_id": state.identity.server_id,
            "now": go_time(state.now.wall_ns),
            "outbound_gateways": {},
            "inbound_gateways": {},
        }


@dataclass(frozen=True, slots=True)
class Leafz:
    """A question to /leafz. Its options change nothing where there is no leaf node."""

    @classmethod
    def of_query(cls, query: Query) -> Leafz:
        """Read the options of a URL. Raises BadRequest."""
        query.flag("subs")
        return cls()

    @classmethod
    def of_json(cls, text: bytes) -> Leafz:
        """Read the options of a request on `$SYS.REQ`. Raises ProtocolError."""
        read_options(text, {"subscriptions": ("", is_bool), "account": ("", is_text)})
        return cls()

    def answer(self, state: State, _: ProcessStatistics) -> Fields:
        """Tell of no leaf node."""
        return {
            "server_id": state.identity.server_id,
            "now": go_time(state.now.wall_ns),
            "leafnodes": 0,
            "leafs": [],
        }


_SUBSCRIPTIONS = {"subscriptions": ("", is_bool), "subscriptions_detail": ("", is_bool)}
