"""What every disk keeps: asked of the simulated one and of the real one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from natsim.broker.disk import Disk, DiskError, DiskFault
from natsim.broker.effects import Sync
from natsim.broker.events import Synced, SyncFailed

from .benches import Bench, RealBench, SimBench, sync

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=["simulated", "real"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    bench: Bench = SimBench(seed=1) if request.param == "simulated" else RealBench(tmp_path / "d")
    yield bench
    bench.close()


def _fill(disk: Disk, **files: bytes) -> None:
    for name, content in files.items():
        disk.create(name)
        disk.append(name, content)


def _read(disk: Disk, name: str) -> bytes:
    return disk.pread(name, 0, disk.size(name))


def test_what_is_appended_is_read_in_order(bench: Bench) -> None:
    bench.disk.create("a")

    for chunk in (b"one ", b"", b"two ", bytes(5000)):
        bench.disk.append("a", chunk)

    assert _read(bench.disk, "a") == b"one two " + bytes(5000)


@pytest.mark.parametrize(
    ("offset", "size", "expected"),
    [(0, 3, b"abc"), (1, 2, b"bc"), (4, 9, b"ef"), (6, 1, b""), (99, 1, b""), (2, 0, b"")],
)
def test_a_read_ends_with_the_file(bench: Bench, offset: int, size: int, expected: bytes) -> None:
    _fill(bench.disk, a=b"abcdef")

    assert bench.disk.pread("a", offset, size) == expected


def test_an_append_after_a_truncate_follows_what_is_left(bench: Bench) -> None:
    _fill(bench.disk, a=b"abcdef")

    bench.disk.truncate("a", 2)
    bench.disk.append("a", b"X")

    assert _read(bench.disk, "a") == b"abX"


def test_a_file_is_found_under_its_new_name_alone(bench: Bench) -> None:
    _fill(bench.disk, a=b"1")

    bench.disk.rename("a", "b")

    assert bench.disk.list("") == ["b"]
    assert _read(bench.disk, "b") == b"1"


def test_a_rename_takes_the_place_of_another_file(bench: Bench) -> None:
    _fill(bench.disk, a=b"new", b=b"old and longer")

    bench.disk.rename("a", "b")
    bench.disk.append("b", b"er")

    assert bench.disk.list("") == ["b"]
    assert _read(bench.disk, "b") == b"newer"


def test_a_rename_to_itself_changes_nothing(bench: Bench) -> None:
    _fill(bench.disk, a=b"1")

    bench.disk.rename("a", "a")

    assert _read(bench.disk, "a") == b"1"


def test_a_removed_name_can_be_made_again_and_is_empty(bench: Bench) -> None:
    _fill(bench.disk, a=b"1")

    bench.disk.remove("a")
    bench.disk.create("a")

    assert bench.disk.size("a") == 0


def test_directories_come_with_a_name_and_stay(bench: Bench) -> None:
    bench.disk.create("x/y/a")
    bench.disk.create("x/b")
    bench.disk.create("c")
    bench.disk.remove("x/y/a")

    assert [bench.disk.list(name) for name in ("", "x", "x/y")] == [["c", "x/"], ["b", "y/"], []]


def test_a_file_is_renamed_into_a_new_directory(bench: Bench) -> None:
    _fill(bench.disk, a=b"1")

    bench.disk.rename("a", "x/a")

    assert (bench.disk.list(""), _read(bench.disk, "x/a")) == (["x/"], b"1")


_REFUSED: list[tuple[str, Callable[[Disk], object], DiskFault]] = [
    ("create what is there", lambda disk: disk.create("a"), DiskFault.EXISTS),
    ("create a directory's name", lambda disk: disk.create("x"), DiskFault.EXISTS),
    ("create below a file", lambda disk: disk.create("a/b"), DiskFault.EXISTS),
    ("append to nothing", lambda disk: disk.append("n", b"1"), DiskFault.NOT_FOUND),
    ("append to a directory", lambda disk: disk.append("x", b"1"), DiskFault.EXISTS),
    ("read nothing", lambda disk: disk.pread("n", 0, 1), DiskFault.NOT_FOUND),
    ("truncate nothing", lambda disk: disk.truncate("n", 0), DiskFault.NOT_FOUND),
    ("rename nothing", lambda disk: disk.rename("n", "m"), DiskFault.NOT_FOUND),
    ("rename nothing to itself", lambda disk: disk.rename("n", "n"), DiskFault.NOT_FOUND),
    ("rename over a directory", lambda disk: disk.rename("a", "x"), DiskFault.EXISTS),
    ("rename below itself", lambda disk: disk.rename("a", "a/b"), DiskFault.EXISTS),
    ("rename a directory", lambda disk: disk.rename("x", "z"), DiskFault.EXISTS),
    ("remove nothing", lambda disk: disk.remove("n"), DiskFault.NOT_FOUND),
    ("remove a directory", lambda disk: disk.remove("x"), DiskFault.EXISTS),
    ("list nothing", lambda disk: disk.list("n"), DiskFault.NOT_FOUND),
    ("list a file", lambda disk: disk.list("a"), DiskFault.NOT_FOUND),
    ("size of nothing", lambda disk: disk.size("n"), DiskFault.NOT_FOUND),
    ("size of a directory", lambda disk: disk.size("x"), DiskFault.EXISTS),
]


@pytest.mark.parametrize(
    ("call", "fault"), [row[1:] for row in _REFUSED], ids=[row[0] for row in _REFUSED]
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    bench: Bench, call: Callable[[Disk], object], fault: DiskFault
) -> None:
    _fill(bench.disk, a=b"1")
    bench.disk.create("x/b")

    with pytest.raises(DiskError) as raised:
        call(bench.disk)

    assert raised.value.fault is fault
    assert (bench.disk.list(""), _read(bench.disk, "a")) == (["a", "x/"], b"1")


@pytest.mark.parametrize(
    "name", ["", "/a", "a/", "a//b", ".", "..", "a/../b", "a\0b", "a\\b", "n" * 256, "é" * 128]
)
def test_a_name_that_is_not_plain_is_refused(bench: Bench, name: str) -> None:
    with pytest.raises(ValueError, match=r"plain relative name|255 bytes"):
        bench.disk.create(name)


@pytest.mark.parametrize("size", [-1, 2])
def test_a_truncate_only_shortens(bench: Bench, size: int) -> None:
    _fill(bench.disk, a=b"1")

    with pytest.raises(ValueError, match=f"size {size} is not in 0..1"):
        bench.disk.truncate("a", size)


def test_a_read_before_the_beginning_is_refused(bench: Bench) -> None:
    _fill(bench.disk, a=b"1")

    with pytest.raises(ValueError, match="must be 0 or more"):
        bench.disk.pread("a", -1, 1)


def test_a_sync_is_answered_by_its_ticket(bench: Bench) -> None:
    _fill(bench.disk, a=b"1")

    assert sync(bench, ["a"], [""], ticket=7) == Synced(7)


def test_every_sync_is_answered_once(bench: Bench) -> None:
    _fill(bench.disk, a=b"1", b=b"2", c=b"3")
    syncs = [Sync(ticket, ("a", "bc"[ticket % 2]), ("",)) for ticket in range(20)]

    answers = bench.sync_all(syncs)

    assert sorted(answer.ticket for answer in answers) == list(range(20))
    assert all(isinstance(answer, Synced) for answer in answers)


def test_a_sync_of_directories_needs_no_file(bench: Bench) -> None:
    bench.disk.create("x/y/a")

    assert sync(bench, dirs=["x/y"]) == Synced(1)


@pytest.mark.parametrize(("files", "dirs"), [(["n"], []), ([], ["n"])])
def test_a_sync_of_nothing_fails(bench: Bench, files: list[str], dirs: list[str]) -> None:
    assert sync(bench, files, dirs) == SyncFailed(1, DiskFault.NOT_FOUND, ("n",))


def test_a_file_that_is_renamed_and_removed_meanwhile_is_synced(bench: Bench) -> None:
    _fill(bench.disk, a=b"1", b=b"2")
    late: list[Synced | SyncFailed] = []
    for ticket, name in enumerate(("a", "b")):
        bench.disk.sync(Sync(ticket, (name,), ()), late.append)

    bench.disk.rename("a", "c")
    bench.disk.remove("b")
    sync(bench, ["c"], ticket=9)
    sync(bench, dirs=[""], ticket=10)

    assert sorted(answer.ticket for answer in late if isinstance(answer, Synced)) == [0, 1]


def test_the_page_cache_outlives_the_process(bench: Bench) -> None:
    _fill(bench.disk, a=b"1")
    bench.disk.create("x/b")

    bench.restart()

    assert (bench.disk.list(""), _read(bench.disk, "a")) == (["a", "x/"], b"1")
    bench.disk.append("a", b"2")
    assert _read(bench.disk, "a") == b"12"
