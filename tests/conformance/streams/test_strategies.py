"""Hypothesis makes streams that can be played."""

from hypothesis import HealthCheck, given, settings

from natsim.conformance.streams.strategies import streams
from natsim.conformance.streams.stream import Begin, Leave, Say, Stream


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(streams())
def test_every_step_is_one_that_its_connection_can_take(stream: Stream) -> None:
    begun: set[int] = set()
    left: set[int] = set()
    for step in stream.steps:
        assert 0 <= step.conn < stream.connections
        assert step.conn not in left
        match step:
            case Say():
                assert b"".join(step.segments)
                assert all(step.segments)
                begun.discard(step.conn)
            case Begin():
                assert step.part
                begun.add(step.conn)
            case Leave():
                left.add(step.conn)
    assert not begun
