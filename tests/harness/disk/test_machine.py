"""Any work and any crashes: the simulated disk shows what a naive one allows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from natsim.broker.disk import DiskError, DiskFault
from natsim.broker.effects import Sync
from natsim.broker.events import Synced
from natsim.harness.mutants.disk import DISK_MUTANTS
from natsim.harness.mutants.mutant import planted

from .benches import SimBench
from .naive import UNSYNCED_MOVES_MAX, NaiveDisk, NaiveFile

NAMES = st.sampled_from(["a", "b", "c"])
CHUNKS = st.one_of(st.binary(max_size=12), st.integers(400, 1600).map(lambda n: b"\xa5" * n))


class DiskMachine(RuleBasedStateMachine):
    """Both disks, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.bench = SimBench(0)
        self.naive = NaiveDisk()
        self.ticket = 0

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.bench = SimBench(seed)

    def _may_move(self) -> bool:
        return len(self.naive.moves) < UNSYNCED_MOVES_MAX

    @precondition(_may_move)
    @rule(name=NAMES)
    def create(self, name: str) -> None:
        if name in self.naive.names:
            self._expect(DiskFault.EXISTS, lambda: self.bench.disk.create(name))
        else:
            self.bench.disk.create(name)
            self.naive.move((NaiveFile(), None, name))

    @rule(name=NAMES, chunk=CHUNKS)
    def append(self, name: str, chunk: bytes) -> None:
        file = self.naive.names.get(name)
        if file is None:
            self._expect(DiskFault.NOT_FOUND, lambda: self.bench.disk.append(name, chunk))
        else:
            self.bench.disk.append(name, chunk)
            file.write(file.content + chunk)

    @rule(name=NAMES, size=st.integers(0, 1200))
    def truncate(self, name: str, size: int) -> None:
        file = self.naive.names.get(name)
        if file is not None:
            size = min(size, len(file.content))
            self.bench.disk.truncate(name, size)
            file.write(file.content[:size])

    @precondition(_may_move)
    @rule(old=NAMES, new=NAMES)
    def rename(self, old: str, new: str) -> None:
        file = self.naive.names.get(old)
        if file is None:
            self._expect(DiskFault.NOT_FOUND, lambda: self.bench.disk.rename(old, new))
        else:
            self.bench.disk.rename(old, new)
            if old != new:
                self.naive.move((file, old, new))

    @precondition(_may_move)
    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        file = self.naive.names.get(name)
        if file is None:
            self._expect(DiskFault.NOT_FOUND, lambda: self.bench.disk.remove(name))
        else:
            self.bench.disk.remove(name)
            self.naive.move((file, name, None))

    @rule(has_names=st.booleans(), picked=st.frozensets(NAMES))
    def sync(self, has_names: bool, picked: frozenset[str]) -> None:
        files = tuple(name for name in sorted(picked) if name in self.naive.names)
        self.ticket += 1

        answers = self.bench.sync_all([Sync(self.ticket, files, ("",) if has_names else ())])

        assert answers == [Synced(self.ticket)]
        for name in files:
            self.naive.names[name].sync()
        if has_names:
            self.naive.sync_names()

    @rule()
    def kill(self) -> None:
        self.bench.disk.kill()

    @rule()
    def power(self) -> None:
        self.bench.disk.power()
        self.naive.settle(self._content())

    @invariant()
    def both_show_the_same(self) -> None:
        assert self._content() == {
            name: file.content for name, file in self.naive.names.items()
        }  # fmt: skip

    def _content(self) -> dict[str, bytes]:
        disk = self.bench.disk
        return {name: disk.pread(name, 0, disk.size(name)) for name in disk.list("")}

    def _expect(self, fault: DiskFault, call: Callable[[], None]) -> None:
        with pytest.raises(DiskError) as raised:
            call()
        assert raised.value.fault is fault


TestDisk = DiskMachine.TestCase
TestDisk.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize(
    "name", ["lose-the-synced", "tear-the-synced", "rename-in-two-strokes", "kill-the-cache"]
)
def test_the_machine_finds_a_planted_bug(name: str) -> None:
    hunt = settings(
        max_examples=500,
        stateful_step_count=40,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
    )

    with planted(DISK_MUTANTS[name]), pytest.raises(AssertionError):
        run_state_machine_as_test(DiskMachine, settings=hunt)  # type: ignore[no-untyped-call]
