"""The first line of a history: where it comes from."""

from collections.abc import Mapping

from natsim.record import record


@record
class Header:
    """Where a history comes from; no digest covers it.

    stage: `sim`, `tcp`, `nats-server`... versions: of natsim, Python, clients, by name.
    plan_digest: of the plan that was played, hexadecimal.
    """

    stage: str
    versions: Mapping[str, str]
    plan_digest: str
