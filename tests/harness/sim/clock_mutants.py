"""Bugs planted in the clocks of nodes: each breaks one promise of a machine's clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from natsim.harness.mutants.mutant import Function, Mutant
from natsim.harness.sim.interpose import running_node

if TYPE_CHECKING:
    from natsim.harness.sim.clock import Clock
    from natsim.harness.sim.loop import SimLoop
    from natsim.harness.sim.node import Node

_MILLION = 1_000_000


def _move_the_monotonic_clock_too(original: Function) -> Function:
    def jump(self: Any, by_ns: int) -> None:
        original(self, by_ns)
        self._parts += by_ns * _MILLION
        self.monotonic = self

    return jump


def _drift_twice(original: Function) -> Function:
    def drift(self: Any, ppm: int) -> None:
        original(self, ppm)
        self._rate = self._rate**2 // _MILLION

    return drift


def _drop_the_fraction(original: Function) -> Function:
    def drift(self: Any, ppm: int) -> None:
        original(self, ppm)
        self._parts -= self._parts % _MILLION

    return drift


def _round_down(original: Function) -> Function:
    def true_ns(self: Any, mono_ns: int) -> int:
        at_ns: int = original(self, mono_ns)
        return at_ns if self.monotonic is not self else at_ns - 1

    return true_ns


def _ask_the_world(_: Function) -> Function:
    def read_clock(self: SimLoop) -> Clock:
        return self.world.clock

    return read_clock


def _leave_what_waits(_: Function) -> Function:
    def retime(self: Any) -> None:
        self._clock = self._read_clock()

    return retime


def _forget_jumps(original: Function) -> Function:
    def restart(self: Any) -> None:
        self.clock._ahead_ns = self._world.start_wall_ns
        original(self)

    return restart


def _forget_drift(original: Function) -> Function:
    def restart(self: Node) -> None:
        self.clock.drift(0)
        original(self)

    return restart


def _stop_the_clock(original: Function) -> Function:
    def pause(self: Any) -> None:
        original(self)
        self.clock.drift(self.clock.drift_ppm)  # count what went by so far
        self.clock._rate = 1

    return pause


def _read_true_time(_: Function) -> Function:
    def monotonic(self: object) -> float:
        node: Any = running_node()
        seconds: float = node._world.clock.now_ns / 1_000_000_000
        return seconds

    return monotonic


_CLOCK = "natsim.harness.sim.node_clock:NodeClock"
_LOOP = "natsim.harness.sim.loop:SimLoop"
_NODE = "natsim.harness.sim.node:Node"

CLOCK_MUTANTS = (
    Mutant(
        name="a-jump-moves-the-monotonic-clock",
        sentence="A jump sets the monotonic clock too, so it can go back.",
        target=f"{_CLOCK}.jump",
        make=_move_the_monotonic_clock_too,
        caught_by=("monotonic", "jumps", "timers-through-a-jump"),
    ),
    Mutant(
        name="drift-applied-twice",
        sentence="A clock drifts by what its drift gives when applied to itself.",
        target=f"{_CLOCK}.drift",
        make=_drift_twice,
        caught_by=("rate", "exact", "names-for-the-time"),
    ),
    Mutant(
        name="a-change-of-rate-drops-the-fraction",
        sentence="Each change of the rate loses up to a nanosecond.",
        target=f"{_CLOCK}.drift",
        make=_drop_the_fraction,
        caught_by=("nothing-lost",),
    ),
    Mutant(
        name="timers-a-nanosecond-early",
        sentence="A timer fires just before its clock reads its time.",
        target=f"{_CLOCK}.true_ns",
        make=_round_down,
        caught_by=("timers", "first-instant"),
    ),
    Mutant(
        name="timers-by-true-time",
        sentence="A loop goes by the world's clock, whatever its node's says.",
        target=f"{_LOOP}._read_clock",
        make=_ask_the_world,
        caught_by=("timers", "call-at", "names-for-the-time", "restart"),
    ),
    Mutant(
        name="what-waits-keeps-its-time",
        sentence="A timer that waits does not hear that its clock goes faster or slower now.",
        target=f"{_LOOP}.retime",
        make=_leave_what_waits,
        caught_by=("timers-that-wait",),
    ),
    Mutant(
        name="jump-forgotten-at-restart",
        sentence="A new process finds the wall clock as it was before it jumped.",
        target=f"{_NODE}.restart",
        make=_forget_jumps,
        caught_by=("restart",),
    ),
    Mutant(
        name="drift-forgotten-at-restart",
        sentence="A new process finds a clock that no longer drifts.",
        target=f"{_NODE}.restart",
        make=_forget_drift,
        caught_by=("restart",),
    ),
    Mutant(
        name="a-pause-stops-the-clock",
        sentence="From a pause on, the monotonic clock all but stands.",
        target=f"{_NODE}.pause",
        make=_stop_the_clock,
        caught_by=("pause",),
    ),
    Mutant(
        name="a-client-reads-true-time",
        sentence="The client's time.monotonic is the world's, not its node's.",
        target="natsim.harness.sim.interpose:NodeTime.monotonic",
        make=_read_true_time,
        caught_by=("names-for-the-time",),
    ),
)
