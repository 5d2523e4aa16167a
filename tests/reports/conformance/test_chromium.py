"""A real browser reads the page as it is meant."""

from pathlib import Path

from tests.reports.conformance import suite
from tests.reports.test_chromium import dump

from natsim.reports.conformance.html import render_conformance


def test_a_browser_sees_the_matrix_and_every_card(tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(render_conformance(suite.loaded(tmp_path, suite.full())))

    seen = dump(page, tmp_path / "profile")

    assert seen.count('<tr class="case') == 6
    assert seen.count('<svg class="strip"') == 9
    assert '<details class="case" id="c6">' in seen
    assert "<script" not in seen
