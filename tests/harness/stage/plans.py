"""Small plans for the stages, and the faults done to them."""

from __future__ import annotations

from natsim.harness.plan.plan import (
    ClientPlan,
    Fault,
    Kill,
    LinkPlan,
    Partition,
    Pause,
    Plan,
    ServerPlan,
    SlowLink,
)

SECOND_NS = 1_000_000_000


def plan_of(
    servers: tuple[str | ServerPlan, ...] = ("n1",),
    clients: tuple[str, ...] = ("p1", "s1"),
    links: tuple[LinkPlan, ...] = (),
    faults: tuple[Fault, ...] = (),
) -> Plan:
    """Make a plan of servers and clients that do nothing by themselves."""
    made = tuple(
        server if isinstance(server, ServerPlan) else ServerPlan(name=server) for server in servers
    )
    return Plan(
        scenario="stage",
        seed=7,
        duration_ns=SECOND_NS,
        settle_ns=SECOND_NS,
        barrier_ns=SECOND_NS,
        expect=(),
        servers=made,
        links=links,
        clients=tuple(
            ClientPlan(
                name=client,
                at=made[0].name,
                reconnect_wait_ns=SECOND_NS // 20,
                ping_interval_ns=SECOND_NS,
                pings_outstanding_max=2,
            )
            for client in clients
        ),
        faults=faults,
    )


def kill(target: str, fault_id: str = "f1") -> Kill:
    """Make a kill; when it happens is up to the test."""
    return Kill(id=fault_id, at_ns=0, target=target, restart_ns=SECOND_NS)


def pause(target: str, fault_id: str = "f1") -> Pause:
    """Make a pause."""
    return Pause(id=fault_id, at_ns=0, for_ns=SECOND_NS, target=target)


def partition(*sides: tuple[str, ...], fault_id: str = "f1") -> Partition:
    """Make a partition that cuts both ways."""
    return Partition(id=fault_id, at_ns=0, for_ns=SECOND_NS, sides=sides)


def one_way(sender: str, receiver: str, fault_id: str = "f1") -> Partition:
    """Make a partition that loses what the sender sends."""
    sides = ((sender,), (receiver,))
    return Partition(id=fault_id, at_ns=0, for_ns=SECOND_NS, sides=sides, is_one_way=True)


def slow_link(one: str, other: str, low_ns: int, high_ns: int, fault_id: str = "f1") -> SlowLink:
    """Make a link slow."""
    return SlowLink(
        id=fault_id, at_ns=0, for_ns=SECOND_NS, ends=(one, other), latency_ns=(low_ns, high_ns)
    )
