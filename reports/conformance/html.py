"""The page of a run of the suite: one self-contained file, no script; a filter made of CSS.

Rows and cards are rendered one by one and kept while there is room, so the page is below its limit
whatever the document holds. Failed cases get room before all others.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Template
from markupsafe import Markup

from natsim.reports.html import readable_date, template
from natsim.reports.limits import (
    CONFORMANCE_CARDS_BYTES_MAX,
    CONFORMANCE_COVERAGE_BYTES_MAX,
    CONFORMANCE_MATRIX_BYTES_MAX,
)
from natsim.reports.quantity import count, counted, duration, listed

from .card import Card, card_of, without_dialogues
from .cells import Cell, Strip, cells_of, cells_of_grades, strip_of
from .document import Case, Conformance, Grade, Server
from .sentence import sentence_of, verdict_of, whole_verdict, word_of
from .views import Coverage, Group, coverage_of, differs, groups_of, rules_of, skips_of

_ANCHOR = re.compile(r"(?!c\d)[a-z0-9][a-z0-9.-]*", re.IGNORECASE)
_SECTIONS = (
    *("remarks", "uncovered", "known", "baseline", "matrix", "skips", "cases", "requirements"),
    *("servers", "show-all", "show-fails", "show-differs", "show-groups"),
)
_ACCUSED_SHOWN = 12
_INFO_MAX = 6_000
_SHORT = 60  # cases that are all shown at once
_CHANGES = ("broke", "better", "new")


class Room:
    """A number of bytes, of which parts of a page take what they need."""

    def __init__(self, bytes_max: int) -> None:
        self._left = bytes_max

    def take(self, part: str) -> bool:
        """Say whether there is room for a part, and keep it."""
        size = len(part.encode())
        if size > self._left:
            return False
        self._left -= size
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A server at the head of the page. accused: the first (id, number) of cases that fail."""

    server: Server
    verdict: str
    word: str
    sentence: str
    accused: tuple[tuple[str, int], ...]
    more: int
    info: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    number: int
    id: str
    server: str
    state: str
    reason: str
    expires: str
    is_loud: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    number: int
    id: str
    change: str
    servers: str


def render_conformance(document: Conformance) -> str:
    """Give the page."""
    failing = [_is_failing(case) for case in document.cases]
    cards = _cards(document, failing)
    rows, rows_shown = _rows(document, failing, cards)
    coverage = coverage_of(document)
    uncovered = [item for item in coverage if not item.cases]
    requirements = _requirements(document, coverage, cards)
    known, changes = _known(document), _changes(document)
    names = [server.name for server in document.servers]
    return template("conformance/page.html.j2").render(
        document=document,
        word=word_of(whole_verdict(document)),
        names=listed(names, "and") or "no server",
        title=names[0] if len(names) == 1 else f"{counted(len(names), 'server')}, side by side",
        started=readable_date(document.started),
        servers=[_server(document, number) for number in range(len(names))],
        uncovered=uncovered,
        known=known,
        known_said=_known_said(known),
        changes=changes,
        changes_said=_changes_said(document, changes),
        rows=rows,
        rows_left_out=len(document.cases) - rows_shown,
        is_long=len(document.cases) > _SHORT,
        widths=_widths(len(names)),
        sizes={
            "all": len(document.cases),
            "fails": sum(failing),
            "differs": sum(differs(case) for case in document.cases),
        },
        skips=skips_of(document),
        cards=[card for _, card in sorted(cards.items())],
        cards_left_out=len(document.cases) - len(cards),
        coverage=requirements,
        coverage_left_out=len(coverage) - len(requirements),
        covered=_covered(coverage, uncovered),
        capabilities=_capabilities(document),
        duration_of=_duration,
        trip_of=_trip,
    )


def _is_failing(case: Case) -> bool:
    return any(result.grade is Grade.FAIL or result.is_unexpected_pass for result in case.results)


def _cards(document: Conformance, failing: Sequence[bool]) -> dict[int, Markup]:
    """Give the cards there is room for, by number of the case, those that fail first."""
    room = Room(CONFORMANCE_CARDS_BYTES_MAX)
    rules = rules_of(document)
    page = template("conformance/case.html.j2")
    anchors = _anchors(document.cases)
    cards: dict[int, Markup] = {}
    for number in sorted(range(len(document.cases)), key=lambda n: not failing[n]):
        card = card_of(document.cases[number], document, rules)
        for version in (card, without_dialogues(card)):
            made = _card(page, version, number, anchors[number])
            if room.take(made):
                cards[number] = made
                break
    return cards


def _card(page: Template, card: Card, number: int, anchor: str) -> Markup:
    return Markup(
        page.render(
            number=number + 1,
            anchor=anchor,
            case=card.case,
            rules=card.rules,
            notes=card.notes,
            results=card.results,
            is_open=card.is_open,
            cells=cells_of(card.case.results),
        )
    )  # safe: the template escapes


def _anchors(cases: Sequence[Case]) -> list[str]:
    """Give each case its id as an anchor, if it is fit for one and the first of its name."""
    taken = set(_SECTIONS)
    anchors: list[str] = []
    for case in cases:
        is_fit = _ANCHOR.fullmatch(case.id) is not None and case.id not in taken
        anchors.append(case.id if is_fit else "")
        taken.add(case.id)
    return anchors


def _rows(
    document: Conformance, failing: Sequence[bool], cards: dict[int, Markup]
) -> tuple[list[Markup], int]:
    """Give the lines of the matrix there is room for, and how many are of cases."""
    room = Room(CONFORMANCE_MATRIX_BYTES_MAX)
    page, head = template("conformance/row.html.j2"), template("conformance/group.html.j2")
    rows: list[Markup] = []
    shown = 0
    for group in groups_of(document):
        cases = [document.cases[number] for number in group.numbers]
        css = _css("group", any(failing[n] for n in group.numbers), any(map(differs, cases)))
        lines = [
            _group(head, group, [strip_of(cases, n) for n in range(len(document.servers))], css)
        ]
        for number, case in zip(group.numbers, cases, strict=True):
            row = page.render(
                number=number + 1,
                case=case,
                cells=cells_of(case.results),
                css=_css("case", failing[number], differs(case)),
                is_linked=number in cards,
            )
            lines.append(Markup(row))  # safe: the template escapes
        for place, line in enumerate(lines):
            if not room.take(line):
                return rows, shown
            rows.append(line)
            shown += place > 0
    return rows, shown


def _group(page: Template, group: Group, strips: list[Strip], css: str) -> Markup:
    pictures = [
        # Safe: xml.etree built it, and it escapes every text and attribute.
        {"picture": Markup(strip.picture), "tally": strip.tally}
        for strip in strips
    ]
    return Markup(page.render(group=group, strips=pictures, css=css))  # safe: the template escapes


def _css(kind: str, is_failing: bool, is_different: bool) -> str:
    return kind + " fails" * is_failing + " differs" * is_different


def _requirements(
    document: Conformance, coverage: Sequence[Coverage], cards: dict[int, Markup]
) -> list[Markup]:
    room = Room(CONFORMANCE_COVERAGE_BYTES_MAX)
    page = template("conformance/requirement.html.j2")
    numbers = {document.cases[number].id: number + 1 for number in sorted(cards, reverse=True)}
    rows: list[Markup] = []
    for item in sorted(coverage, key=lambda item: bool(item.cases)):
        row = page.render(
            item=item,
            cases=[(name, numbers.get(name, 0)) for name in item.cases],
            cells=cells_of_grades(item.grades)
            if item.cases
            else [Cell(letter="", css="")] * len(document.servers),
        )
        if not room.take(row):
            break
        rows.append(Markup(row))  # safe: the template escapes
    return rows


def _server(document: Conformance, number: int) -> _Shown:
    server = document.servers[number]
    verdict = verdict_of(document, number)
    found = [
        (case.id, place + 1)
        for place, case in enumerate(document.cases)
        if case.results[number].is_accused or case.results[number].is_unexpected_pass
    ]
    info = json.dumps(dict(server.info), indent=2, ensure_ascii=False) if server.info else ""
    return _Shown(
        server=server,
        verdict=verdict,
        word=word_of(verdict),
        sentence=sentence_of(document, number),
        accused=tuple(found[:_ACCUSED_SHOWN]),
        more=max(0, len(found) - _ACCUSED_SHOWN),
        info=info[:_INFO_MAX],
    )


def _known(document: Conformance) -> list[_Known]:
    return [
        _Known(
            number=number + 1,
            id=case.id,
            server=document.servers[server].name,
            state=result.known.state.value,
            reason=result.known.reason,
            expires=result.known.expires,
            is_loud=not result.is_excused,
        )
        for number, case in enumerate(document.cases)
        for server, result in enumerate(case.results)
        if result.known is not None
    ]


def _changes(document: Conformance) -> list[_Change]:
    found: list[_Change] = []
    for change in _CHANGES:
        for number, case in enumerate(document.cases):
            names = [
                document.servers[server].name
                for server, result in enumerate(case.results)
                if result.change == change
            ]
            if names:
                servers = listed(names, "and")
                found.append(_Change(number=number + 1, id=case.id, change=change, servers=servers))
    return found


def _capabilities(document: Conformance) -> list[tuple[str, list[bool | None]]]:
    names = dict.fromkeys(item.name for server in document.servers for item in server.capabilities)
    has = [{item.name: item.has for item in server.capabilities} for server in document.servers]
    return [(name, [one.get(name) for one in has]) for name in names]


def _known_said(known: Sequence[_Known]) -> str:
    states = [item.state for item in known]
    return ", ".join(f"{count(states.count(state))} {state}" for state in sorted(set(states)))


def _changes_said(document: Conformance, changes: Sequence[_Change]) -> str:
    words = [item.change for item in changes]
    said = [f"{count(words.count(word))} {word}" for word in _CHANGES if word in words]
    return ", ".join([*said, *[f"{count(len(document.gone))} gone"] * bool(document.gone)])


def _widths(servers: int) -> str:
    """Give the widths of a server's column, on a wide page, a narrow one, and beside long words."""
    columns = max(1, servers)
    shares = {"wide": min(14.0, 66 / columns), "narrow": 50 / columns, "slim": 34 / columns}
    return ";".join(f"--{name}:{share:.2f}%" for name, share in shares.items())


def _covered(coverage: Sequence[Coverage], uncovered: Sequence[Coverage]) -> str:
    covered = len(coverage) - len(uncovered)
    if not uncovered:
        return f"Each of {counted(len(coverage), 'requirement')} has a case."
    return f"{count(covered)} of {counted(len(coverage), 'requirement')} have a case."


def _duration(span_ms: int | None) -> str:
    return "" if span_ms is None else duration(span_ms * 1_000_000)


def _trip(span_us: int | None) -> str:
    return "" if span_us is None else duration(span_us * 1_000)
