from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from natsim.broker.nats.monitor import BadRequest
from natsim.broker.nats.monitor.query import Query, read_target


def test_the_first_of_equal_names_counts() -> None:
    query = Query.read("a=1&a=2&b=")

    assert (query.text("a"), query.text("b"), query.text("c")) == ("1", "", "")


@pytest.mark.parametrize("raw", ["a=%zz", "a=1;b=2", "a=%4", ";", "%zz=1"])
def test_a_part_that_makes_no_sense_is_left_out(raw: str) -> None:
    query = Query.read(f"{raw}&good=yes")

    assert (query.text("a"), query.text("good")) == ("", "yes")


def test_plus_is_a_space_and_percent_an_escape() -> None:
    assert Query.read("a=x+y%2B%c3%a9").text("a") == "x y+é"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, True) for text in ("1", "t", "T", "TRUE", "true", "True")),
        *((text, False) for text in ("0", "f", "F", "FALSE", "false", "False", "")),
    ],
)
def test_a_flag_is_what_go_takes_for_one(text: str, expected: bool) -> None:
    assert Query.read(f"a={text}").flag("a") is expected


@pytest.mark.parametrize(
    ("raw", "read", "text"),
    [
        (
            "a=yes",
            Query.flag,
            "Error decoding boolean for 'a': strconv.ParseBool: parsing \"yes\": invalid syntax",
        ),
        (
            "a=+3",
            Query.integer,
            "Error decoding int for 'a': strconv.Atoi: parsing \" 3\": invalid syntax",
        ),
        (
            "a=1_0",
            Query.integer,
            "Error decoding int for 'a': strconv.Atoi: parsing \"1_0\": invalid syntax",
        ),
        (
            "a=9223372036854775808",
            Query.integer,
            "Error decoding int for 'a': strconv.Atoi: parsing \"9223372036854775808\": "
            "value out of range",
        ),
        (
            "a=%22%00%c3%a9%ff",
            Query.integer,
            'Error decoding int for \'a\': strconv.Atoi: parsing "\\"\\x00é\\xff": invalid syntax',
        ),
        (
            "a=-1",
            Query.natural,
            "Error decoding uint64 for 'a': strconv.ParseUint: parsing \"-1\": invalid syntax",
        ),
        (
            "a=18446744073709551616",
            Query.natural,
            "Error decoding uint64 for 'a': strconv.ParseUint: "
            'parsing "18446744073709551616": value out of range',
        ),
    ],
)
def test_a_wrong_value_is_refused_in_the_words_of_go(
    raw: str, read: Callable[[Query, str], object], text: str
) -> None:
    with pytest.raises(BadRequest) as refused:
        read(Query.read(raw), "a")

    assert refused.value.text == text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("7", 7), ("%2B7", 7), ("-7", -7), ("007", 7), ("9223372036854775807", 2**63 - 1)],
)
def test_a_number_may_have_a_sign_and_zeros_before_it(raw: str, expected: int) -> None:
    assert Query.read(f"a={raw}").integer("a") == expected


def test_a_number_of_a_million_digits_is_out_of_range() -> None:
    with pytest.raises(BadRequest, match="value out of range"):
        Query.read("a=" + "9" * 1_000_000).integer("a")


@pytest.mark.parametrize(
    ("text", "path", "raw_query"),
    [
        ("/varz", "/varz", ""),
        ("/%76arz?a=%20", "/varz", "a=%20"),
        ("http://other:1/varz?x", "/varz", "x"),
        ("/a#b", "/a#b", ""),
    ],
)
def test_a_target_has_a_path_and_a_query(text: str, path: str, raw_query: str) -> None:
    target = read_target(text)

    assert (target.path, target.raw_query) == (path, raw_query)


@pytest.mark.parametrize("text", ["varz", "/%zz", "", "?a"])
def test_a_target_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="400 Bad Request"):
        read_target(text)


@given(st.text())
def test_no_query_is_too_strange_to_read(raw: str) -> None:
    query = Query.read(raw)

    assert isinstance(query.text("a"), str)
