"""Numbers and words are said as readers want them."""

import pytest

from natsim.reports.quantity import duration, seconds, seconds_exactly, share


@pytest.mark.parametrize(
    ("span_ns", "expected"),
    [
        (0, "0 µs"),
        (1_500, "1.5 µs"),
        (999_499_999, "999 ms"),
        (999_500_000, "1.0 s"),
        (59_940_000_000, "59.9 s"),
        (60_000_000_000, "1 min 00 s"),
        (3_600_000_000_000, "1 h 00 min"),
    ],
)
def test_durations(span_ns: int, expected: str) -> None:
    assert duration(span_ns) == expected


def test_seconds_are_rounded_down_towards_zero() -> None:
    assert seconds(1_999_999_999) == "1.999"
    assert seconds(-177_999_999) == "-0.177"
    assert seconds(-1) == "0.000"
    assert seconds_exactly(4_000_000_999) == "4.000000"


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [(0, 5, ""), (3, 0, ""), (1, 3, "33.3 %"), (9_999, 10_000, "> 99.9 %"), (5, 5, "100 %")],
)
def test_shares(part: int, whole: int, expected: str) -> None:
    assert share(part, whole) == expected
