from collections.abc import Callable

import pytest

from natsim.harness.plan.plan import ClientPlan, Plan, ServerPlan, SubscriptionPlan

S = 1_000_000_000


@pytest.fixture
def plan() -> Plan:
    """A small plan without series, operations and faults."""
    return Plan(
        scenario="test",
        seed=7,
        duration_ns=10 * S,
        settle_ns=2 * S,
        barrier_ns=S,
        expect=("at-most-once",),
        servers=(ServerPlan(name="n1"),),
        links=(),
        clients=(
            ClientPlan(
                name="p1",
                at="n1",
                reconnect_wait_ns=2 * S,
                ping_interval_ns=120 * S,
                pings_outstanding_max=2,
                subscriptions=(SubscriptionPlan(id="p1.s", subject="a.>"),),
            ),
        ),
    )


@pytest.fixture
def plan_text() -> Callable[[str], str]:
    """Write the same plan by hand, eleven lines, with lines added."""

    def text(lines: str) -> str:
        return f"""\
schema: natsim.plan/1
scenario: test
seed: 7
duration: 10s
settle: 2s
barrier: 1s
expect: [at-most-once]
servers: {{n1: {{}}}}
clients:
  p1: {{at: n1, reconnect-wait: 2s, ping-interval: 2m, pings-outstanding: 2,
       subscriptions: [{{id: p1.s, subject: a.>}}]}}
{lines}"""

    return text
