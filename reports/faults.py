"""Faults as planned and as achieved, side by side."""

from collections.abc import Iterable, Mapping

from .document import Fault
from .history import HistoryTally
from .limits import FAULTS_MAX
from .planned import PlannedFault
from .spans import Span
from .tally import FaultTally


def faults_of(
    tally: HistoryTally, planned: Mapping[str, PlannedFault], lanes: Iterable[str]
) -> tuple[Fault, ...]:
    """Give the faults in the order they began, then those that were planned and never began.

    lanes: the names of clients and servers, in the order in which they are shown.
    """
    names = list(lanes)
    began = [_achieved(fault, planned.get(fault.id), names) for fault in tally.faults]
    known = {fault.id for fault in began}
    never = [_never_began(name, plan, names) for name, plan in planned.items() if name not in known]
    return tuple([*began, *never][:FAULTS_MAX])


def fault_spans(tally: HistoryTally) -> list[tuple[str, Span]]:
    """Give each fault's id and span; one without an end lasted to the end of the history."""
    return [
        (fault.id, (fault.begin_ns, tally.last_ns if fault.end_ns is None else fault.end_ns))
        for fault in tally.faults
    ]


def _achieved(fault: FaultTally, plan: PlannedFault | None, names: list[str]) -> Fault:
    return Fault(
        id=fault.id,
        kind=fault.kind,
        planned=None if plan is None else plan.words,
        targets=() if plan is None else _targets(plan, names),
        begin_ns=fault.begin_ns,
        end_ns=fault.end_ns,
        achieved_begin=fault.achieved_begin,
        achieved_end=fault.achieved_end,
    )


def _never_began(fault: str, plan: PlannedFault, names: list[str]) -> Fault:
    return Fault(
        id=fault,
        kind=plan.kind,
        planned=plan.words,
        targets=_targets(plan, names),
        begin_ns=None,
        end_ns=None,
        achieved_begin="",
        achieved_end="",
    )


def _targets(plan: PlannedFault, names: list[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in plan.names)
