"""What only the real disk can show: a kernel's own errors, bounds, other processes' files."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from natsim.broker.disk import DiskError, DiskFault
from natsim.broker.effects import Sync
from natsim.broker.events import Synced, SyncFailed
from natsim.harness.disk import RealDisk

from .benches import RealBench, sync

FULL = Path("/dev/full")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[RealBench]:
    bench = RealBench(tmp_path / "disk")
    yield bench
    bench.close()


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
def test_a_kernel_without_space_is_full_and_half_a_chunk_poisons(
    bench: RealBench, tmp_path: Path
) -> None:
    (tmp_path / "disk" / "a").symlink_to(FULL)

    faults: list[DiskFault] = []
    for _ in range(2):
        with pytest.raises(DiskError) as raised:
            bench.disk.append("a", b"x")
        faults.append(raised.value.fault)

    # A device cannot be cut back to what it was, so nobody may write behind it.
    assert faults == [DiskFault.FULL, DiskFault.POISONED]


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
def test_a_file_that_the_kernel_cannot_sync_is_poisoned_and_no_other(
    bench: RealBench, tmp_path: Path
) -> None:
    (tmp_path / "disk" / "a").symlink_to(FULL)
    bench.disk.create("b")

    assert sync(bench, ["a", "b"], ticket=1) == SyncFailed(1, DiskFault.IO, ("a",))
    assert sync(bench, ["a"], ticket=2) == SyncFailed(2, DiskFault.POISONED, ("a",))
    assert sync(bench, ["b"], ticket=3) == Synced(3)
    with pytest.raises(DiskError, match="an earlier sync of it failed"):
        bench.disk.append("a", b"x")


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full here")
def test_a_sync_that_waits_behind_one_that_fails_is_not_tried(
    bench: RealBench, tmp_path: Path
) -> None:
    (tmp_path / "disk" / "a").symlink_to(FULL)

    answers = bench.sync_all([Sync(1, ("a",), ("",)), Sync(2, ("a",), ("",))])

    assert answers == [
        SyncFailed(1, DiskFault.IO, ("a",)),
        SyncFailed(2, DiskFault.POISONED, ("a",)),
    ]


def test_few_files_are_open_however_many_are_used(bench: RealBench) -> None:
    before = len(os.listdir("/proc/self/fd"))  # noqa: PTH208

    for number in range(40):
        bench.disk.create(f"{number}")
        bench.disk.append(f"{number}", b"x")
    sync(bench, [f"{number}" for number in range(40)], [""])

    assert len(os.listdir("/proc/self/fd")) <= before + 4  # noqa: PTH208
    assert [bench.disk.pread(f"{number}", 0, 9) for number in range(40)] == [b"x"] * 40


def test_syncs_are_answered_on_the_loop_after_the_file_has_another_name(bench: RealBench) -> None:
    bench.disk.create("a")
    bench.disk.append("a", b"x")

    bench.disk.rename("a", "x/b")

    assert sync(bench, ["x/b"], ["", "x"]) == Synced(1)


def test_a_disk_is_made_in_directories_that_are_not_there(tmp_path: Path) -> None:
    loop = asyncio.new_event_loop()
    disk = RealDisk(tmp_path / "p" / "q", loop)

    disk.create("a")
    disk.close()
    loop.close()

    assert (tmp_path / "p" / "q" / "a").stat().st_mode & 0o777 == 0o600


def test_what_waits_when_it_is_closed_is_not_answered(bench: RealBench) -> None:
    bench.disk.create("a")
    answers: list[Synced | SyncFailed] = []

    for ticket in range(3):
        bench.disk.sync(Sync(ticket, ("a",), ("",)), answers.append)
    bench.restart()

    assert answers == []
