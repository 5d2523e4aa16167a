"""The endpoints that answer in JSON: by their path for HTTP, by their name for `$SYS.REQ`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from .accountz import Accountz
from .accstatz import Accstatz
from .connz import Connz
from .healthz import Healthz
from .internals import Expvarz, Ipqueuesz, Raftz
from .jsz import Jsz
from .neighbours import Gatewayz, Leafz, Routez
from .subsz import Subsz
from .varz import Varz

if TYPE_CHECKING:
    from natsim.broker.nats.json_text import Fields
    from natsim.broker.nats.process import ProcessStatistics
    from natsim.broker.nats.state import State

    from .query import Query
    from .question import Question


class Counted(Enum):
    """Which requests `http_req_stats` of /varz counts."""

    ALL = "all"
    READABLE = "readable"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One endpoint of HTTP. indent: of its JSON, None for one line."""

    path: str
    of_query: Callable[[Query], Question]
    counted: Counted = Counted.ALL
    indent: int | None = 2


ENDPOINTS: Mapping[str, Endpoint] = {
    endpoint.path: endpoint
    for endpoint in (
        Endpoint(path="/varz", of_query=Varz.of_query),
        Endpoint(path="/connz", of_query=Connz.of_query, counted=Counted.READABLE),
        Endpoint(path="/routez", of_query=Routez.of_query, counted=Counted.READABLE),
        Endpoint(path="/gatewayz", of_query=Gatewayz.of_query),
        Endpoint(path="/leafz", of_query=Leafz.of_query),
        Endpoint(path="/subsz", of_query=Subsz.of_query),
        Endpoint(path="/accountz", of_query=Accountz.of_query),
        Endpoint(path="/accstatz", of_query=Accstatz.of_query),
        Endpoint(path="/jsz", of_query=Jsz.of_query),
        Endpoint(path="/healthz", of_query=Healthz.of_query, indent=None),
        Endpoint(path="/ipqueuesz", of_query=Ipqueuesz.of_query, counted=Counted.NONE, indent=3),
    )
}

ALIASES: Mapping[str, str] = {"/subscriptionsz": "/subsz"}

_BY_NAME: Mapping[str, Callable[[bytes], Question]] = {
    "VARZ": Varz.of_json,
    "CONNZ": Connz.of_json,
    "ROUTEZ": Routez.of_json,
    "GATEWAYZ": Gatewayz.of_json,
    "LEAFZ": Leafz.of_json,
    "SUBSZ": Subsz.of_json,
    "ACCOUNTZ": Accountz.of_json,
    "ACCSTATZ": Accstatz.of_json,
    "JSZ": Jsz.of_json,
    "HEALTHZ": Healthz.of_json,
    "IPQUEUESZ": Ipqueuesz.of_json,
    "RAFTZ": Raftz.of_json,
    "EXPVARZ": Expvarz.of_json,
}

NAMES = tuple(_BY_NAME)
"""The names that ask knows, as they stand in subjects."""


def ask(state: State, name: str, options: bytes, process: ProcessStatistics) -> Fields:
    """Answer a request of `$SYS.REQ.SERVER.PING.<name>`: what goes under `data`.

    name: one of NAMES. options: JSON, or nothing.
    Raises ProtocolError for options that are not what they must be, BadRequest for those that make
    no sense.
    """
    return _BY_NAME[name](options).answer(state, process)
