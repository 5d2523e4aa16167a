"""What a plan says of a server, as options of our broker."""

from natsim.broker.nats import limits
from natsim.broker.nats.options import Options
from natsim.harness.plan.plan import ServerPlan


def broker_options(server: ServerPlan, host: str, port: int) -> Options:
    """Make the options; what the plan leaves open is nats-server's default.

    Raises ValueError for what nats-server refuses to start with.
    """
    return Options(
        host=host,
        port=port,
        server_name=server.name,
        max_payload=server.max_payload_bytes or limits.MAX_PAYLOAD_BYTES,
        max_pending=server.max_pending_bytes or limits.MAX_PENDING_BYTES,
        max_control_line=server.max_control_line_bytes or limits.MAX_CONTROL_LINE_BYTES,
        ping_interval_ns=server.ping_interval_ns or limits.PING_INTERVAL_NS,
        ping_max=limits.PING_MAX if server.ping_max is None else server.ping_max,
    )
