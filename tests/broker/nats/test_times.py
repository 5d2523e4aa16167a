import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.broker.nats.times import go_time, uptime
from natsim.broker.now import SECOND_NS

DAY_S = 86_400


@pytest.mark.parametrize(
    ("wall_ns", "expected"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1, "1970-01-01T00:00:00.000000001Z"),
        (1_500_000_000, "1970-01-01T00:00:01.5Z"),
        (951_782_400 * SECOND_NS, "2000-02-29T00:00:00Z"),
        (4_107_542_399 * SECOND_NS, "2100-02-28T23:59:59Z"),
        (4_107_542_400 * SECOND_NS, "2100-03-01T00:00:00Z"),
        (-1 * SECOND_NS, "1969-12-31T23:59:59Z"),
    ],
)
def test_a_moment_is_written_as_go_writes_it(wall_ns: int, expected: str) -> None:
    assert go_time(wall_ns) == expected


@given(st.integers(min_value=0, max_value=253_402_300_799))
def test_every_second_has_the_date_of_the_calendar(wall_s: int) -> None:
    moment = datetime.datetime.fromtimestamp(wall_s, datetime.UTC)

    assert go_time(wall_s * SECOND_NS) == moment.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "0s"),
        (0.999, "0s"),
        (59, "59s"),
        (60, "1m0s"),
        (3599, "59m59s"),
        (3600, "1h0m0s"),
        (DAY_S, "1d0h0m0s"),
        (366 * DAY_S + 3661, "1y1d1h1m1s"),
        (-5, "0s"),
    ],
)
def test_a_span_begins_with_its_largest_unit(seconds: float, expected: str) -> None:
    assert uptime(int(seconds * SECOND_NS)) == expected
