"""Playing a plan on a stage: set up, workload and faults, settle, end.

Law of the file: it is the same for every stage; only the stage knows whether time is real.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeVar

from natsim.harness.history.entry import Faulted, Marked, Phase
from natsim.harness.plan.plan import Fault, Kill
from natsim.harness.stage.base import StageUnavailable
from natsim.harness.workload.program import Program, programs

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Sequence

    from natsim.harness.history.recorder import Recorder
    from natsim.harness.plan.plan import Plan
    from natsim.harness.stage.base import Stage

T = TypeVar("T")

SECOND_NS = 1_000_000_000

SET_UP_S = 15.0
"""How long clients may take to connect and subscribe before anything is broken."""

LIVENESS_S = 30.0
"""How long, after all faults, a client may take to be connected again, to answer, and to drain."""

_POLL_S = 0.05


async def play(
    plan: Plan, stage: Stage, recorder: Recorder, progress: Callable[[str], None]
) -> None:
    """Play a plan to its end; what happened is in the recorder.

    progress: told what the run is doing, now and then, for people.
    Raises StageUnavailable when the servers or the set-up cannot be had, StageError when a fault
    did not take hold.
    """
    run = _Run(plan, stage, recorder)
    run.mark(Phase.SETUP)
    progress("starting servers")
    await stage.start()
    try:
        await run.set_up()
        start_ns = stage.now_ns()
        run.mark(Phase.WORKLOAD)
        progress("playing")
        await run.work(start_ns)
        run.mark(Phase.SETTLE)
        progress("settling")
        await run.settle()
        run.mark(Phase.END)
    finally:
        await stage.stop()


class _Run:
    """One run of one plan."""

    def __init__(self, plan: Plan, stage: Stage, recorder: Recorder) -> None:
        self._plan = plan
        self._stage = stage
        self._recorder = recorder
        self._programs: list[Program] = []

    def mark(self, phase: Phase) -> None:
        """Record that a phase begins."""
        self._recorder.record(Marked(self._stage.now_ns(), phase))

    async def set_up(self) -> None:
        """Connect all clients and make their subscriptions."""
        # Only a stage that has started knows its addresses.
        stage = self._stage
        self._programs = programs(self._plan, stage.url, self._recorder, stage.now_ns)
        ready = await self._all(SET_UP_S, (program.set_up() for program in self._programs))
        late = [
            program.client.name
            for program, is_ready in zip(self._programs, ready, strict=True)
            if is_ready is not True
        ]
        if late:
            raise StageUnavailable(f"clients could not connect: {', '.join(late)}")

    async def work(self, start_ns: int) -> None:
        """Do what the plan says until its duration is over; all faults are undone then."""
        spawn = self._stage.spawn
        barriers = [spawn(p.client.name, p.prove(start_ns)) for p in self._programs]
        works = [spawn(p.client.name, p.work(start_ns)) for p in self._programs]
        await asyncio.gather(
            self._sleep_until(start_ns + self._plan.duration_ns),
            *(self._fault(fault, start_ns) for fault in self._plan.faults),
        )
        await self._wait(LIVENESS_S, works)
        for barrier in barriers:
            barrier.cancel()

    async def settle(self) -> None:
        """Wait for quiet, then prove what arrived: publishers first, then everybody."""
        await asyncio.sleep(self._plan.settle_ns / SECOND_NS)
        await self._until_connected()
        for _ in range(2):
            await self._all(LIVENESS_S, (program.settle() for program in self._programs))
        await self._all(LIVENESS_S, (program.finish() for program in self._programs))

    async def _fault(self, fault: Fault, start_ns: int) -> None:
        await self._sleep_until(start_ns + fault.at_ns)
        achieved = await self._stage.begin(fault)
        now_ns = self._stage.now_ns()
        self._recorder.record(Faulted(now_ns, fault.id, fault.kind, True, dict(achieved)))
        await self._sleep_until(start_ns + _end_ns(fault, self._plan))
        achieved = await self._stage.end(fault)
        now_ns = self._stage.now_ns()
        self._recorder.record(Faulted(now_ns, fault.id, fault.kind, False, dict(achieved)))

    async def _until_connected(self) -> None:
        deadline_ns = self._stage.now_ns() + int(LIVENESS_S * SECOND_NS)
        while self._stage.now_ns() < deadline_ns:
            if all(program.client.is_settled for program in self._programs):
                return
            await asyncio.sleep(_POLL_S)

    async def _all(
        self, limit_s: float, works: Iterable[Coroutine[None, None, object]]
    ) -> list[object]:
        """Run work on each client's node; None stands for what did not end in time."""
        futures = [
            self._stage.spawn(program.client.name, work)
            for program, work in zip(self._programs, works, strict=True)
        ]
        await self._wait(limit_s, futures)
        return [
            future.result() if future.done() and not future.cancelled() else None
            for future in futures
        ]

    async def _wait(self, limit_s: float, futures: Sequence[asyncio.Future[T]]) -> None:
        if not futures:
            return
        done, late = await asyncio.wait(futures, timeout=limit_s)
        for future in futures:
            if future in late:
                future.cancel()
            elif future in done and not future.cancelled():
                # A program's own mistake is natsim's, not the server's: let it be seen.
                future.result()

    async def _sleep_until(self, at_ns: int) -> None:
        wait_ns = at_ns - self._stage.now_ns()
        if wait_ns > 0:
            await asyncio.sleep(wait_ns / SECOND_NS)


def _end_ns(fault: Fault, plan: Plan) -> int:
    if isinstance(fault, Kill):
        return plan.duration_ns if fault.restart_ns is None else fault.at_ns + fault.restart_ns
    return fault.at_ns + fault.for_ns
