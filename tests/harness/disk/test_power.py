"""What the simulated disk may lose and what not; each is also asked of disks with planted bugs."""

from __future__ import annotations

from collections import Counter

import pytest

from natsim.broker.disk import DiskError, DiskFault, Operation
from natsim.broker.effects import Sync
from natsim.broker.events import Synced, SyncFailed
from natsim.harness.sim.disk_faults import PowerCut
from natsim.harness.sim.disk_file import SECTOR_BYTES

from .benches import SimBench, sync

SEEDS = range(300)
TEXT = bytes(1 + n % 251 for n in range(4 * SECTOR_BYTES))  # no zeros in it


def _bench(seed: int, **files: bytes) -> SimBench:
    """Give a disk on which these files are synced, with their names."""
    bench = SimBench(seed)
    for name, content in files.items():
        bench.disk.create(name)
        bench.disk.append(name, content)
    sync(bench, list(files), [""])
    return bench


def _read(bench: SimBench, name: str) -> bytes:
    return bench.disk.pread(name, 0, bench.disk.size(name))


def _all(bench: SimBench) -> dict[str, bytes]:
    return {name: _read(bench, name) for name in bench.disk.list("") if name[-1] != "/"}


def test_what_is_synced_is_there_after_the_power() -> None:
    for seed in SEEDS:
        bench = _bench(seed, a=b"begin")
        bench.disk.append("a", TEXT)
        sync(bench, ["a"])

        bench.disk.power()

        assert _all(bench) == {"a": b"begin" + TEXT}


def test_a_power_cut_harms_no_bytes_that_were_synced() -> None:
    for seed in SEEDS:
        bench = _bench(seed, a=TEXT[:700])
        bench.disk.append("a", TEXT[700:])

        bench.disk.power()
        bench.disk.power()

        assert _read(bench, "a")[:700] == TEXT[:700]


def test_what_is_not_synced_is_applied_dropped_truncated_or_garbled() -> None:
    kinds: Counter[str] = Counter()
    for seed in SEEDS:
        bench = _bench(seed, a=b"")
        for at in range(0, len(TEXT), 1000):
            bench.disk.append("a", TEXT[at : at + 1000])

        bench.disk.power()

        kinds[_kind(_read(bench, "a"))] += 1

    assert min(kinds[kind] for kind in ("applied", "dropped", "truncated", "hole", "garbled")) > 3


def _kind(found: bytes) -> str:
    assert len(found) <= len(TEXT)
    if found == TEXT[: len(found)]:
        return {0: "dropped", len(TEXT): "applied"}.get(len(found), "truncated")
    is_hole = all(byte in (0, TEXT[at]) for at, byte in enumerate(found))
    return "hole" if is_hole else "garbled"


def test_a_truncate_that_is_not_synced_may_be_undone_and_no_more() -> None:
    sizes: Counter[int] = Counter()
    for seed in SEEDS:
        bench = _bench(seed, a=TEXT[:900])
        bench.disk.truncate("a", 100)

        bench.disk.power()

        found = _read(bench, "a")
        assert found == TEXT[: len(found)]
        sizes[len(found)] += 1

    assert sorted(sizes) == [100, 900]


def test_bytes_may_be_kept_under_a_size_that_is_older() -> None:
    found: Counter[bytes] = Counter()
    for seed in SEEDS:
        bench = _bench(seed, a=b"old!")
        bench.disk.truncate("a", 0)
        bench.disk.append("a", b"ne")

        bench.disk.power()

        found[_read(bench, "a")] += 1

    assert min(found[each] for each in (b"old!", b"ne", b"ned!", b"")) > 0


def test_each_name_is_kept_or_lost_for_itself() -> None:
    found: Counter[tuple[str, ...]] = Counter()
    for seed in SEEDS:
        bench = _bench(seed, a=b"")
        bench.disk.create("b")
        bench.disk.rename("a", "c")

        bench.disk.power()

        found[tuple(bench.disk.list(""))] += 1

    assert sorted(found) == [("a",), ("a", "b"), ("b", "c"), ("c",)]


def test_what_became_of_one_name_is_kept_in_order() -> None:
    found: Counter[tuple[str, ...]] = Counter()
    for seed in SEEDS:
        bench = _bench(seed)
        bench.disk.create("a")
        bench.disk.rename("a", "b")
        bench.disk.remove("b")
        bench.disk.create("a")

        bench.disk.power()

        found[tuple(bench.disk.list(""))] += 1

    # Both: the remove of b is lost, and the second a is another name's matter.
    assert sorted(found) == [(), ("a",), ("a", "b"), ("b",)]


def test_a_rename_is_whole_or_has_not_been() -> None:
    old = {"a": b"new", "b": b"old"}
    outcomes: Counter[bool] = Counter()
    for seed in SEEDS:
        bench = _bench(seed, **old)
        bench.disk.rename("a", "b")

        bench.disk.power()

        found = _all(bench)
        assert found in (old, {"b": b"new"})
        outcomes[found == old] += 1

    assert len(outcomes) == 2


def test_a_name_may_be_lost_though_its_bytes_were_synced() -> None:
    found: Counter[bool] = Counter()
    for seed in SEEDS:
        bench = _bench(seed)
        bench.disk.create("a")
        bench.disk.append("a", TEXT)
        sync(bench, ["a"])

        bench.disk.power()

        assert _all(bench) in ({}, {"a": TEXT})
        found["a" in bench.disk.list("")] += 1

    assert len(found) == 2


def test_bytes_may_be_lost_though_their_name_was_synced() -> None:
    found: Counter[bool] = Counter()
    for seed in SEEDS:
        bench = _bench(seed)
        bench.disk.create("a")
        bench.disk.append("a", TEXT)
        sync(bench, dirs=[""])

        bench.disk.power()

        found[_read(bench, "a") == TEXT] += 1

    assert len(found) == 2


def test_a_sync_of_a_directory_keeps_what_its_names_came_from() -> None:
    for seed in SEEDS:
        bench = SimBench(seed)
        bench.disk.create("x/a")
        bench.disk.rename("x/a", "y/b")
        bench.disk.create("y/c")
        sync(bench, dirs=["y"])

        bench.disk.power()

        assert bench.disk.list("y") == ["b", "c"]
        assert "x/" not in bench.disk.list("") or bench.disk.list("x") == []


def test_a_directory_that_is_synced_stays_and_another_may() -> None:
    found: Counter[tuple[str, ...]] = Counter()
    for seed in SEEDS:
        bench = SimBench(seed)
        for name in ("x/y/a", "z/a"):
            bench.disk.create(name)
            bench.disk.remove(name)
        sync(bench, dirs=["x/y"])

        bench.disk.power()

        found[tuple(bench.disk.list(""))] += 1

    assert sorted(found) == [("x/",), ("x/", "z/")]


def test_a_sync_keeps_what_was_done_before_it_and_no_more() -> None:
    found: Counter[bool] = Counter()
    answers: list[Synced | SyncFailed] = []
    for seed in SEEDS:
        bench = _bench(seed, a=b"")
        bench.disk.append("a", b"before")
        bench.disk.sync(Sync(1, ("a",), ("",)), answers.append)
        bench.disk.append("a", b" and after")
        bench.disk.create("late")
        bench.clock.advance(10**10)

        bench.disk.power()

        assert _read(bench, "a").startswith(b"before")
        found["late" in bench.disk.list("") or _read(bench, "a") != b"before"] += 1

    assert answers == [Synced(1)] * len(SEEDS)
    assert min(found[True], found[False]) > 10


@pytest.mark.parametrize("crash", ["kill", "power"])
def test_a_process_that_is_gone_is_answered_nothing(crash: str) -> None:
    bench = _bench(1, a=b"")
    answers: list[Synced | SyncFailed] = []
    bench.disk.append("a", TEXT)
    bench.disk.sync(Sync(1, ("a",), ()), answers.append)

    getattr(bench.disk, crash)()
    bench.clock.advance(10**10)

    assert answers == []


def test_a_sync_that_was_cut_off_promises_nothing() -> None:
    found: Counter[bool] = Counter()
    for seed in SEEDS:
        bench = _bench(seed, a=b"")
        bench.disk.append("a", TEXT)
        bench.disk.sync(Sync(1, ("a",), ()), lambda _: None)

        bench.disk.power()

        found[_read(bench, "a") == TEXT] += 1

    assert len(found) == 2


def test_a_kill_loses_nothing() -> None:
    bench = _bench(1, a=b"1", b=b"2")
    bench.disk.append("a", TEXT)
    bench.disk.rename("b", "c")

    bench.disk.kill()

    assert _all(bench) == {"a": b"1" + TEXT, "c": b"2"}


def test_a_file_whose_sync_failed_is_poisoned() -> None:
    bench = _bench(1, a=b"1", b=b"2")
    bench.disk.fail(Operation.SYNC, DiskFault.IO)

    failed = bench.sync_all([Sync(1, ("a",), ()), Sync(2, ("a", "b"), ())])
    again = sync(bench, ["a"], ticket=3)

    assert SyncFailed(1, DiskFault.IO, ("a",)) in failed
    assert again == SyncFailed(3, DiskFault.POISONED, ("a",))
    for write in (lambda: bench.disk.append("a", b"x"), lambda: bench.disk.truncate("a", 0)):
        with pytest.raises(DiskError) as raised:
            write()
        assert raised.value.fault is DiskFault.POISONED
    assert _read(bench, "a") == b"1"
    bench.disk.append("b", b"x")


def test_a_sync_that_was_asked_before_another_failed_fails_too() -> None:
    for seed in SEEDS:
        bench = _bench(seed, a=b"1")
        bench.disk.fail(Operation.SYNC, DiskFault.IO)

        answers = bench.sync_all([Sync(1, ("a",), ()), Sync(2, ("a",), ())])

        # The second is good only if it was done before the first failed.
        assert [type(answer) for answer in answers] in (
            [SyncFailed, SyncFailed],
            [Synced, SyncFailed],
        )


def test_a_kernel_never_tries_again_what_it_could_not_write() -> None:
    kept: Counter[bool] = Counter()
    for seed in SEEDS:
        bench = _bench(seed, a=b"")
        bench.disk.append("a", TEXT)
        bench.disk.fail(Operation.SYNC, DiskFault.IO)
        sync(bench, ["a"])
        bench.disk.kill()
        assert _read(bench, "a") == TEXT
        assert sync(bench, ["a"], [""]) == Synced(1)

        bench.disk.power()

        kept[_read(bench, "a") == TEXT] += 1

    assert min(kept[True], kept[False]) > 10


def test_a_directory_whose_sync_failed_takes_no_name_until_the_process_ends() -> None:
    bench = _bench(1, a=b"")
    bench.disk.fail(Operation.SYNC, DiskFault.IO)
    sync(bench, dirs=[""])

    for change in (
        lambda: bench.disk.create("b"),
        lambda: bench.disk.rename("a", "x/a"),
        lambda: bench.disk.remove("a"),
    ):
        with pytest.raises(DiskError) as raised:
            change()
        assert raised.value.fault is DiskFault.POISONED
    bench.disk.kill()
    bench.disk.create("b")
    assert sync(bench, dirs=[""]) == Synced(1)


def test_rot_flips_bits_of_what_is_durable() -> None:
    bench = _bench(1, a=TEXT)

    offsets = bench.disk.rot("a", flips=1)
    shown = _read(bench, "a")
    bench.disk.power()

    assert [at for at, byte in enumerate(shown) if byte != TEXT[at]] == list(offsets)
    assert (shown[offsets[0]] ^ TEXT[offsets[0]]).bit_count() == 1
    assert _read(bench, "a") == shown


def test_rot_is_hidden_by_what_the_cache_holds_newer() -> None:
    bench = _bench(1, a=TEXT)
    bench.disk.truncate("a", 0)
    bench.disk.append("a", b"new")

    bench.disk.rot("a", flips=5)

    assert _read(bench, "a") == b"new"


def test_there_is_no_rot_of_nothing() -> None:
    bench = _bench(1, a=b"")

    assert bench.disk.rot("a", flips=3) == ()
    with pytest.raises(DiskError):
        bench.disk.rot("n", flips=3)


@pytest.mark.parametrize("call", [1, 2, 3])
def test_the_power_is_cut_at_a_call_which_never_happens(call: int) -> None:
    bench = _bench(1, a=b"")
    bench.disk.cut_power_at(call)

    for _ in range(call - 1):
        bench.disk.append("a", b"x")
    with pytest.raises(PowerCut) as raised:
        bench.disk.append("a", b"x")
    with pytest.raises(PowerCut):
        bench.disk.size("a")
    bench.disk.kill()

    assert raised.value.call == 2 + call
    assert _read(bench, "a") == b"x" * (call - 1)


def test_one_file_more_moves_nothing_of_another() -> None:
    def outcome(seed: int, has_more: bool) -> bytes:
        bench = _bench(seed, a=b"")
        bench.disk.append("a", TEXT)
        if has_more:
            bench.disk.create("b")
            bench.disk.append("b", TEXT)
        bench.disk.append("a", TEXT)
        bench.disk.power()
        return _read(bench, "a")

    assert [outcome(seed, True) for seed in SEEDS] == [outcome(seed, False) for seed in SEEDS]
