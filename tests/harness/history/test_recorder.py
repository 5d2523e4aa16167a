"""The recorder keeps all, streams some at a time, and has an end."""

import pytest

from natsim.harness.history.entry import Entry, Marked, Phase
from natsim.harness.history.errors import HistoryFull
from natsim.harness.history.recorder import Recorder


def mark(t: int) -> Entry:
    return Marked(t, Phase.SETUP)


def test_each_entry_gets_its_index() -> None:
    recorder = Recorder()

    indexes = [recorder.record(mark(t)) for t in (5, 6, 7)]

    assert indexes == [0, 1, 2]
    assert recorder.entries == [mark(5), mark(6), mark(7)]


def test_entries_are_streamed_some_at_a_time() -> None:
    streamed: list[list[Entry]] = []
    recorder = Recorder(lambda entries: streamed.append(list(entries)), every=2)

    for t in range(5):
        recorder.record(mark(t))

    assert streamed == [[mark(0), mark(1)], [mark(2), mark(3)]]


def test_flush_streams_the_rest_once() -> None:
    streamed: list[list[Entry]] = []
    recorder = Recorder(lambda entries: streamed.append(list(entries)), every=2)
    recorder.record(mark(0))

    recorder.flush()
    recorder.flush()

    assert streamed == [[mark(0)]]


def test_a_flush_in_between_neither_repeats_nor_loses() -> None:
    streamed: list[Entry] = []
    recorder = Recorder(streamed.extend, every=3)

    for t in range(10):
        recorder.record(mark(t))
        if t % 4 == 0:
            recorder.flush()
    recorder.flush()

    assert streamed == recorder.entries


def test_a_full_recorder_streams_what_it_has_and_refuses_more() -> None:
    streamed: list[Entry] = []
    recorder = Recorder(streamed.extend, every=2, entries_max=3)
    for t in range(3):
        recorder.record(mark(t))

    with pytest.raises(HistoryFull, match="holds 3 entries"):
        recorder.record(mark(3))

    assert streamed == recorder.entries == [mark(0), mark(1), mark(2)]


def test_a_recorder_without_a_stream_is_bounded_too() -> None:
    recorder = Recorder(entries_max=1)
    recorder.record(mark(0))

    with pytest.raises(HistoryFull):
        recorder.record(mark(1))
