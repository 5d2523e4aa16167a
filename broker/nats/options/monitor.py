"""The HTTP listener for monitoring."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitorOptions:
    """Where monitoring answers. is_tls: by HTTPS, with the certificate of the client port.

    host: empty for that of the client port. base_path: empty, or `/nats`.
    """

    host: str = ""
    port: int = 0
    is_tls: bool = False
    base_path: str = ""
