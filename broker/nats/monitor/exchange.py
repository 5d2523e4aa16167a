"""A request for monitoring, and the answer, without any network."""

from natsim.record import record


@record
class MonitorRequest:
    """What HTTP says. target: as it stands in the request line, `/connz?auth=1`.

    method: nats-server looks at none; CONNECT alone is never redirected.
    """

    target: str
    method: str = "GET"


@record
class MonitorResponse:
    """What HTTP is to say. headers: without those that speak of the connection and the length."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
