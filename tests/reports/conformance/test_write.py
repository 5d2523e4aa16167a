"""Reports stand beside conformance.json, whole or not at all."""

import stat
from pathlib import Path

import pytest
from tests.reports.conformance import suite

from natsim.reports.conformance import write_conformance
from natsim.reports.errors import NoConformanceError


def test_a_page_xml_and_markdown_are_written(tmp_path: Path) -> None:
    suite.write(tmp_path, suite.full())

    paths = write_conformance(tmp_path)

    assert paths == [tmp_path / name for name in ("report.html", "junit.xml", "summary.md")]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}


def test_old_reports_are_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    suite.write(tmp_path, suite.full())
    (tmp_path / "report.html").write_text("old")

    write_conformance(tmp_path)

    assert (tmp_path / "report.html").read_text() != "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "conformance.json",
        "junit.xml",
        "report.html",
        "summary.md",
    ]


def test_a_directory_without_the_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoConformanceError, match="natsim conform writes it"):
        write_conformance(tmp_path)

    assert list(tmp_path.iterdir()) == []
