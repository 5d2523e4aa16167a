"""Generated streams find no exception in the broker, and their cuts change no answer."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

from natsim.broker.events import Received
from natsim.conformance.streams.generate import stream_of
from natsim.conformance.streams.strategies import streams
from natsim.conformance.streams.stream import Begin, Leave, Say, Step, Stream

from .conversation import Conversation, without_info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SEEDS = range(1000, 1150)
BYTES_MAX = 20_000


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stream_gets_the_same_answers_byte_by_byte(seed: int) -> None:
    _check_cuts(stream_of(seed))


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(streams())
def test_any_stream_gets_the_same_answers_byte_by_byte(stream: Stream) -> None:
    _check_cuts(stream)


def _check_cuts(stream: Stream) -> None:
    as_cut = _play(stream, _segments)
    by_bytes = _play(stream, _bytes)

    assert by_bytes == as_cut


def _play(stream: Stream, cut: Callable[[Step], Iterable[bytes]]) -> list[tuple[bytes, bool]]:
    talk = Conversation()
    heard = [talk.greet(conn) for conn in range(stream.connections)]
    for step in stream.steps:
        for segment in cut(step):
            talk.tell(Received(step.conn, segment))
        if isinstance(step, Leave):
            talk.leave(step.conn)
    return [
        (without_info(heard[conn] + talk.heard(conn)), conn in talk.closed)
        for conn in range(stream.connections)
    ]


def _segments(step: Step) -> Iterable[bytes]:
    match step:
        case Say():
            return step.segments
        case Begin():
            return (step.part,)
        case Leave():
            return ()


def _bytes(step: Step) -> Iterable[bytes]:
    # A payload of many thousand bytes is not worth as many events.
    for segment in _segments(step):
        yield from (bytes((byte,)) for byte in islice(segment, BYTES_MAX))
        if segment[BYTES_MAX:]:
            yield segment[BYTES_MAX:]
