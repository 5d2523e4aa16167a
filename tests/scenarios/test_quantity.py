import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.scenarios.limits import SIZE_MAX, TIME_MAX_NS
from natsim.scenarios.mistake import RuleError
from natsim.scenarios.quantity import (
    format_duration,
    format_interval,
    parse_duration,
    parse_interval,
    parse_rate,
    parse_size,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10s", 10_000_000_000),
        ("5ms", 5_000_000),
        ("1.5s", 1_500_000_000),
        ("0.000000001s", 1),
        ("2m", 120_000_000_000),
        ("1h", 3_600_000_000_000),
        ("100us", 100_000),
        ("50ns", 50),
        ("0s", 0),
        ("1000h", TIME_MAX_NS),
        # As a float this is 1000000000000.0001 too few or too many.
        ("999.999999999h", 3_599_999_999_996_400),
    ],
)
def test_a_duration_is_read_exactly(text: str, expected: int) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("10", "write 10s, or another unit of time"),
        ("10 s", "write 10s"),
        ("10sec", "write 10s"),
        ("3 minutes", "write 3m"),
        ("5\u00b5s", "write 5us"),
        ("-5s", "it must not be negative"),
        ("1.5ns", "it must be whole nanoseconds"),
        ("1001h", "it must be 1000h or less"),
        ("soon", "write a number and its unit, such as 10s, 1500ms or 2m"),
        ("10x", "write a number and its unit, such as 10s, 1500ms or 2m"),
        ("", "write a number and its unit, such as 10s, 1500ms or 2m"),
        ("9" * 5_000 + "s", "write a number and its unit, such as 10s, 1500ms or 2m"),
        ("\u0663s", "write a number and its unit, such as 10s, 1500ms or 2m"),
    ],
)
def test_what_is_no_duration_says_what_to_write(text: str, rule: str) -> None:
    with pytest.raises(RuleError) as raised:
        parse_duration(text)

    assert raised.value.rule == rule


@pytest.mark.parametrize(
    ("ns", "expected"),
    [
        (0, "0s"),
        (1, "1ns"),
        (1_500_000_000, "1500ms"),
        (60_000_000_000, "1m"),
        (90_000_000_000, "90s"),
        (7_200_000_000_000, "2h"),
        (1_003_217_451, "1003217451ns"),
    ],
)
def test_a_duration_is_written_in_its_largest_whole_unit(ns: int, expected: str) -> None:
    assert format_duration(ns) == expected


@given(st.integers(0, TIME_MAX_NS))
def test_a_duration_that_is_written_is_read_as_the_same(ns: int) -> None:
    assert parse_duration(format_duration(ns)) == ns


@given(st.integers(0, TIME_MAX_NS), st.integers(0, TIME_MAX_NS))
def test_an_interval_that_is_written_is_read_as_the_same(one: int, other: int) -> None:
    interval = (min(one, other), max(one, other))

    assert parse_interval(format_interval(interval)) == interval


def test_a_lone_duration_is_an_interval_of_one() -> None:
    assert parse_interval("5ms") == (5_000_000, 5_000_000)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("5ms..1ms", "the shorter end comes first: write 1ms..5ms"),
        ("1ms..", "write a duration or an interval, such as 5ms or 1ms..5ms"),
        ("..1ms", "write a duration or an interval, such as 5ms or 1ms..5ms"),
        ("1..5ms", "write 1s, or another unit of time"),
    ],
)
def test_what_is_no_interval_says_what_to_write(text: str, rule: str) -> None:
    with pytest.raises(RuleError) as raised:
        parse_interval(text)

    assert raised.value.rule == rule


@pytest.mark.parametrize(
    ("text", "every_ns"),
    [
        ("200/s", 5_000_000),
        ("10/m", 6_000_000_000),
        ("1/ms", 1_000_000),
        ("0.5/s", 2_000_000_000),
        ("3/s", 333_333_333),
        ("1000000000/s", 1),
    ],
)
def test_a_rate_is_read_as_the_time_from_one_to_the_next(text: str, every_ns: int) -> None:
    assert parse_rate(text) == every_ns


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("200", "write 200/s, or another unit of time"),
        ("200/sec", "write 200/s"),
        ("0/s", "it must be more than 0"),
        ("-1/s", "it must be more than 0"),
        ("1000000001/s", "it must be from 1/1000h to one per nanosecond"),
        ("1/day", "write so many per unit of time, such as 200/s, 10/m or 1/ms"),
        ("fast", "write so many per unit of time, such as 200/s, 10/m or 1/ms"),
    ],
)
def test_what_is_no_rate_says_what_to_write(text: str, rule: str) -> None:
    with pytest.raises(RuleError) as raised:
        parse_rate(text)

    assert raised.value.rule == rule


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("128", 128),
        ("128B", 128),
        ("1KB", 1_000),
        ("1KiB", 1_024),
        ("1.5KiB", 1_536),
        ("1MB", 1_000_000),
        ("64MiB", SIZE_MAX),
    ],
)
def test_a_size_is_read_in_bytes(text: str, expected: int) -> None:
    assert parse_size(text) == expected


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("1kb", "write 1KB"),
        ("1.5B", "it must be whole bytes"),
        ("65MiB", "it must be 64MiB or less"),
        ("-1", "it must not be negative"),
        ("big", "write bytes, such as 128, 4KiB (4096) or 1MB (1000000)"),
    ],
)
def test_what_is_no_size_says_what_to_write(text: str, rule: str) -> None:
    with pytest.raises(RuleError) as raised:
        parse_size(text)

    assert raised.value.rule == rule
