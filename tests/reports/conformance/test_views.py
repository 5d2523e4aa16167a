"""The same results, seen by group, by reason, by requirement."""

from pathlib import Path

import pytest
from tests.reports.conformance import suite

from natsim.reports.conformance import Conformance
from natsim.reports.conformance.views import (
    accused,
    changes_of,
    coverage_of,
    differs,
    groups_of,
    known_failures_of,
    shared_results,
    skips_of,
)


@pytest.fixture
def document(tmp_path: Path) -> Conformance:
    return suite.loaded(tmp_path, suite.full())


def test_cases_are_grouped_by_the_first_two_parts_of_their_ids(document: Conformance) -> None:
    assert [(group.name, group.numbers) for group in groups_of(document)] == [
        ("core.sub", (0, 1)),
        ("core.pub", (2, 3)),
        ("server.cluster", (4, 5)),
    ]


def test_a_case_differs_when_servers_have_different_grades(document: Conformance) -> None:
    assert [differs(case) for case in document.cases] == [True, True, True, False, True, True]


def test_skips_are_counted_by_reason_and_server(document: Conformance) -> None:
    (skip,) = skips_of(document)

    assert (skip.reason, skip.counts) == ("no cluster", (0, 1, 1))
    assert skip.cases == ("server.cluster.info",)


def test_a_requirement_has_the_worst_grade_of_its_cases(tmp_path: Path) -> None:
    grades = ("skipped", "pass", "lenient", "unknown", "fail")
    cases = [suite.case(f"a.b.{grade}", suite.result(grade), covers=["a.rule"]) for grade in grades]
    found = []
    for number in range(1, 6):
        given = suite.content([suite.server("a 1")], cases[:number])
        given["requirements"] = [suite.requirement("a.rule", "a.b.skipped")]
        (item,) = coverage_of(suite.loaded(tmp_path, given))
        found.append((len(item.cases), item.grades[0].value))

    assert found == [(number + 1, grade) for number, grade in enumerate(grades)]


def test_a_requirement_without_a_case_of_this_run_is_not_covered(tmp_path: Path) -> None:
    given = suite.content([suite.server("a 1")], [suite.case("a.b.c", suite.result("pass"))])
    given["requirements"] = [suite.requirement("a.rule"), suite.requirement("a.other", "a.b.gone")]

    coverage = coverage_of(suite.loaded(tmp_path, given))

    assert [item.cases for item in coverage] == [(), ()]


def test_servers_that_fail_alike_share_a_result(document: Conformance) -> None:
    results = shared_results(document.cases[1])

    assert [(item.result.grade.value, item.servers) for item in results] == [
        ("pass", (0, 1)),
        ("fail", (2,)),
    ]


def test_times_and_ids_do_not_part_servers_that_fail_alike(tmp_path: Path) -> None:
    wrong = suite.line("S", "x", expected="y", is_wrong=True)
    first = suite.failed(duration_ms=900, dialogue=[suite.line("S", "INFO {NA}"), wrong])
    second = suite.failed(duration_ms=1, dialogue=[suite.line("S", "INFO {NB}"), wrong])
    servers = [suite.server("a 1"), suite.server("b 2")]
    document = suite.loaded(tmp_path, suite.content(servers, [suite.case("a.b.c", first, second)]))

    assert [item.servers for item in shared_results(document.cases[0])] == [(0, 1)]


def test_a_known_failure_accuses_nobody_but_an_unexpected_pass_does(document: Conformance) -> None:
    assert [case.id for case in accused(document)] == ["core.sub.one", "core.pub.two"]


def test_known_failures_that_fail_the_run_come_first(document: Conformance) -> None:
    assert [
        (item.case, item.server, item.known.state.value) for item in known_failures_of(document)
    ] == [
        ("core.pub.two", "nats-server 2.15.1", "unexpected pass"),
        ("core.sub.two", "broker 0.1", "expected"),
    ]


def test_changes_name_their_servers_and_what_is_gone(document: Conformance) -> None:
    assert [(item.change, item.case, item.words) for item in changes_of(document)] == [
        ("broke", "core.sub.one", "nats-server 2.9.10"),
        ("gone", "core.sub.old", "was pass"),
    ]
