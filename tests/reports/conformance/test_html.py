"""The page: a matrix to see at a glance, and a card with the bytes of each case."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.reports.conformance import suite

from natsim.reports.conformance.html import render_conformance


@pytest.fixture
def page(tmp_path: Path) -> str:
    return render_conformance(suite.loaded(tmp_path, suite.full()))


def row(page: str, name: str) -> str:
    """Give the line of the matrix for a case."""
    (found,) = re.findall(rf'<tr class="case[^>]*><th scope="row"><a [^>]*>{name}</a>.*', page)
    return str(found)


def card(page: str, number: int) -> str:
    """Give the card of a case, by its number from 1."""
    rest = page.partition(f'<details class="case" id="c{number}"')[2]
    return rest.partition('<details class="case"')[0].partition("</section>")[0]


class Words(HTMLParser):
    """The text of a page, the elements' ids and where its links lead."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(given["id"] or "")
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag not in ("meta", "input", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_every_element_is_closed_every_id_is_unique_every_link_leads_somewhere(page: str) -> None:
    words = Words(page)

    assert words.open == []
    assert len(set(words.ids)) == len(words.ids)
    assert {link for link in words.links if link[1:] not in words.ids} == set()


def test_a_page_needs_no_script_and_loads_nothing(page: str) -> None:
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert re.findall(r'(?:src|href)="(?!#)', page) == []


def test_each_server_has_its_sentence_at_the_top(page: str) -> None:
    head = page.partition('<dl class="facts">')[0]

    assert "<strong>nats-server 2.9.10</strong>: 4 of 6 cases pass, 1 of them leniently;" in head
    assert '<a href="#c1">core.sub.one</a>' in head


def test_a_cell_has_a_letter_a_colour_and_a_link(page: str) -> None:
    assert '<td class="P"><a href="#c1" tabindex="-1">P</a></td>' in row(page, "core.sub.one")


def test_a_bar_stands_where_the_grade_changes_between_neighbours(page: str) -> None:
    assert re.findall(r'<td class="([^"]*)">', row(page, "core.sub.one")) == ["P", "F flip", "F"]
    assert re.findall(r'<td class="([^"]*)">', row(page, "core.pub.one")) == [
        "P",
        "L flip",
        "P flip",
    ]


def test_a_known_failure_and_an_unexpected_pass_look_like_themselves(page: str) -> None:
    assert '<td class="F known flip">' in row(page, "core.sub.two")
    assert '<td class="F"><a href="#c4">P!</a>' in row(page, "core.pub.two")


@pytest.mark.parametrize(
    ("name", "css"),
    [
        ("core.sub.one", "case fails differs"),
        ("core.pub.one", "case differs"),
        ("core.pub.two", "case fails"),
    ],
)
def test_the_filter_can_tell_the_lines_apart(page: str, name: str, css: str) -> None:
    assert row(page, name).startswith(f'<tr class="{css}">')


def test_a_group_has_a_mark_for_each_case_and_says_how_many(page: str) -> None:
    group = page.partition('<tr class="group fails differs"><th scope="row">core.sub')[2]

    assert group.partition("</tr>")[0].count("M") == 6
    assert 'aria-label="1 fail, 1 pass"' in group


def test_a_card_marks_the_first_differing_byte_on_both_sides(page: str) -> None:
    shown = card(page, 1)

    assert "MSG a <mark>1</mark> 2<i>\\r\\n\n</i>hi<i>\\r\\n</i></td>" in shown
    assert "MSG a <mark>2</mark> 2<i>\\r\\n\n</i>hi<i>\\r\\n</i></td>" in shown


def test_a_card_tells_the_rule_the_reason_and_the_command(page: str) -> None:
    shown = card(page, 1)

    assert '<b class="level">must</b> A server keeps core.sub.one.' in shown
    assert "<cite>the protocol&#39;s documentation</cite>" in shown
    assert "<strong>nats-server 2.9.10</strong>: the server answered with another sid" in shown
    assert "A second run failed the same way. Against the baseline: broke. Line 12" in shown
    assert '<code class="command">natsim conform nats://h:1 --only core.sub.one</code>' in shown


def test_cards_of_failures_are_open_others_closed(page: str) -> None:
    opened = re.findall(r'<details class="case" id="c(\d)" open>', page)

    assert opened == ["1", "2", "4"]


def test_an_id_is_an_address(page: str) -> None:
    assert 'id="core.sub.one"' in page


@pytest.mark.parametrize("name", ["c1", "matrix", "show-all", "a b.c", "a..b", 'a".b', "é.b"])
def test_an_id_that_could_not_be_an_address_is_none(tmp_path: Path, name: str) -> None:
    given = suite.content([suite.server("a 1")], [suite.case(name, suite.result("pass"))])

    words = Words(render_conformance(suite.loaded(tmp_path, given)))

    assert len(set(words.ids)) == len(words.ids)
    assert words.ids.count(name) == (name in ("matrix", "show-all", "c1"))


def test_uncovered_requirements_are_loud(tmp_path: Path) -> None:
    given = suite.full()
    given["requirements"] = [suite.requirement("core.rare")]

    page = render_conformance(suite.loaded(tmp_path, given))

    assert "1 requirement without a case" in page
    assert "0 of 1 requirement have a case." in page
    assert '<tr class="uncovered"><th scope="row"><code>core.rare</code>' in page


def test_capabilities_come_with_their_evidence(page: str) -> None:
    assert '<tr><th scope="row">headers</th><td class="yes">yes</td>' in page
    assert '<td class="words">HPUB was delivered</td>' in page
    assert "refused: -ERR &#39;Unknown Protocol Operation&#39;, closed" in page


def test_a_decoy_that_was_not_refused_is_loud(tmp_path: Path) -> None:
    one = suite.server("a 1", decoy={"is_refused": False, "evidence": "no answer"})

    page = render_conformance(suite.loaded(tmp_path, suite.content([one], [])))

    assert '<span class="bad">not refused</span>: no answer' in page


def test_a_document_with_nothing_in_it_has_a_page(tmp_path: Path) -> None:
    page = render_conformance(suite.loaded(tmp_path, {}))

    assert "No server was recorded." in page
    assert "No case was recorded." in page


def test_a_short_matrix_is_shown_whole_a_long_one_by_its_groups(tmp_path: Path) -> None:
    cases = [suite.case(f"a.b.c{n}", suite.result("pass")) for n in range(61)]
    short = suite.content([suite.server("a 1")], cases[:60])
    long = suite.content([suite.server("a 1")], cases)

    pages = [render_conformance(suite.loaded(tmp_path, given)) for given in (short, long)]

    assert [re.findall(r'id="(show-\w+)" checked', page) for page in pages] == [
        ["show-all"],
        ["show-groups"],
    ]
