"""A dialogue has what was expected beside what came."""

from pathlib import Path

from tests.reports.conformance import suite

from natsim.reports.conformance.dialogue import Row, around, in_lines, rows_of


def rows(directory: Path, **more: suite.Json) -> list[Row]:
    given = suite.content([suite.server("a 1")], [suite.case("a.b.c", suite.failed(**more))])
    return rows_of(suite.loaded(directory, given).cases[0].results[0])


def test_a_wrong_line_has_both_texts_and_the_place(tmp_path: Path) -> None:
    assert in_lines(rows(tmp_path)) == [
        r"C: SUB a 1\r\n",
        r"S: expected MSG a 1 2\r\nhi\r\n",
        r"   actual   MSG a 2 2\r\nhi\r\n",
        "                  ^",
        r"S: PONG\r\n",
    ]


def test_connections_are_named_when_there_are_several(tmp_path: Path) -> None:
    lines: list[suite.Json] = [
        suite.line("C", r"PING\r\n"),
        suite.line("S", "", conn="b", expected=r"PONG\r\n", is_wrong=True),
    ]

    assert in_lines(rows(tmp_path, dialogue=lines, difference=None)) == [
        r"a C: PING\r\n",
        r"b S: expected PONG\r\n",
        "     actual   nothing",
        "              ^",
    ]


def test_a_difference_without_a_dialogue_is_a_row(tmp_path: Path) -> None:
    (row,) = rows(tmp_path, dialogue=[])

    assert (row.expected, row.actual, row.at) == (suite.EXPECTED, suite.ACTUAL, 6)


def test_a_pattern_that_was_met_is_shown_beside_what_met_it(tmp_path: Path) -> None:
    lines: list[suite.Json] = [suite.line("S", r"INFO {}\r\n", expected="INFO {...}")]

    (row,) = rows(tmp_path, dialogue=lines, difference=None)

    assert (row.is_pair, row.at) == (True, None)


def test_a_place_behind_a_pattern_is_marked_in_what_came_alone(tmp_path: Path) -> None:
    text, expected = r"INFO {x} end\r\n", r"INFO {...} END\r\n"
    lines: list[suite.Json] = [suite.line("S", text, expected=expected, is_wrong=True)]

    (row,) = rows(tmp_path, dialogue=lines, difference=suite.difference(expected, text, at=9))

    assert (row.at, row.expected_at) == (9, None)


def test_the_difference_is_of_the_last_wrong_line_of_its_connection(tmp_path: Path) -> None:
    lines: list[suite.Json] = [
        suite.line("S", "one <900 bytes> two", expected="x", is_wrong=True, conn=conn)
        for conn in ("a", "a", "b")
    ]

    found = rows(tmp_path, dialogue=lines)

    assert [row.actual == suite.ACTUAL for row in found] == [False, True, False]


def test_only_rows_around_the_difference_are_kept_when_there_are_many(tmp_path: Path) -> None:
    lines: list[suite.Json] = [suite.line("S", f"line {n}") for n in range(60)]
    lines[40] = suite.line("S", "wrong", expected="right", is_wrong=True)

    kept = around(rows(tmp_path, dialogue=lines, difference=None), 8)

    assert [row.actual for row in kept] == [
        *[f"line {n}" for n in range(35, 40)],
        "wrong",
        "line 41",
        "line 42",
    ]
