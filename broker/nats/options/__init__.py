"""What a server is told before it starts: nats-server's option names and defaults, as values."""

from .account import (
    AccountLimits,
    AccountOptions,
    Destination,
    Export,
    Mapping,
    ResponseType,
    ServiceExport,
    ServiceImport,
    StreamExport,
    StreamImport,
)
from .authorization import (
    AuthorizationOptions,
    CalloutOptions,
    ConnectionType,
    OperatorOptions,
    UserOptions,
)
from .log import LogOptions
from .monitor import MonitorOptions
from .permissions import Permissions, ResponseRule, SubjectRules
from .server import Options, WriteTimeout
from .tls import HandshakeFirst, TlsOptions
from .websocket import WebsocketOptions

__all__ = [
    "AccountLimits",
    "AccountOptions",
    "AuthorizationOptions",
    "CalloutOptions",
    "ConnectionType",
    "Destination",
    "Export",
    "HandshakeFirst",
    "LogOptions",
    "Mapping",
    "MonitorOptions",
    "OperatorOptions",
    "Options",
    "Permissions",
    "ResponseRule",
    "ResponseType",
    "ServiceExport",
    "ServiceImport",
    "StreamExport",
    "StreamImport",
    "SubjectRules",
    "TlsOptions",
    "UserOptions",
    "WebsocketOptions",
    "WriteTimeout",
]
