"""The page of a run: one file that needs nothing else, in which every link leads somewhere."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from natsim.reports.html import render_run
from natsim.reports.run import load_run

VOID = {"meta", "br"}


class Page(HTMLParser):
    """Collects what a page is made of, and checks that its elements nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.resources: list[str] = []
        self.text = ""
        self.open: list[str] = []
        self.misnested: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "href":
                self.targets.append(value or "")
            if name in {"src", "srcset", "action", "data", "xlink:href"} or name.startswith("on"):
                self.resources.append(f"{name}={value}")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.misnested.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(
    scope="module", params=["healthy_run", "invalid_run", "interrupted_run", "empty_run"]
)
def html(request: pytest.FixtureRequest) -> str:
    run: Path = request.getfixturevalue(request.param)
    return render_run(load_run(run))


def test_a_page_is_well_formed(html: str) -> None:
    page = Page(html)

    assert (page.open, page.misnested) == ([], [])


def test_a_page_runs_no_script_and_loads_nothing(html: str) -> None:
    page = Page(html)

    assert page.resources == []
    assert {"script", "link", "img", "iframe", "object", "embed", "form"} & set(page.tags) == set()
    assert "url(" not in html.replace("url(#pattern-", "")
    assert "@import" not in html
    assert "http" not in html.replace('http-equiv="Content-Security-Policy"', "")
    assert "default-src 'none'" in html


def test_every_link_leads_to_one_place_in_the_page(html: str) -> None:
    page = Page(html)

    assert len(page.ids) == len(set(page.ids))
    assert {target.removeprefix("#") for target in page.targets} - set(page.ids) == set()


def test_a_page_adapts_to_dark_small_and_paper(html: str) -> None:
    assert "prefers-color-scheme: dark" in html
    assert 'name="viewport"' in html
    assert "@media print" in html


def test_the_verdict_comes_first(invalid_run: Path) -> None:
    page = Page(render_run(load_run(invalid_run)))

    words = " ".join(page.text.split())

    assert "invalid 2 of 6 guarantees broken, at-most-once and publisher-order" in words
    assert words.index("guarantees broken") < words.index("Seed")


def test_each_anomaly_has_a_card_and_its_entries_deep_links(invalid_run: Path) -> None:
    document = load_run(invalid_run)

    page = Page(render_run(document))

    assert [f"a{anomaly.number}" in page.ids for anomaly in document.anomalies] == [True] * 3
    assert {f"i{index}" for index in document.entries} <= set(page.ids)


def test_the_guarantee_table_shows_numbers_beside_each_verdict(healthy_run: Path) -> None:
    html = render_run(load_run(healthy_run))

    rows = re.findall(r'<th scope="row">at-most-once</th>(.*?)</tr>', html, re.DOTALL)

    assert re.findall(r">([^<>\n]+)<", rows[0]) == ["valid", "2,479", "0", "231", "8.5 %"]


def test_a_partial_directory_is_announced(interrupted_run: Path) -> None:
    page = Page(render_run(load_run(interrupted_run)))

    assert "This report is not the whole run" in page.text
    assert "verdict.json is missing." in page.text


def test_the_plan_and_the_logs_are_there_verbatim(healthy_run: Path) -> None:
    page = Page(render_run(load_run(healthy_run)))

    assert (healthy_run / "plan.yaml").read_text() in page.text
    assert "[INF] route to n1 lost: <closed> & gone" in page.text


def test_an_entry_that_proves_two_anomalies_is_shown_once_and_linked(tmp_path: Path) -> None:
    (tmp_path / "history.jsonl").write_text(
        '{"i":0,"t":5,"type":"observe","f":"deliver","sub":"s"}'
    )
    anomaly = '{"name": "n", "text": "t", "entries": [0], "t": 5}'
    (tmp_path / "verdict.json").write_text(
        '{"verdict": "invalid", "checkers": [{"checker": "c", "verdict": "invalid",'
        f' "checked": 1, "anomalies": [{anomaly}, {anomaly}]}}]}}'
    )

    page = Page(render_run(load_run(tmp_path)))

    assert page.ids.count("i0") == 1
    assert page.text.count("as above") == 1
