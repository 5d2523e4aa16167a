"""From what a plan file says to the plan: no decisions, only shapes."""

from collections.abc import Sequence
from typing import assert_never, cast

from natsim.scenarios.schema import WrittenServer

from .plan import (
    ClientPlan,
    Fault,
    Kill,
    LinkPlan,
    Operation,
    OperationKind,
    Partition,
    Pause,
    Plan,
    Series,
    ServerPlan,
    SlowLink,
    SubscriptionPlan,
)
from .schema import (
    OnePlannedFault,
    PlanFile,
    PlannedClient,
    PlannedKill,
    PlannedLink,
    PlannedOperation,
    PlannedPartition,
    PlannedPause,
    PlannedSeries,
    PlannedSlowLink,
    PlannedSubscription,
)


def build_plan(written: PlanFile, operations: Sequence[PlannedOperation]) -> Plan:
    """Make the plan; operations and faults are put in order."""
    done = [_operation(each) for each in operations]
    faults = [_fault(fault) for fault in written.faults]
    return Plan(
        scenario=written.scenario,
        seed=written.seed,
        duration_ns=written.duration_ns,
        settle_ns=written.settle_ns,
        barrier_ns=written.barrier_ns,
        expect=tuple(written.expect),
        servers=tuple(_server(name, server) for name, server in written.servers.items()),
        links=tuple(_link(link) for link in written.links),
        clients=tuple(_client(name, client) for name, client in written.clients.items()),
        series=tuple(_series(series) for series in written.series),
        operations=tuple(sorted(done, key=lambda each: (each.at_ns, each.id))),
        faults=tuple(sorted(faults, key=lambda each: (each.at_ns, each.id))),
    )


def owner(name: str) -> str:
    """Return the client an id names: the part before its first dot."""
    return name.partition(".")[0]


def _server(name: str, server: WrittenServer) -> ServerPlan:
    return ServerPlan(
        name=name,
        max_payload_bytes=server.max_payload_bytes,
        max_pending_bytes=server.max_pending_bytes,
        max_control_line_bytes=server.max_control_line_bytes,
        ping_interval_ns=server.ping_interval_ns,
        ping_max=server.ping_max,
    )


def _link(link: PlannedLink) -> LinkPlan:
    first, second = link.ends
    return LinkPlan(ends=(first, second), latency_ns=link.latency_ns)


def _client(name: str, client: PlannedClient) -> ClientPlan:
    return ClientPlan(
        name=name,
        at=client.at,
        reconnect_wait_ns=client.reconnect_wait_ns,
        ping_interval_ns=client.ping_interval_ns,
        pings_outstanding_max=client.pings_outstanding,
        subscriptions=tuple(_subscription(each) for each in client.subscriptions),
    )


def _subscription(sub: PlannedSubscription) -> SubscriptionPlan:
    return SubscriptionPlan(
        id=sub.id,
        subject=sub.subject,
        queue=sub.queue,
        max_messages=sub.max_messages,
        answers=sub.answers,
        delay_ns=sub.delay_ns,
    )


def _series(series: PlannedSeries) -> Series:
    return Series(
        id=series.id,
        client=series.client or owner(series.id),
        kind="request" if series.request else "publish",
        subjects=tuple(series.request or series.publish),
        size=series.size,
        from_ns=series.from_ns,
        every_ns=series.every_ns,
        count=series.count,
        timeout_ns=series.timeout_ns or 0,
        skip=tuple(series.skip),
    )


def _operation(operation: PlannedOperation) -> Operation:
    return Operation(
        id=operation.id,
        client=operation.client or owner(operation.id),
        at_ns=operation.at_ns,
        # The schema lets no other word through.
        kind=cast("OperationKind", operation.do),
        sub=operation.sub,
        subject=operation.subject,
        queue=operation.queue,
        max_messages=operation.max_messages,
        size=operation.size or 0,
        timeout_ns=operation.timeout_ns or 0,
    )


def _fault(fault: OnePlannedFault) -> Fault:
    match fault:
        case PlannedPartition():
            return Partition(
                id=fault.id,
                at_ns=fault.at_ns,
                for_ns=fault.for_ns,
                sides=tuple(map(tuple, fault.partition)),
                is_one_way=fault.one_way,
            )
        case PlannedKill():
            return Kill(
                id=fault.id, at_ns=fault.at_ns, target=fault.kill, restart_ns=fault.restart_ns
            )
        case PlannedPause():
            return Pause(id=fault.id, at_ns=fault.at_ns, for_ns=fault.for_ns, target=fault.pause)
        case PlannedSlowLink():
            first, second = fault.slow_link
            return SlowLink(
                id=fault.id,
                at_ns=fault.at_ns,
                for_ns=fault.for_ns,
                ends=(first, second),
                latency_ns=fault.latency_ns,
            )
        case _:
            assert_never(fault)
