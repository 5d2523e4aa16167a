"""A history is counted as its reference says, entry by entry."""

import json
from pathlib import Path
from typing import TypeAlias

import pytest

from natsim.reports.files import Files
from natsim.reports.history import HistoryTally, read_history

Entry: TypeAlias = dict[str, object]


def invoke(t: int, f: str, op: str, **value: object) -> Entry:
    process = op.partition("/")[0]
    return {"t": t, "type": "invoke", "f": f, "op": op, "process": process, "value": value}


def end(t: int, outcome: str, f: str, op: str, **rest: object) -> Entry:
    process = op.partition("/")[0]
    return {"t": t, "type": outcome, "f": f, "op": op, "process": process, "value": {}, **rest}


def observe(t: int, f: str, process: str, **rest: object) -> Entry:
    return {"t": t, "type": "observe", "f": f, "process": process, **rest}


def read(directory: Path, *entries: Entry) -> HistoryTally:
    header = {"schema": "natsim.history/1", "plan_digest": "aa"}
    lines = [json.dumps(line) for line in (header, *entries)]
    (directory / "history.jsonl").write_text("\n".join(lines) + "\n")
    return read_history(Files(directory), ())


def test_a_flush_confirms_the_publishes_before_it_on_its_epoch(tmp_path: Path) -> None:
    tally = read(
        tmp_path,
        invoke(1, "publish", "p.a/1", msg="p.a/1", conn="p#1"),
        invoke(2, "publish", "p.a/2", msg="p.a/2", conn="p#2"),
        invoke(3, "flush", "p.flush/1", conn="p#1"),
        invoke(4, "publish", "p.a/3", msg="p.a/3", conn="p#1"),
        end(5, "ok", "flush", "p.flush/1"),
    )

    assert tally.clients[0].confirmation.total() == 1


def test_a_flush_that_nobody_answered_confirms_nothing(tmp_path: Path) -> None:
    tally = read(
        tmp_path,
        invoke(1, "publish", "p.a/1", msg="p.a/1", conn="p#1"),
        invoke(2, "flush", "p.flush/1", conn="p#1"),
        end(3, "info", "flush", "p.flush/1"),
    )

    assert tally.clients[0].confirmation.total() == 0


def test_a_publish_while_not_connected_is_never_confirmed(tmp_path: Path) -> None:
    tally = read(
        tmp_path,
        invoke(1, "publish", "p.a/1", msg="p.a/1", conn=None),
        invoke(2, "flush", "p.flush/1", conn="p#1"),
        end(3, "ok", "flush", "p.flush/1"),
    )

    assert tally.clients[0].confirmation.total() == 0


def test_a_refused_publish_is_neither_confirmed_nor_unreached(tmp_path: Path) -> None:
    tally = read(
        tmp_path,
        invoke(1, "publish", "p.a/1", msg="p.a/1", conn="p#1"),
        end(2, "fail", "publish", "p.a/1"),
        invoke(3, "flush", "p.flush/1", conn="p#1"),
        end(4, "ok", "flush", "p.flush/1"),
    )

    assert (tally.clients[0].refused, tally.clients[0].confirmation.total()) == (1, 0)
    assert tally.unreached == {}


def test_a_message_is_reached_by_its_first_delivery(tmp_path: Path) -> None:
    tally = read(
        tmp_path,
        invoke(1, "publish", "p.a/1", msg="p.a/1", conn="p#1"),
        invoke(2, "publish", "p.a/2", msg="p.a/2", conn="p#1"),
        observe(3, "deliver", "s", conn="s#1", msg="p.a/1"),
        observe(4, "deliver", "s", conn="s#1", msg="p.a/1"),
    )

    assert list(tally.unreached) == ["p.a/2"]


def test_an_answer_is_a_publish_that_no_subscription_need_see(tmp_path: Path) -> None:
    tally = read(tmp_path, invoke(1, "publish", "r.a<q.a/1", msg="r.a<q.a/1", conn="r#1"))

    assert (tally.clients[0].publishes, tally.expected, tally.unreached) == (1, 0, {})


def test_requests_are_counted_by_their_end(tmp_path: Path) -> None:
    tally = read(
        tmp_path,
        *(invoke(n, "request", f"q.a/{n}", conn="q#1") for n in range(4)),
        end(5, "ok", "request", "q.a/0"),
        end(6, "fail", "request", "q.a/1", error={"code": "no-responders"}),
        end(7, "info", "request", "q.a/2", error={"code": "timeout"}),
        end(8, "info", "request", "q.a/3", error={"code": "closed"}),
    )
    client = tally.clients[0]

    assert (client.requests_ok, client.requests_failed, client.requests_timed_out) == (1, 1, 1)
    assert client.requests == 4


def test_an_epoch_told_of_twice_is_one_epoch(tmp_path: Path) -> None:
    connected = {"conn": "p#1", "server": "n1"}
    tally = read(
        tmp_path,
        end(1, "ok", "connect", "p/connect") | {"value": connected},
        observe(2, "connected", "p", **connected),
        observe(3, "connected", "p", conn="p#2", server="n1"),
    )

    assert (tally.clients[0].connection.epochs, tally.servers[0].connections) == (2, 2)


def test_a_closed_client_is_not_away(tmp_path: Path) -> None:
    tally = read(
        tmp_path,
        observe(1, "connected", "a", conn="a#1", server="n1"),
        observe(1, "connected", "b", conn="b#1", server="n1"),
        observe(5, "disconnected", "a", conn="a#1"),
        observe(5, "closed", "b", conn="b#1"),
        {"t": 9, "type": "phase", "phase": "end"},
    )

    away = [client.connection.away(tally.last_ns) for client in tally.clients]

    assert away == [[(5, 9)], []]


def test_lines_that_are_no_entries_are_counted_and_left_out(tmp_path: Path) -> None:
    files = Files(tmp_path)
    good = '{"i":0,"t":5,"type":"phase","phase":"end"}'
    bad = [
        "no json",
        "[]",
        '{"t":-1,"type":"phase"}',
        '{"t":1}',
        '{"t":1,"type":"new"}',
        "[" * 9_999,
    ]
    (tmp_path / "history.jsonl").write_text("\n".join([*bad, good]) + "\n")

    tally = read_history(files, ())

    assert (tally.entry_count, tally.unreadable_lines) == (1, 6)
    assert files.remarks == ["Left out: 6 lines of history.jsonl that cannot be read."]


def test_a_last_line_without_its_newline_counts_when_it_is_whole(tmp_path: Path) -> None:
    files = Files(tmp_path)
    (tmp_path / "history.jsonl").write_text('{"t":5,"type":"phase","phase":"end"}')

    tally = read_history(files, ())

    assert (tally.entry_count, files.remarks) == (1, [])


def test_a_history_of_another_number_is_read_with_a_remark(tmp_path: Path) -> None:
    files = Files(tmp_path)
    (tmp_path / "history.jsonl").write_text(
        '{"schema":"natsim.history/2"}\n{"t":5,"type":"phase","phase":"end"}\n'
    )

    read_history(files, ())

    assert files.remarks == [
        "The schema of history.jsonl is natsim.history/2; it was read as natsim.history/1."
    ]


def test_wanted_entries_are_kept_by_their_own_number(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text(
        '{"i":7,"t":1,"type":"phase","phase":"setup"}\n{"i":8,"t":2,"type":"phase","phase":"end"}\n'
    )

    tally = read_history(Files(tmp_path), {8})

    assert tally.entries == {8: {"i": 8, "t": 2, "type": "phase", "phase": "end"}}


def test_an_entry_too_long_to_show_keeps_its_first_fields(tmp_path: Path) -> None:
    entry = observe(3, "error", "p", conn="p#1", text="x" * 9_000) | {"i": 0}
    (tmp_path / "history.jsonl").write_text(json.dumps(entry))

    tally = read_history(Files(tmp_path), {0})

    assert tally.entries == {
        0: {"i": 0, "t": 3, "type": "observe", "process": "p", "f": "error", "shortened": True}
    }


@pytest.mark.parametrize("phase", ["begin", "end"])
def test_a_fault_with_half_its_lines_is_kept(tmp_path: Path, phase: str) -> None:
    tally = read(tmp_path, {"t": 4, "type": "fault", "id": "f1", "f": "kill", "phase": phase})

    assert [(fault.id, fault.begin_ns) for fault in tally.faults] == [("f1", 4)]
