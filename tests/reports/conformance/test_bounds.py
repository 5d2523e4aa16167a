"""However much a document holds, its reports stay small enough to open, mail and attach."""

from pathlib import Path

import pytest
from tests.reports.conformance import suite

from natsim.reports.conformance import Conformance, write_conformance
from natsim.reports.conformance.html import render_conformance
from natsim.reports.limits import CONFORMANCE_SUMMARY_BYTES_MAX, REPORT_BYTES_MAX

QUOTES = '"' * 700  # a character that needs five in HTML
SERVERS, CASES = 12, 220


def fullest() -> suite.Object:
    """Give a document in which everything is more than a report can hold, all of it quotes."""
    capabilities: list[suite.Json] = [
        {"name": f"{n}{QUOTES}", "has": True, "evidence": QUOTES} for n in range(50)
    ]
    servers = [
        suite.server(
            f"{n}{QUOTES}",
            info={f"{key}{QUOTES}": QUOTES for key in range(100)},
            capabilities=[
                {**item, "name": f"{n}{item['name']}"}
                for item in capabilities
                if isinstance(item, dict)
            ],
            decoy={"is_refused": False, "evidence": QUOTES},
            ended=f"unavailable: {QUOTES}",
            target=QUOTES,
        )
        for n in range(SERVERS)
    ]
    dialogue: list[suite.Json] = [
        suite.line("S", QUOTES, conn=f"{n}{QUOTES}", expected=f"{QUOTES}x", is_wrong=True)
        for n in range(2)
    ]
    results = [
        suite.result(
            grade,
            why=f"{n}{QUOTES}",
            confirmed=QUOTES,
            known=suite.known("expired") | {"reason": QUOTES},
            change="broke",
            reproduce=QUOTES,
            dialogue=dialogue,
        )
        for n in range(SERVERS // 2)
        for grade in ("fail", "skipped")
    ]
    cases = [suite.case(f"{n}.{n}.{QUOTES}", *results, title=QUOTES) for n in range(CASES)]
    requirements: list[suite.Json] = [
        suite.requirement(f"{n}.{n}.{QUOTES}", *([QUOTES] * (n % 2))) | {"rule": QUOTES}
        for n in range(2_500)
    ]
    gone: list[suite.Json] = [{"id": QUOTES, "was": QUOTES} for _ in range(600)]
    return suite.content(servers, cases, requirements=requirements, gone=gone, command=QUOTES * 2)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the fullest document, its reports written."""
    place = tmp_path_factory.mktemp("fullest")
    suite.write(place, fullest())
    write_conformance(place)
    return place


def test_the_page_of_the_fullest_document_stays_below_two_million_bytes(directory: Path) -> None:
    page = (directory / "report.html").read_text()

    assert len(page.encode()) < REPORT_BYTES_MAX
    assert "more cases for which there is no room; conformance.json holds them." in page
    assert page.endswith("</html>")


def test_the_summary_of_the_fullest_document_fits_a_job_step(directory: Path) -> None:
    assert (directory / "summary.md").stat().st_size <= CONFORMANCE_SUMMARY_BYTES_MAX


def test_junit_of_the_fullest_document_can_be_attached(directory: Path) -> None:
    assert (directory / "junit.xml").stat().st_size < 64 << 20


def test_the_largest_matrix_keeps_the_line_of_a_failure_at_its_end(tmp_path: Path) -> None:
    passing = [suite.result("pass")] * SERVERS
    cases = [suite.case(f"core.group{n // 20}.case{n}", *passing) for n in range(2_000)]
    cases[-1] = suite.case("core.last.one", *passing[1:], suite.failed())
    servers = [suite.server(f"server {n}") for n in range(SERVERS)]

    page = render_conformance(suite.loaded(tmp_path, suite.content(servers, cases)))

    assert len(page.encode()) < REPORT_BYTES_MAX
    assert '<a href="#c2000">core.last.one</a>' in page
    assert "cases have no line here for want of room." in page


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Conformance:
    """Six servers, 400 cases, nothing passes, and no two dialogues are alike."""
    servers = [suite.server(f"server {n}") for n in range(6)]
    cases = [
        suite.case(
            f"core.group{place // 20}.case{place}",
            *[
                suite.failed(
                    dialogue=[
                        suite.line(
                            "S", f"{n} came\\r\\n", expected="1 was wanted\\r\\n", is_wrong=True
                        )
                        for n in range(number, number + 12)
                    ]
                )
                for number in range(6)
            ],
        )
        for place in range(400)
    ]
    return suite.loaded(tmp_path_factory.mktemp("broken"), suite.content(servers, cases))


def test_servers_that_fail_everything_have_a_page_with_every_line(broken: Conformance) -> None:
    page = render_conformance(broken)

    assert len(page.encode()) < REPORT_BYTES_MAX
    assert page.count('<tr class="case') == 400
    assert "The dialogue has no room on this page; conformance.json holds it." in page
