"""What must hold between the parts of a plan: names are known, ids are unique, all ends in time."""

from collections.abc import Sequence
from typing import TypeAlias

from natsim.scenarios.document import Place
from natsim.scenarios.ends import check_fault_end
from natsim.scenarios.inspection import Inspection
from natsim.scenarios.limits import CLIENTS_MAX, OPERATIONS_MAX, SERVERS_MAX
from natsim.scenarios.mistake import RuleError, shortened
from natsim.scenarios.resolve_faults import read_sides
from natsim.scenarios.subject import check_literal

from .build import owner
from .schema import (
    PlanFile,
    PlannedKill,
    PlannedOperation,
    PlannedPartition,
    PlannedPause,
    PlannedSeries,
    PlannedSlowLink,
)

Placed: TypeAlias = tuple[PlannedOperation, Place, Inspection]
"""An operation, its place, and the look at the document the place is in."""


def check_plan(written: PlanFile, look: Inspection) -> None:
    """Note the mistakes of everything but the operations."""
    if len(look.servers) > SERVERS_MAX:
        look.wrong_key(("servers",), f"there are more than {SERVERS_MAX} servers; write fewer")
        return
    if len(look.clients) > CLIENTS_MAX:
        look.wrong_key(("clients",), f"there are more than {CLIENTS_MAX} clients; write fewer")
        return
    ids = _Ids(look)
    for name, client in written.clients.items():
        if name in look.servers:
            look.wrong_key(("clients", name), f"{name} is also a server; choose another name")
        look.is_server(client.at, ("clients", name, "at"))
        for number, sub in enumerate(client.subscriptions):
            ids.add(sub.id, ("clients", name, "subscriptions", number, "id"))
    for number, link in enumerate(written.links):
        for end, name in enumerate(link.ends):
            look.is_node(name, ("links", number, "ends", end))
    for number, series in enumerate(written.series):
        ids.add(series.id, ("series", number, "id"))
        _check_series(series, ("series", number), look)
    for number, fault in enumerate(written.faults):
        ids.add(fault.id, ("faults", number, "id"))
        _check_fault(fault, ("faults", number), look)


def check_operations(written: PlanFile, operations: Sequence[Placed], look: Inspection) -> None:
    """Note the mistakes of the operations; look: at the plan itself."""
    ids = _Ids(look)
    counts = {series.id: series.count for series in written.series}
    subs = _subscriptions(written, operations)
    for operation, place, near in operations:
        ids.look = near
        ids.add(operation.id, (*place, "id"))
        series, _, number = operation.id.rpartition("/")
        if series in counts and int(number) < counts[series]:
            text = f"{operation.id} is already an operation of the series {series}"
            near.wrong_value((*place, "id"), f"{text}; choose another id")
        _check_client(_client(operation), place, near)
        _check_subject(operation, place, near)
        near.is_in_time(operation.at_ns, (*place, "at"), "it happens")
        _check_size(f"{operation.id} ", operation.size, place, near)
        if operation.sub is not None and subs.get(operation.sub) != _client(operation):
            text = f"{operation.sub} is no subscription of {_client(operation)}"
            near.wrong_value((*place, "sub"), f"{text}; write one of its own")
    total = len(operations) + sum(counts.values())
    if total > OPERATIONS_MAX:
        text = f"there are {total} operations, at most {OPERATIONS_MAX} are played; write fewer"
        look.wrong_key(("series",), text)


def _subscriptions(written: PlanFile, operations: Sequence[Placed]) -> dict[str, str]:
    """Return the client of each subscription there will ever be."""
    subs: dict[str, str] = {}
    for name, client in written.clients.items():
        subs |= dict.fromkeys([sub.id for sub in client.subscriptions], name)
    for operation, _, _ in operations:
        if operation.do == "subscribe" and operation.sub is not None:
            subs.setdefault(operation.sub, _client(operation))
    return subs


class _Ids:
    """The ids seen so far."""

    __slots__ = ("_seen", "look")

    def __init__(self, look: Inspection) -> None:
        self.look = look
        self._seen: set[str] = set()

    def add(self, name: str, place: Place) -> None:
        if name in self._seen:
            self.look.wrong_value(place, f"the id {name} is there twice; choose another")
        self._seen.add(name)


def _client(operation: PlannedOperation) -> str:
    return operation.client or owner(operation.id)


def _check_client(name: str, place: Place, look: Inspection) -> None:
    if name not in look.clients:
        text = f"there is no client {shortened(name)}; begin the id with a client's name and a dot"
        look.wrong_value((*place, "id"), text)


def _check_subject(operation: PlannedOperation, place: Place, look: Inspection) -> None:
    if operation.do in ("publish", "request") and operation.subject is not None:
        try:
            check_literal(operation.subject)
        except RuleError as error:
            look.broken_rule((*place, "subject"), error)


def _check_size(start: str, size: int | None, place: Place, look: Inspection) -> None:
    if size is not None and size < len(start):
        text = f"size is {size}, too small for the message id; write {len(start)} or more"
        look.wrong_value((*place, "size"), text)


def _check_series(series: PlannedSeries, place: Place, look: Inspection) -> None:
    _check_client(series.client or owner(series.id), place, look)
    _check_size(f"{series.id}/{series.count - 1} ", series.size, place, look)
    last_ns = series.from_ns + (series.count - 1) * series.every_ns
    if look.is_in_time(series.from_ns, (*place, "from"), "it begins"):
        look.is_in_time(last_ns, (*place, "count"), "the last operation is")
    look.no_repeats(series.skip, (*place, "except"))
    for number, left_out in enumerate(series.skip):
        if left_out >= series.count:
            text = f"except has {left_out}, but the numbers end at {series.count - 1}; remove it"
            look.wrong_value((*place, "except", number), text)


def _check_fault(
    fault: PlannedPartition | PlannedKill | PlannedPause | PlannedSlowLink,
    place: Place,
    look: Inspection,
) -> None:
    match fault:
        case PlannedPartition():
            read_sides(fault.partition, look, (*place, "partition"))
            check_fault_end(fault.at_ns, fault.for_ns, (*place, "for"), look)
        case PlannedKill():
            look.is_node(fault.kill, (*place, "kill"))
            check_fault_end(fault.at_ns, fault.restart_ns or 0, (*place, "restart"), look)
        case PlannedPause():
            look.is_node(fault.pause, (*place, "pause"))
            check_fault_end(fault.at_ns, fault.for_ns, (*place, "for"), look)
        case PlannedSlowLink():
            for end, name in enumerate(fault.slow_link):
                look.is_node(name, (*place, "slow-link", end))
            check_fault_end(fault.at_ns, fault.for_ns, (*place, "for"), look)
