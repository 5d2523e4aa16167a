"""The summary on a terminal."""

import io
from pathlib import Path

import pytest
from rich.console import Console
from tests.reports.conformance import suite

from natsim.reports.conformance import print_conformance


def printed(directory: Path, document: suite.Json, width: int = 100) -> list[str]:
    out = io.StringIO()
    loaded = suite.loaded(directory, document)
    print_conformance(loaded, Console(file=out, width=width), directory)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_failed_case_has_its_rule_its_dialogue_and_the_command(tmp_path: Path) -> None:
    lines = printed(tmp_path, suite.full())

    assert lines[:12] == [
        "core.sub.one  what core.sub.one shows",
        "must      A server keeps core.sub.one.",
        "source    the protocol's documentation",
        "fail      nats-server 2.9.10: the server answered with another sid;"
        " a second run failed the same way",
        "     expected                                        actual",
        r"  C: SUB a 1\r\n",
        r"  S: MSG a 1 2\r\nhi\r\n                             MSG a 2 2\r\nhi\r\n",
        "           ^                                               ^",
        r"  S: PONG\r\n",
        "again     natsim conform nats://h:1 --only core.sub.one",
        "fail      broker 0.1: the server answered with another sid;"
        " a second run failed the same way",
        "     expected                                        actual",
    ]


def test_it_ends_with_a_line_for_each_server(tmp_path: Path) -> None:
    (tmp_path / "report.html").touch()

    lines = printed(tmp_path, suite.full())

    assert lines[-9:] == [
        "unknown   server.cluster.route on broker 0.1: it timed out",
        "skipped   0 / 1 / 1: no cluster",
        "broke     core.sub.one: nats-server 2.9.10",
        "gone      core.sub.old: was pass",
        "fail      nats-server 2.15.1: all 6 cases pass; 1 known failure passes unexpectedly",
        "fail      nats-server 2.9.10: 4 of 6 cases pass, 1 of them leniently; 1 fails;"
        " 1 skipped (no cluster)",
        "fail      broker 0.1: 2 of 6 cases pass; 2 fail, 1 of them known; 1 is unknown;"
        " 1 skipped (no cluster)",
        "time      5.3 s",
        f"report    {tmp_path / 'report.html'}",
    ]


def test_both_marks_stand_below_what_differs_however_long_the_line(tmp_path: Path) -> None:
    expected, actual = "x" * 300 + "A" + "y" * 300, "x" * 300 + "B"
    result = suite.failed(dialogue=[], difference=suite.difference(expected, actual, at=300))
    given = suite.content([suite.server("a 1")], [suite.case("a.b.c", result)])

    lines = printed(tmp_path, given, width=80)

    (number,) = [n for n, line in enumerate(lines) if line.strip().startswith("^")]
    places = [n for n, sign in enumerate(lines[number]) if sign == "^"]
    assert [lines[number - 1][place] for place in places] == ["A", "B"]
    assert len(lines[number - 1]) <= 80


def test_requirements_without_a_case_are_named(tmp_path: Path) -> None:
    given = suite.content([suite.server("a 1")], [suite.case("a.b.c", suite.result("pass"))])
    given["requirements"] = [suite.requirement("a.rare")]

    assert "uncovered a.rare" in printed(tmp_path, given)


def test_of_many_requirements_without_a_case_the_first_are_named(tmp_path: Path) -> None:
    given = suite.content([suite.server("a 1")], [suite.case("a.b.c", suite.result("pass"))])
    given["requirements"] = [suite.requirement(f"a.r{n}") for n in range(14)]

    (line,) = [line for line in printed(tmp_path, given) if line.startswith("uncovered ")]

    assert line.endswith(", a.r11, and 2 more requirements, in the report")


def test_cases_that_are_unknown_for_one_reason_are_told_in_one_line(tmp_path: Path) -> None:
    cases = [suite.case(f"a.b.c{n}", suite.result("unknown", why="it ended")) for n in range(25)]

    lines = printed(tmp_path, suite.content([suite.server("a 1")], cases))

    assert "unknown   25 cases on a 1: it ended" in lines


def test_of_many_failed_cases_the_first_are_told(tmp_path: Path) -> None:
    cases = [suite.case(f"a.b.c{n}", suite.failed()) for n in range(25)]

    lines = printed(tmp_path, suite.content([suite.server("a 1")], cases))

    assert "and 5 more cases, in the report" in lines


@pytest.mark.parametrize("width", [1, 20, 400])
def test_any_width_will_do(tmp_path: Path, width: int) -> None:
    lines = printed(tmp_path, suite.full(), width=width)

    assert "again     natsim conform nats://h:1 --only core.sub.one" in lines
