"""The simulated disk full, slow, and erring at the n-th call."""

from __future__ import annotations

import pytest

from natsim.broker.disk import DiskError, DiskFault, Operation
from natsim.broker.effects import Sync
from natsim.broker.events import Synced, SyncFailed

from .benches import SimBench, sync


@pytest.fixture
def bench() -> SimBench:
    """A disk with the file a, of one byte."""
    bench = SimBench(seed=1)
    bench.disk.create("a")
    bench.disk.append("a", b"1")
    return bench


def test_a_full_disk_takes_what_fits_and_no_part_of_more(bench: SimBench) -> None:
    bench.disk.limit(10)
    bench.disk.append("a", bytes(8))

    with pytest.raises(DiskError) as raised:
        bench.disk.append("a", b"23")

    assert raised.value.fault is DiskFault.FULL
    assert bench.disk.size("a") == 9
    bench.disk.append("a", b"2")


def test_a_full_disk_has_room_again_for_what_was_removed(bench: SimBench) -> None:
    bench.disk.limit(1)
    bench.disk.create("b")

    bench.disk.remove("a")
    bench.disk.append("b", b"1")

    assert bench.disk.used_bytes == 1


def test_of_several_limits_the_least_counts_until_it_is_undone(bench: SimBench) -> None:
    bench.disk.limit(100)
    bench.disk.limit(1)

    with pytest.raises(DiskError):
        bench.disk.append("a", b"2")
    bench.disk.unlimit(1)
    bench.disk.append("a", b"2")

    assert bench.disk.size("a") == 2


@pytest.mark.parametrize("fault", [DiskFault.IO, DiskFault.FULL])
def test_an_operation_fails_at_its_nth_call_and_does_nothing(
    bench: SimBench, fault: DiskFault
) -> None:
    bench.disk.fail(Operation.APPEND, fault, spared=1, count=2)
    outcomes: list[str] = []

    for _ in range(4):
        bench.disk.size("a")
        try:
            bench.disk.append("a", b"x")
        except DiskError as error:
            outcomes.append(error.fault.name)
        else:
            outcomes.append("done")

    assert outcomes == ["done", fault.name, fault.name, "done"]
    assert bench.disk.pread("a", 0, 9) == b"1xx"


@pytest.mark.parametrize(
    "operation", [operation for operation in Operation if operation is not Operation.SYNC]
)
def test_every_operation_can_fail(bench: SimBench, operation: Operation) -> None:
    bench.disk.fail(operation, DiskFault.IO)
    calls = {
        Operation.CREATE: lambda: bench.disk.create("b"),
        Operation.APPEND: lambda: bench.disk.append("a", b"x"),
        Operation.PREAD: lambda: bench.disk.pread("a", 0, 1),
        Operation.TRUNCATE: lambda: bench.disk.truncate("a", 0),
        Operation.RENAME: lambda: bench.disk.rename("a", "b"),
        Operation.LIST: lambda: bench.disk.list(""),
        Operation.REMOVE: lambda: bench.disk.remove("a"),
        Operation.SIZE: lambda: bench.disk.size("a"),
    }

    with pytest.raises(DiskError) as raised:
        calls[operation]()

    assert (raised.value.fault, raised.value.operation) == (DiskFault.IO, operation)
    assert (bench.disk.list(""), bench.disk.pread("a", 0, 9)) == (["a"], b"1")


def test_the_nth_sync_fails_with_all_that_it_names(bench: SimBench) -> None:
    bench.disk.fail(Operation.SYNC, DiskFault.FULL, spared=1)

    assert sync(bench, ["a"], [""], ticket=1) == Synced(1)
    assert sync(bench, ["a"], [""], ticket=2) == SyncFailed(2, DiskFault.FULL, ("a", ""))


def test_failures_are_forgotten_when_told(bench: SimBench) -> None:
    bench.disk.fail(Operation.APPEND, DiskFault.IO, count=9)

    bench.disk.forget_failures()
    bench.disk.append("a", b"2")

    assert bench.disk.size("a") == 2


def test_a_slow_disk_answers_late_and_is_fast_again(bench: SimBench) -> None:
    times: list[int] = []
    for latency_ns in ((7_000, 7_000), (5, 9)):
        bench.disk.slow(latency_ns)
    bench.disk.unslow((5, 9))

    bench.disk.sync(Sync(1, ("a",), ()), lambda _: times.append(bench.clock.now_ns))
    bench.clock.advance(10**10)

    assert times == [7_000]
    with pytest.raises(ValueError, match="was not slowed"):
        bench.disk.unslow((5, 9))


def test_a_sync_takes_a_time_in_its_interval(bench: SimBench) -> None:
    times: dict[int, None] = {}
    bench.disk.slow((100, 103))

    for _ in range(100):
        began_ns = bench.clock.now_ns
        sync(bench, ["a"])
        times[bench.clock.now_ns - began_ns] = None

    assert sorted(times) == [100, 101, 102, 103]
