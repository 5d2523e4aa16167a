"""conformance.json is read as far as it can be, and what was lost is said."""

import json
from pathlib import Path

import pytest
from tests.reports.conformance import suite

from natsim.reports.conformance import load_conformance
from natsim.reports.conformance.document import Grade
from natsim.reports.document import to_json
from natsim.reports.errors import NoConformanceError


def test_a_whole_document_is_read_without_loss(tmp_path: Path) -> None:
    given = suite.full()

    document = json.loads(to_json(suite.loaded(tmp_path, given)))

    assert document == given | {"remarks": []}


def test_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoConformanceError):
        load_conformance(tmp_path / "conformance.json")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    suite.write(tmp_path / "elsewhere", suite.full())
    (tmp_path / "conformance.json").symlink_to(tmp_path / "elsewhere" / "conformance.json")

    with pytest.raises(NoConformanceError):
        load_conformance(tmp_path / "conformance.json")


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("", "conformance.json cannot be read (Expecting value: line 1 column 1 (char 0))."),
        ('{"servers": [', "conformance.json cannot be read (Expecting value: line 1 column 14"),
        ("[1]", "conformance.json does not hold a JSON object."),
        ('{"schema": "natsim.run/1"}', "The file says that it is natsim.run/1; it was read as"),
        ('{"cases": 7}', "The file says that it is nothing; it was read as natsim.conformance/1."),
    ],
)
def test_a_damaged_file_gives_an_empty_document_that_says_so(
    tmp_path: Path, text: str, remark: str
) -> None:
    path = tmp_path / "conformance.json"
    path.write_text(text)

    document = load_conformance(path)

    assert (document.servers, document.cases) == ((), ())
    assert document.remarks[0].startswith(remark)


def test_a_missing_result_is_unknown(tmp_path: Path) -> None:
    servers = [suite.server("a 1"), suite.server("b 2")]
    cases = [suite.case("core.sub.one", suite.result("pass"))]

    document = suite.loaded(tmp_path, suite.content(servers, cases))

    (first, second) = document.cases[0].results
    assert (first.grade, second.grade) == (Grade.PASS, Grade.UNKNOWN)
    assert second.why == "no result was recorded"
    assert document.remarks == ("Graded unknown: 1 case without a result of every server.",)


def test_a_grade_that_is_none_is_unknown(tmp_path: Path) -> None:
    cases = [suite.case("core.sub.one", suite.result("perfect"))]

    document = suite.loaded(tmp_path, suite.content([suite.server("a 1")], cases))

    assert document.cases[0].results[0].grade is Grade.UNKNOWN


def test_counts_that_the_results_do_not_bear_out_are_not_believed(tmp_path: Path) -> None:
    given = suite.content([suite.server("a 1")], [suite.case("a.b.c", suite.result("fail"))])
    given["servers"] = [suite.server("a 1", counts={"pass": 1})]

    document = suite.loaded(tmp_path, given)

    assert document.servers[0].counts[Grade.FAIL] == 1
    assert document.remarks == ("The counts of a 1 are not those of its results; these count.",)


@pytest.mark.parametrize("wrong", [None, 7, "text", [], [7], {"a": 1}, True])
def test_any_wrong_shape_reads_as_absent(tmp_path: Path, wrong: suite.Json) -> None:
    given = suite.full()
    for key in given:
        document = suite.loaded(tmp_path, given | {key: wrong})
        assert document.schema == "natsim.conformance/1"


@pytest.mark.parametrize("wrong", [None, 7, "text", [7], {"a": 1}, -1, 1e9, True])
def test_a_result_of_wrong_shapes_is_a_result(tmp_path: Path, wrong: suite.Json) -> None:
    shapes = dict.fromkeys(suite.result("fail"), wrong)
    cases = [suite.case("a.b.c", shapes)]

    document = suite.loaded(tmp_path, suite.content([suite.server("a 1")], cases))

    assert document.cases[0].results[0].grade is Grade.UNKNOWN


def test_a_long_difference_is_shown_around_its_first_differing_byte(tmp_path: Path) -> None:
    expected, actual = "x" * 5_000 + "A" + "y" * 5_000, "x" * 5_000 + "B" + "y" * 5_000
    result = suite.failed(difference=suite.difference(expected, actual, at=5_000), dialogue=[])
    given = suite.content([suite.server("a 1")], [suite.case("a.b.c", result)])

    found = suite.loaded(tmp_path, given).cases[0].results[0].difference

    assert found is not None
    assert len(found.expected) < 700
    assert (found.expected[found.at], found.actual[found.at]) == ("A", "B")


def test_a_place_outside_the_texts_is_found_again(tmp_path: Path) -> None:
    result = suite.failed(difference=suite.difference("abc", "abd", at=99))
    given = suite.content([suite.server("a 1")], [suite.case("a.b.c", result)])

    found = suite.loaded(tmp_path, given).cases[0].results[0].difference

    assert found is not None
    assert found.at == 2


def test_of_a_long_dialogue_what_leads_to_the_first_wrong_line_is_kept(tmp_path: Path) -> None:
    lines: list[suite.Json] = [suite.line("S", f"line {n}") for n in range(1_000)]
    lines[700] = suite.line("S", "wrong", expected="right", is_wrong=True)
    given = suite.content(
        [suite.server("a 1")], [suite.case("a.b.c", suite.failed(dialogue=lines))]
    )

    dialogue = suite.loaded(tmp_path, given).cases[0].results[0].dialogue

    assert len(dialogue) == 100
    assert [line.text for line in dialogue if line.is_wrong] == ["wrong"]


def test_what_is_beyond_the_limits_is_left_out_with_a_remark(tmp_path: Path) -> None:
    servers = [suite.server(f"s {n}") for n in range(14)]
    results = [suite.result("pass")] * 14
    cases = [suite.case(f"a.b.c{n}", *results) for n in range(2_001)]

    document = suite.loaded(tmp_path, suite.content(servers, cases))

    assert (len(document.servers), len(document.cases)) == (12, 2_000)
    assert {len(case.results) for case in document.cases} == {12}
    assert document.servers[0].counts[Grade.PASS] == 2_001
    assert document.remarks == (
        "Left out: 2 servers.",
        "Left out: 1 requirement.",
        "Left out: 1 case.",
    )


def test_servers_of_one_name_are_told_apart(tmp_path: Path) -> None:
    servers = [suite.server("a 1", target=target) for target in ("x", "y", "y")]

    document = suite.loaded(tmp_path, suite.content([*servers, suite.server("b 2")], []))

    assert [server.name for server in document.servers] == [
        "a 1, x",
        "a 1, y (2)",
        "a 1, y (3)",
        "b 2",
    ]
