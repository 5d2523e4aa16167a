"""Escaped bytes are shown whole, with the first that differs."""

import pytest

from natsim.reports.conformance.wire import character_at, first_difference, parts, view


@pytest.mark.parametrize(
    ("expected", "actual", "at"),
    [
        ("abc", "abd", 2),
        ("abc", "ab", 2),
        ("", "a", 0),
        ("same", "same", 4),
        (r"a\r\n", r"a\n", 1),
        (r"a\x01", r"a\x02", 1),
        (r"\\", r"\n", 0),
    ],
)
def test_a_difference_begins_with_a_whole_character(expected: str, actual: str, at: int) -> None:
    assert first_difference(expected, actual) == at


@pytest.mark.parametrize(
    ("at", "span"),
    [(0, (0, 1)), (1, (1, 5)), (4, (1, 5)), (5, (5, 7)), (6, (5, 7)), (7, (7, 7)), (99, (7, 7))],
)
def test_an_index_belongs_to_a_character(at: int, span: tuple[int, int]) -> None:
    assert character_at(r"a\x1b\n", at) == span


@pytest.mark.parametrize(
    ("at", "seen"),
    [
        (0, ("012345…", 0)),
        (8, ("…567890…"[:1] + "56789…", 4)),
        (19, ("…456789", 6)),
        (20, ("…456789", 7)),
    ],
)
def test_a_view_of_a_long_text_holds_the_place(at: int, seen: tuple[str, int]) -> None:
    assert view("0123456789" * 2, at, 7) == seen


def test_a_text_that_fits_is_seen_whole() -> None:
    assert view("0123", 2, 4) == ("0123", 2)


def test_line_ends_are_visible_and_break_the_line() -> None:
    assert parts(r"MSG a\r\nhi\r\n", None) == [
        ("", "MSG a"),
        ("escape", "\\r\\n\n"),
        ("", "hi"),
        ("escape", "\\r\\n"),
    ]


def test_the_first_differing_character_is_marked_whole() -> None:
    assert parts(r"a\x1bc", 2) == [("", "a"), ("mark", r"\x1b"), ("", "c")]


def test_a_text_that_ended_early_is_marked_at_its_end() -> None:
    assert parts("ab", 2) == [("", "ab"), ("mark", "")]
