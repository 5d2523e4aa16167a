"""What got better and what broke since an earlier report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.harness.conform.test_run import Scripted

from natsim.conformance.mistake import CaseError
from natsim.harness.conform.baseline import load_baseline, mark_changes
from natsim.harness.conform.outcome import Grade, Outcome
from natsim.harness.conform.run import Report

if TYPE_CHECKING:
    from pathlib import Path


def found(grade: Grade) -> Report:
    return Report(target=Scripted(), outcomes={"x.case": Outcome(grade=grade)})


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ("pass", Grade.FAIL, "broke"),
        ("lenient", Grade.UNKNOWN, "broke"),
        ("skipped", Grade.FAIL, "broke"),
        ("fail", Grade.PASS, "better"),
        ("unknown", Grade.LENIENT, "better"),
        ("pass", Grade.PASS, ""),
        ("fail", Grade.FAIL, ""),
        ("skipped", Grade.PASS, ""),
        ("pass", Grade.SKIPPED, ""),
    ],
)
def test_a_change_is(before: str, now: Grade, change: str) -> None:
    report = found(now)

    mark_changes([report], {"x.case": [before]})

    assert report.changes == {"x.case": change}


def test_a_case_that_was_not_there_is_new() -> None:
    report = found(Grade.PASS)

    mark_changes([report], {})

    assert report.changes == {"x.case": "new"}


def test_servers_are_compared_in_order_and_one_more_with_the_last() -> None:
    reports = [found(Grade.FAIL), found(Grade.FAIL), found(Grade.FAIL)]

    mark_changes(reports, {"x.case": ["fail", "pass"]})

    assert [report.changes["x.case"] for report in reports] == ["", "broke", "broke"]


def test_grades_are_read_by_server(tmp_path: Path) -> None:
    path = tmp_path / "conformance.json"
    results = [{"grade": "pass"}, {"grade": "fail"}]
    cases = [{"id": "x.case", "results": results}]
    path.write_text(json.dumps({"schema": "natsim.conformance/1", "cases": cases}))

    assert load_baseline(path) == {"x.case": ["pass", "fail"]}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it cannot be read"),
        ("[]", "it cannot be read"),
        ('{"schema": "natsim.run/1"}', "it is no report of the suite; give its conformance.json"),
    ],
)
def test_another_file_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text)

    with pytest.raises(CaseError, match=why):
        load_baseline(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="it cannot be read"):
        load_baseline(tmp_path / "none.json")
