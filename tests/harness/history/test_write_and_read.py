"""What is written is read again, and what is no history is refused with its place."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest

from natsim.harness.history import read
from natsim.harness.history.entry import Completed, Delivered, Entry, OpError, Outcome
from natsim.harness.history.errors import BadLine
from natsim.harness.history.header import Header
from natsim.harness.history.limits import LINE_BYTES_MAX
from natsim.harness.history.read import History, parse_history, read_history
from natsim.harness.history.story import Story
from natsim.harness.history.write import HistoryWriter, entry_line

HEADER = Header(stage="sim", versions={"natsim": "0.1.0", "python": "3.11.7"}, plan_digest="ab12")
HEADER_LINE = (
    '{"schema":"natsim.history/1","stage":"sim",'
    '"versions":{"natsim":"0.1.0","python":"3.11.7"},"plan_digest":"ab12"}'
)


def everything() -> Story:
    """Tell a story with every kind of entry."""
    story = Story()
    story.connect("p1")
    story.connect("s1")
    story.subscribe("s1.a", "orders.>", queue="g", max_messages=9)
    story.publish("p1.a/0", "orders.näw", reply="_INBOX.1")
    story.publish("p1.a/1", "orders.new")
    story.refuse("p1.a/1")
    story.deliver("s1.a", "p1.a/0", reply="_INBOX.1")
    story.deliver("s1.a", "", subject="orders.\udcff", payload=b"")
    story.request("p1.q/0", "orders.ask")
    story.answered("p1.q/0", "s1.a<p1.q/0")
    story.request("p1.q/1", "orders.ask")
    story.timed_out("p1.q/1")
    story.request("p1.q/2", "orders.ask")
    story.no_responders("p1.q/2")
    story.fault_begins("f1")
    story.error("s1", "slow consumer")
    story.lose("s1")
    story.fault_ends("f1")
    story.reconnect("s1")
    story.unsubscribe("s1.a", max_messages=3)
    story.flush("s1")
    story.drain("s1")
    story.close("p1")
    story.end()
    return story


def written(entries: Sequence[Entry]) -> bytes:
    file = BytesIO()
    HistoryWriter(file, HEADER).write(entries)
    return file.getvalue()


def parsed(*lines: str) -> History:
    return parse_history([f"{line}\n".encode() for line in (HEADER_LINE, *lines)], "h.jsonl")


def problem(*lines: str) -> str:
    with pytest.raises(BadLine) as caught:
        parsed(*lines)
    return str(caught.value)


def test_every_kind_of_entry_comes_back(tmp_path: Path) -> None:
    story = everything()
    path = tmp_path / "history.jsonl"
    path.write_bytes(written(story.entries))

    history = read_history(path)

    assert history == History(HEADER, story.entries, is_truncated=False)


def test_a_history_written_in_pieces_is_the_same() -> None:
    entries = everything().entries
    file = BytesIO()
    writer = HistoryWriter(file, HEADER)

    writer.write(entries[:5])
    writer.write(entries[5:])

    assert file.getvalue() == written(entries)


def test_the_lines_are_as_the_reference_says() -> None:
    error = OpError(is_definite=True, code="no-responders", text="nobody")
    failed = Completed(12, "p1.q", "p1.q/0", "request", Outcome.FAIL, {}, error)
    delivered = Delivered(13, "s1", "s1#1", "s1.a", "orders", "p1.a/0", 7, "00ff")

    assert entry_line(3, failed) == (
        '{"i":3,"t":12,"type":"fail","process":"p1.q","op":"p1.q/0","f":"request","value":{},'
        '"error":{"kind":"definite","code":"no-responders","text":"nobody"}}'
    )
    assert entry_line(4, delivered) == (
        '{"i":4,"t":13,"type":"observe","f":"deliver","process":"s1","conn":"s1#1","sub":"s1.a",'
        '"subject":"orders","msg":"p1.a/0","size":7,"sha":"00ff"}'
    )
    assert written([]) == f"{HEADER_LINE}\n".encode()


def test_keys_nobody_knows_are_passed_over() -> None:
    line = '{"i":0,"t":5,"type":"phase","phase":"end","colour":"blue"}'

    assert parsed(line) == parsed('{"i":0,"t":5,"type":"phase","phase":"end"}')


def test_a_last_line_that_was_cut_is_left_out() -> None:
    lines = written(everything().entries).splitlines(keepends=True)

    history = parse_history([*lines[:-1], lines[-1][:-9]], "h.jsonl")

    assert history.is_truncated
    assert history.entries == everything().entries[:-1]


def test_a_last_line_that_lacks_only_its_end_is_whole() -> None:
    lines = written(everything().entries).splitlines(keepends=True)

    history = parse_history([*lines[:-1], lines[-1][:-1]], "h.jsonl")

    assert history == History(HEADER, everything().entries, is_truncated=False)


def test_a_broken_line_in_the_middle_is_an_error() -> None:
    assert problem('{"i":0,', '{"i":1,"t":5,"type":"phase","phase":"end"}').startswith(
        "h.jsonl:2: the line is not JSON: "
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[]", "h.jsonl:2: the line is not a JSON object"),
        (
            '{"i":7,"t":5,"type":"phase","phase":"end"}',
            "h.jsonl:2: `i` is 7; it must be 0, lines may not be left out",
        ),
        (
            '{"i":0,"t":-1,"type":"phase","phase":"end"}',
            "h.jsonl:2: `t` is -1; it must be a whole number, 0 or more",
        ),
        ('{"i":0,"type":"phase","phase":"end"}', "h.jsonl:2: `t` is missing"),
        (
            '{"i":0,"t":5,"type":"phase","phase":"late"}',
            "h.jsonl:2: `phase` is 'late'; it must be setup, workload, settle or end",
        ),
        (
            '{"i":0,"t":5,"type":"guess"}',
            "h.jsonl:2: `type` is 'guess'; it must be invoke, ok, fail, info, observe, fault or "
            "phase",
        ),
        (
            '{"i":0,"t":5,"type":"invoke","process":"p1","op":"x","f":"dance","value":{}}',
            "h.jsonl:2: `f` is 'dance'; an operation is close, connect, drain, flush, publish, "
            "request, subscribe, unsubscribe",
        ),
        (
            '{"i":0,"t":5,"type":"invoke","process":"p1","op":"x","f":"flush","value":{}}',
            "h.jsonl:2: `conn` is missing; a flush has it (a text or null)",
        ),
        (
            '{"i":0,"t":5,"type":"info","process":"p1","op":"x","f":"flush","value":{},'
            '"error":{"kind":"definite","code":"timeout","text":""}}',
            "h.jsonl:2: `error.kind` is 'definite', which does not go with type 'info'",
        ),
        (
            '{"i":0,"t":5,"type":"observe","f":"dream","process":"p1","conn":"p1#1"}',
            "h.jsonl:2: `f` is 'dream'; an observation is deliver, closed, connected, "
            "disconnected, error",
        ),
        (
            '{"i":0,"t":5,"type":"fault","id":"f1","f":"kill","phase":"middle","achieved":{}}',
            "h.jsonl:2: `phase` is 'middle'; a fault's is begin or end",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line(line: str, expected: str) -> None:
    assert problem(line) == expected


def test_a_line_that_is_too_long_is_refused() -> None:
    assert problem("x" * LINE_BYTES_MAX) == (
        f"h.jsonl:2: the line is longer than {LINE_BYTES_MAX} bytes"
    )


def test_a_history_with_too_many_entries_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "ENTRIES_MAX", 1)

    assert problem(
        '{"i":0,"t":5,"type":"phase","phase":"setup"}', '{"i":1,"t":5,"type":"phase","phase":"end"}'
    ) == ("h.jsonl:3: the history has more than 1 entries")


def test_another_schema_is_refused() -> None:
    with pytest.raises(BadLine) as caught:
        parse_history([b'{"schema":"natsim.history/2"}\n'], "h.jsonl")

    assert str(caught.value) == (
        "h.jsonl:1: `schema` is 'natsim.history/2'; it must be 'natsim.history/1'"
    )


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(BadLine, match="the file is empty"):
        parse_history([], "h.jsonl")


def test_a_header_that_was_cut_is_an_error() -> None:
    with pytest.raises(BadLine, match=r"h\.jsonl:1: the line is not JSON"):
        parse_history([b'{"schema":"nats'], "h.jsonl")
