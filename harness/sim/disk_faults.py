"""What a simulated disk is told to do wrong, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.record import record

if TYPE_CHECKING:
    from natsim.broker.disk import DiskFault, Operation


class PowerCut(BaseException):
    """The power went in the middle of a call: nothing that the caller meant to do happens.

    No Exception, so that only the door of the process may catch it. call: which of the disk.
    """

    def __init__(self, call: int) -> None:
        super().__init__(f"the power was cut at call {call} of the disk")
        self.call = call


@record
class _Failure:
    operation: Operation
    fault: DiskFault
    spared: int
    left: int


class DiskFaults:
    """The faults of one disk that are set and not used up.

    Laws of the class: a slow disk is as slow as it was told last; undoing goes by the same value.
    """

    __slots__ = ("_cut_call", "_failures", "_latencies", "capacities", "is_off")

    def __init__(self, latency_ns: tuple[int, int]) -> None:
        self._latencies = [latency_ns]
        self._failures: list[_Failure] = []
        self._cut_call: int | None = None
        self.capacities: list[int] = []
        self.is_off = False

    @property
    def latency_ns(self) -> tuple[int, int]:
        """The shortest and longest time that a sync takes now."""
        return self._latencies[-1]

    def slow(self, latency_ns: tuple[int, int]) -> None:
        """Let syncs take another time."""
        self._latencies.append(latency_ns)

    def unslow(self, latency_ns: tuple[int, int]) -> None:
        """Undo the last `slow` with this latency."""
        for index in range(len(self._latencies) - 1, 0, -1):
            if self._latencies[index] == latency_ns:
                del self._latencies[index]
                return
        raise ValueError(f"the disk was not slowed to {latency_ns}")

    def fail(self, operation: Operation, fault: DiskFault, spared: int, count: int) -> None:
        """Let an operation go well so many times more, then fail so many times."""
        self._failures.append(_Failure(operation, fault, spared, count))

    def forget_failures(self) -> None:
        """Let all go well again."""
        self._failures.clear()

    def fault_of(self, operation: Operation) -> DiskFault | None:
        """Count an operation, and tell what goes wrong with it, if anything."""
        fault = None
        for index, failure in enumerate(self._failures):
            if failure.operation is not operation:
                continue
            if failure.spared:
                self._failures[index] = _Failure(
                    operation, failure.fault, failure.spared - 1, failure.left
                )
            elif failure.left and fault is None:
                self._failures[index] = _Failure(operation, failure.fault, 0, failure.left - 1)
                fault = failure.fault
        self._failures = [failure for failure in self._failures if failure.left]
        return fault

    def cut_at(self, call: int) -> None:
        """Cut the power at a call."""
        self._cut_call = call

    def check_power(self, call: int) -> None:
        """Raise PowerCut if this is the call, or if one went before it and nobody looked."""
        if self._cut_call is not None and call >= self._cut_call:
            self.is_off = True
        if self.is_off:
            raise PowerCut(call)

    def power(self) -> None:
        """Give power again."""
        self._cut_call = None
        self.is_off = False
