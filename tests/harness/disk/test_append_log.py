"""The append log: what it answers, what it survives, and that a broken one is found out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from natsim.broker.effects import Sync
from natsim.broker.events import Synced
from natsim.harness.mutants.mutant import planted

from .append_log import SEGMENT_BYTES, Acknowledged, AppendLog, Damaged, LogEffect, Ready, Refused
from .benches import RealBench, SimBench
from .campaign import CANARIES, hunt, play
from .log_mutants import MUTANTS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .benches import Bench

SEEDS = 150


def _work(bench: Bench, log: AppendLog, effects: Sequence[LogEffect]) -> list[LogEffect]:
    """Answer every sync until there is none; give all other effects."""
    said: list[LogEffect] = []
    left = list(effects)
    while left:
        effect = left.pop(0)
        if isinstance(effect, Sync):
            (answer,) = bench.sync_all([effect])
            assert isinstance(answer, Synced)
            left += log.on_synced(answer)
        else:
            said.append(effect)
    return said


def _started(bench: Bench) -> tuple[AppendLog, list[bytes]]:
    log = AppendLog(bench.disk)
    (ready,) = _work(bench, log, log.start())
    assert isinstance(ready, Ready)
    return log, ready.payloads


def test_a_record_is_acknowledged_after_its_sync_and_not_before() -> None:
    bench = SimBench(seed=1)
    log, _ = _started(bench)

    effects = log.append(b"one")

    assert [type(effect) for effect in effects] == [Sync]
    assert _work(bench, log, effects) == [Acknowledged(1, b"one")]


def test_records_before_the_log_is_ready_wait() -> None:
    bench = SimBench(seed=1)
    log = AppendLog(bench.disk)
    effects = log.start()

    assert log.append(b"one") == []
    assert _work(bench, log, effects) == [Ready([]), Acknowledged(1, b"one")]


def test_a_full_disk_refuses_a_record_and_takes_the_next() -> None:
    bench = SimBench(seed=1)
    log, _ = _started(bench)
    bench.disk.limit(100)

    assert _work(bench, log, log.append(bytes(200))) == [Refused(bytes(200))]
    assert _work(bench, log, log.append(b"small")) == [Acknowledged(1, b"small")]


def test_rot_in_a_segment_that_is_closed_is_told() -> None:
    bench = SimBench(seed=1)
    log, _ = _started(bench)
    for _ in range(3):
        _work(bench, log, log.append(bytes(SEGMENT_BYTES)))

    bench.disk.rot(bench.disk.durable_names()[0], flips=1)
    bench.disk.kill()

    with pytest.raises(Damaged, match=r"records 1\.\.1 are missing"):
        AppendLog(bench.disk).start()


def test_the_log_is_the_same_on_the_real_disk(tmp_path: Path) -> None:
    payloads = [bytes([number]) * 300 for number in range(40)]
    bench = RealBench(tmp_path / "disk")

    for payload in payloads:
        log, _ = _started(bench)
        _work(bench, log, log.append(payload))
        bench.restart()
    _, found = _started(bench)
    names = bench.disk.list("")
    bench.close()

    assert found == payloads
    assert len(names) > 3


def test_no_crash_breaks_a_promise() -> None:
    tally = play(range(SEEDS))

    assert tally.anomalies == []
    # Nothing is proved by records that were never at stake.
    assert tally.acknowledged > 5_000
    assert tally.gone > 500
    assert tally.power_cuts > 400
    assert tally.failed_syncs > 10


@pytest.mark.parametrize("name", list(CANARIES))
def test_a_broken_log_is_found_out(name: str) -> None:
    with planted(MUTANTS[name]):
        seed = hunt(range(SEEDS), MUTANTS[name].caught_by)

    assert seed is not None


def test_all_bugs_but_the_rarest_are_looked_for_here() -> None:
    assert set(MUTANTS) - set(CANARIES) == {"trust-any-answer-for-the-name"}
