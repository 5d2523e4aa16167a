"""The options of a server."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from natsim.broker.nats import limits

from .account import SYSTEM_ACCOUNT, AccountOptions
from .account import Mapping as SubjectMapping
from .authorization import AuthorizationOptions
from .log import LogOptions
from .monitor import MonitorOptions
from .tls import TlsOptions
from .websocket import WebsocketOptions

_UNLIMITED = 0


class WriteTimeout(StrEnum):
    """What becomes of a client that does not read for longer than the write deadline."""

    DEFAULT = "default"
    CLOSE = "close"
    RETRY = "retry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a server behaves; nats-server's option names and defaults.

    host, port: as announced in INFO, port 0 for any that is free. client_advertise: `host:port`
    announced instead. cluster_name: announced too, though there is no cluster.
    max_subscriptions: per connection, 0 for no limit. max_subscription_tokens: 0 for no limit.
    max_payload: -1 for no limit. max_connections: 0 and less refuse everyone, as 2.15.1 does.
    accounts: those of the configuration, `$G` and the system account only if something is said
    of them. mappings: of `$G`. system_account: empty for none.
    config_file, config_digest: empty without a file.
    What nats-server refuses to start with is found by `config.validate`.
    """

    host: str = "0.0.0.0"
    port: int = 4222
    client_advertise: str = ""
    server_name: str = ""
    cluster_name: str = ""
    server_tags: tuple[str, ...] = ()
    server_metadata: Mapping[str, str] = field(default_factory=dict[str, str])
    feature_flags: Mapping[str, bool] = field(default_factory=dict[str, bool])
    max_connections: int = limits.MAX_CONNECTIONS
    max_subscriptions: int = _UNLIMITED
    max_subscription_tokens: int = _UNLIMITED
    max_control_line: int = limits.MAX_CONTROL_LINE_BYTES
    max_payload: int = limits.MAX_PAYLOAD_BYTES
    max_pending: int = limits.MAX_PENDING_BYTES
    max_closed_clients: int = limits.MAX_CLOSED_CLIENTS
    ping_interval_ns: int = limits.PING_INTERVAL_NS
    ping_max: int = limits.PING_MAX
    write_deadline_ns: int = limits.WRITE_DEADLINE_NS
    write_timeout: WriteTimeout = WriteTimeout.DEFAULT
    lame_duck_duration_ns: int = limits.LAME_DUCK_DURATION_NS
    lame_duck_grace_ns: int = limits.LAME_DUCK_GRACE_NS
    has_headers: bool = True
    stalls_fast_producers: bool = True
    caches_subjects: bool = True
    connect_error_reports: int = limits.CONNECT_ERROR_REPORTS
    reconnect_error_reports: int = limits.RECONNECT_ERROR_REPORTS
    system_account: str = SYSTEM_ACCOUNT
    authorization: AuthorizationOptions = field(default_factory=AuthorizationOptions)
    accounts: tuple[AccountOptions, ...] = ()
    mappings: tuple[SubjectMapping, ...] = ()
    tls: TlsOptions | None = None
    monitor: MonitorOptions | None = None
    websocket: WebsocketOptions | None = None
    log: LogOptions = field(default_factory=LogOptions)
    pid_file: str = ""
    ports_file_dir: str = ""
    profile_port: int = 0
    profile_block_rate: int = 0
    config_file: str = ""
    config_digest: str = ""
