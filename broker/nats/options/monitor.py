"""The HTTP listener for monitoring."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorOptions:
    """Where monitoring answers. is_tls: by HTTPS, with the certificate of the client port.

    host: empty for that of the client port. base_path: empty, or `/nats`.
    other_port: of HTTPS, where both are given, which nats-server refuses to start with.
    """

    host: str = ""
    port: int = 0
    is_tls: bool = False
    base_path: str = ""
    other_port: int = 0
