"""The options of a server."""

from dataclasses import dataclass

from . import limits

_UNLIMITED = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a server behaves; nats-server's option names and defaults.

    host, port: as announced in INFO. max_subscriptions: per connection, 0 for no limit.
    Raises ValueError for values that nats-server refuses to start with.
    """

    host: str = "0.0.0.0"
    port: int = 4222
    server_name: str = ""
    max_connections: int = limits.MAX_CONNECTIONS
    max_subscriptions: int = _UNLIMITED
    max_control_line: int = limits.MAX_CONTROL_LINE_BYTES
    max_payload: int = limits.MAX_PAYLOAD_BYTES
    max_pending: int = limits.MAX_PENDING_BYTES
    ping_interval_ns: int = limits.PING_INTERVAL_NS
    ping_max: int = limits.PING_MAX

    def __post_init__(self) -> None:
        for name in ("max_connections", "max_control_line", "max_payload", "max_pending"):
            value: int = getattr(self, name)
            if value < 1:
                raise ValueError(f"{name} is {value}; it must be 1 or more")
        if self.max_payload > self.max_pending:
            raise ValueError(
                f"max_payload ({self.max_payload}) cannot be higher than "
                f"max_pending ({self.max_pending})"
            )
        if self.ping_interval_ns < 1:
            raise ValueError(f"ping_interval is {self.ping_interval_ns} ns; it must be 1 or more")
        if self.ping_max < 0 or self.max_subscriptions < 0:
            raise ValueError("ping_max and max_subscriptions cannot be negative")
