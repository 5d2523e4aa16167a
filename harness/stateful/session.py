"""A session: a simulated world that is driven step by step, and the plan of what was done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from natsim.harness.history.entry import Faulted, Marked, Phase
from natsim.harness.history.recorder import Recorder
from natsim.harness.plan.plan import Fault, Kill, Operation, Plan
from natsim.harness.stage.sim import SimStage
from natsim.harness.workload.program import programs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from natsim.harness.history.entry import Entry
    from natsim.harness.workload.client import WorkloadClient

SECOND_NS = 1_000_000_000


TICK_NS = SECOND_NS // 1000
"""Every operation has an instant of its own: played again, the plan keeps their order."""


class Session:
    """Plays operations and faults one by one in a simulated world.

    base: servers, links and clients; its clients are set up at once, but for those that have an
    operation `connect`, which `do` plays when it is time.
    """

    def __init__(self, base: Plan) -> None:
        self._base = base
        self._stage = SimStage(base)
        self._recorder = Recorder()
        self._programs = {
            program.client.name: program
            for program in programs(base, self._stage.url, self._recorder, self._stage.now_ns)
        }
        self._operations: list[Operation] = []
        self._faults: list[Fault] = []
        self._open: dict[str, Fault] = {}
        self._mark(Phase.SETUP)
        self._stage.run(self._stage.start)
        for program in self._programs.values():
            self._stage.spawn(program.client.name, program.set_up())
        self._start_ns = 0
        self.advance(SECOND_NS)
        self._start_ns = self._stage.now_ns()
        self._mark(Phase.WORKLOAD)

    @property
    def entries(self) -> Sequence[Entry]:
        """The history so far."""
        return self._recorder.entries

    @property
    def now_ns(self) -> int:
        """Time since the workload began."""
        return self._stage.now_ns() - self._start_ns

    @property
    def open_faults(self) -> Sequence[Fault]:
        """The faults that hold, oldest first."""
        return list(self._open.values())

    def client(self, name: str) -> WorkloadClient:
        """Give a client."""
        return self._programs[name].client

    def do(self, operation: Operation) -> None:
        """Begin an operation now, and let it go as far as it gets in a tick."""
        operation = replace(operation, at_ns=self.now_ns)
        self._operations.append(operation)
        program = self._programs[operation.client]
        self._stage.spawn(operation.client, program.do(operation))
        self.advance(TICK_NS)

    def begin(self, fault: Fault) -> None:
        """Let a fault take hold now; it lasts until `end`."""
        fault = replace(fault, at_ns=self.now_ns)
        self._open[fault.id] = fault
        achieved = self._stage.run(lambda: self._stage.begin(fault))
        self._recorder.record(
            Faulted(self._stage.now_ns(), fault.id, fault.kind, True, dict(achieved))
        )
        self.advance(TICK_NS)

    def end(self, fault_id: str) -> None:
        """Undo a fault now."""
        fault = self._open.pop(fault_id)
        achieved = self._stage.run(lambda: self._stage.end(fault))
        self._recorder.record(
            Faulted(self._stage.now_ns(), fault.id, fault.kind, False, dict(achieved))
        )
        self._faults.append(_lasting(fault, self.now_ns))
        self.advance(TICK_NS)

    def advance(self, span_ns: int) -> None:
        """Let time pass."""
        self._stage.world.run_until(self._stage.now_ns() + span_ns)

    def prove(self) -> None:
        """Set a barrier on each client that is connected."""
        for name, program in self._programs.items():
            if program.client.is_connected:
                self._stage.spawn(name, program.settle())
        self.advance(0)

    def plan(self) -> Plan:
        """Give the plan of everything done so far: playing it does the same again.

        Clients that never connected are left out.
        """
        connected = {op.client for op in self._operations if op.kind == "connect"}
        waiting = {op.client for op in self._base.operations if op.kind == "connect"}
        now_ns = max(self.now_ns, 1)
        open_faults = [_lasting(fault, now_ns) for fault in self._open.values()]
        faults = sorted([*self._faults, *open_faults], key=lambda fault: (fault.at_ns, fault.id))
        return replace(
            self._base,
            clients=tuple(
                client
                for client in self._base.clients
                if client.name in connected or client.name not in waiting
            ),
            duration_ns=-(-now_ns // SECOND_NS) * SECOND_NS + SECOND_NS,
            operations=tuple(sorted(self._operations, key=lambda op: (op.at_ns, op.id))),
            faults=tuple(faults),
        )

    def close(self) -> None:
        """End the world."""
        self._stage.close()

    def _mark(self, phase: Phase) -> None:
        self._recorder.record(Marked(self._stage.now_ns(), phase))


def _lasting(fault: Fault, until_ns: int) -> Fault:
    span_ns = max(until_ns - fault.at_ns, 1)
    if isinstance(fault, Kill):
        return replace(fault, restart_ns=span_ns)
    return replace(fault, for_ns=span_ns)
