"""Monitoring: what the server tells of itself, by HTTP and on `$SYS.REQ`.

Public: `respond` answers an HTTP request; `ask` answers a request of the system account by the
endpoint's name, with the same words.
"""

from natsim.broker.nats.process import ProcessStatistics

from .endpoints import ask
from .errors import BadRequest
from .exchange import MonitorRequest, MonitorResponse
from .respond import respond

__all__ = [
    "BadRequest",
    "MonitorRequest",
    "MonitorResponse",
    "ProcessStatistics",
    "ask",
    "respond",
]
