"""No text of the document can become markup, whatever format it is shown in."""

import io
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console
from tests.reports.conformance import suite

from natsim.reports.conformance import Conformance, print_conformance
from natsim.reports.conformance.html import render_conformance
from natsim.reports.conformance.junit import junit_of_conformance
from natsim.reports.conformance.markdown import job_summary

EVIL = "<script>e()</script>]]>&\"' [red]x[/red] `|*_ \x1b[31m\x00\r\n\ud800\u202e\ufffe {{7*7}}"
SHOWN = "<script>e()</script>]]>&\"'"
WORDS = ("grade", "state", "change", "side", "level", "has", "is_refused", "is_wrong")


def poisoned(value: suite.Json) -> suite.Json:
    """Give the document with the attack in every text and every key that is free."""
    if isinstance(value, str):
        return EVIL
    if isinstance(value, list):
        return [poisoned(item) for item in value]
    if isinstance(value, dict):
        return {
            key: item if key in WORDS else {EVIL: EVIL} if key == "info" else poisoned(item)
            for key, item in value.items()
        }
    return value


@pytest.fixture
def document(tmp_path: Path) -> Conformance:
    return suite.loaded(tmp_path, poisoned(suite.full()))


class Tags(HTMLParser):
    """The elements of a page, the names of their attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def unsafe_characters(text: str) -> list[str]:
    return re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff\ufffe]", text)


def test_the_page_shows_the_attack_as_text(document: Conformance) -> None:
    html = render_conformance(document)

    page = Tags(html)

    assert "<script" not in html
    assert "script" not in page.tags
    assert not any(name.startswith("on") for name in page.attributes)
    assert page.text.count(SHOWN) > 60
    assert unsafe_characters(html) == []


def test_junit_xml_is_well_formed_and_keeps_the_text(document: Conformance) -> None:
    root = ElementTree.fromstring(junit_of_conformance(document))

    assert root.find(".//script") is None
    assert SHOWN in (root.findtext(".//failure[@type='fail']") or "")


def test_markdown_holds_no_markup_of_the_document(document: Conformance) -> None:
    summary = job_summary(document)
    prose = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", summary, flags=re.MULTILINE | re.DOTALL)

    assert "<script" not in prose
    assert "[red]" not in prose
    assert unsafe_characters(summary) == []
    assert {len(row.split("|")) for row in re.findall(r"^\| .*$", prose, re.MULTILINE)} == {6, 7}


def test_the_terminal_gets_neither_its_own_sequences_nor_our_markup(
    document: Conformance, tmp_path: Path
) -> None:
    out = io.StringIO()

    print_conformance(document, Console(file=out, width=400), tmp_path)

    assert unsafe_characters(out.getvalue()) == []
    assert "[red]x[/red]" in out.getvalue()
