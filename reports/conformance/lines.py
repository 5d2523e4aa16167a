"""The parts of the page of which there may be too many: cards, lines of the matrix, requirements.

Each is rendered on its own and kept while there is room, so that the page is below its limit
whatever the document holds. What fails is kept before all else.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Template
from markupsafe import Markup

from natsim.reports.html import template
from natsim.reports.limits import (
    CONFORMANCE_CARDS_BYTES_MAX,
    CONFORMANCE_COVERAGE_BYTES_MAX,
    CONFORMANCE_DETAILS_BYTES_MAX,
    CONFORMANCE_LISTS_BYTES_MAX,
    CONFORMANCE_MATRIX_BYTES_MAX,
    CONFORMANCE_SHORT_CARDS_BYTES_MAX,
    CONFORMANCE_SKIPS_BYTES_MAX,
)
from natsim.reports.quantity import duration

from .card import Card, card_of, without_dialogues
from .cells import Cell, cells_of, cells_of_grades, strip_of
from .document import Case, Conformance, Grade, Server
from .fitting import fitting
from .views import (
    Change,
    Coverage,
    Group,
    KnownFailure,
    differs,
    groups_of,
    rules_of,
    skips_of,
)

# A part of an id ends with a letter or a digit, and `c7` is the seventh case whatever its name.
_ANCHOR = re.compile(r"(?!c\d+$)[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+", re.IGNORECASE)

_INFO_MAX = 6_000

_FAILING, _DIFFERENT, _OTHER = range(3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Parts of the page. left_out: how many of their kind had no room."""

    shown: list[Markup]
    left_out: int


def cards_of(document: Conformance) -> dict[int, Markup]:
    """Give the cards there is room for, by place of the case; dialogues only while they fit."""
    rules = rules_of(document)
    ranks = [_rank(case) for case in document.cases]
    anchors = _anchors(document.cases)
    page = template("conformance/case.html.j2")
    cards = [card_of(case, document, rules) for case in document.cases]
    full = [_card(page, card, place, anchors[place]) for place, card in enumerate(cards)]
    kept = {place: full[place] for place in fitting(full, ranks, CONFORMANCE_CARDS_BYTES_MAX)}
    others = [place for place in range(len(cards)) if place not in kept]
    short = [_card(page, without_dialogues(cards[n]), n, anchors[n]) for n in others]
    fit = fitting(short, [ranks[place] for place in others], CONFORMANCE_SHORT_CARDS_BYTES_MAX)
    kept |= {others[number]: short[number] for number in fit}
    return dict(sorted(kept.items()))


def matrix_lines(document: Conformance, cards: Mapping[int, Markup]) -> Lines:
    """Give the lines of the matrix; those of groups are not counted where they have no room."""
    head, page = template("conformance/group.html.j2"), template("conformance/row.html.j2")
    lines: list[Markup] = []
    ranks: list[int] = []
    places: list[int | None] = []
    for group in groups_of(document):
        cases = [document.cases[place] for place in group.numbers]
        lines.append(_group(head, group, cases, len(document.servers)))
        ranks.append(_DIFFERENT)
        places.append(None)
        for place, case in zip(group.numbers, cases, strict=True):
            lines.append(_line(page, case, place, is_linked=place in cards))
            ranks.append(_rank(case))
            places.append(place)
    kept = fitting(lines, ranks, CONFORMANCE_MATRIX_BYTES_MAX)
    shown = sum(places[number] is not None for number in kept)
    return Lines(shown=[lines[number] for number in kept], left_out=len(document.cases) - shown)


def requirement_lines(
    document: Conformance, coverage: Sequence[Coverage], cards: Mapping[int, Markup]
) -> Lines:
    """Give the requirements, those without a case first."""
    numbers = {document.cases[place].id: place + 1 for place in sorted(cards, reverse=True)}
    empty = [Cell(letter="", css="")] * len(document.servers)
    items = [
        {
            "item": item,
            "cases": [(name, numbers.get(name, 0)) for name in item.cases],
            "cells": cells_of_grades(item.grades) if item.cases else empty,
        }
        for item in sorted(coverage, key=lambda item: bool(item.cases))
    ]
    return _lines("requirement", items, CONFORMANCE_COVERAGE_BYTES_MAX)


def skip_lines(document: Conformance) -> Lines:
    """Give the reasons to skip, those with the most skips first."""
    items = [{"item": skip} for skip in skips_of(document)]
    return _lines("skip", items, CONFORMANCE_SKIPS_BYTES_MAX)


def known_lines(known: Sequence[KnownFailure], cards: Mapping[int, Markup]) -> Lines:
    """Give the known failures."""
    items = [{"item": item, "number": number_of(item.place, cards)} for item in known]
    return _lines("known", items, CONFORMANCE_LISTS_BYTES_MAX)


def change_lines(changes: Sequence[Change], cards: Mapping[int, Markup]) -> Lines:
    """Give the changes since the baseline."""
    items = [{"item": item, "number": number_of(item.place, cards)} for item in changes]
    return _lines("change", items, CONFORMANCE_LISTS_BYTES_MAX)


def server_details(document: Conformance) -> Lines:
    """Give what is known of each server."""
    items = [
        {
            "server": server,
            "info": _info(server),
            "took": span(server.duration_ms, 1_000_000),
            "trip": span(server.rtt_us, 1_000),
            "is_only": len(document.servers) == 1,
        }
        for server in document.servers
    ]
    return _lines("server", items, CONFORMANCE_DETAILS_BYTES_MAX)


def number_of(place: int | None, cards: Mapping[int, Markup]) -> int:
    """Give the number by which the page names a case, 0 for one that has no card."""
    return place + 1 if place is not None and place in cards else 0


def span(number: int | None, unit_ns: int) -> str:
    """Say a span given in units, nothing where it is not known."""
    return "" if number is None else duration(number * unit_ns)


def is_failing(case: Case) -> bool:
    """Say whether a case fails on some server, known or not, or passes unexpectedly."""
    return any(result.grade is Grade.FAIL or result.is_unexpected_pass for result in case.results)


def _lines(name: str, items: Sequence[Mapping[str, object]], bytes_max: int) -> Lines:
    page = template(f"conformance/{name}.html.j2")
    lines = [Markup(page.render(item)) for item in items]  # safe: the template escapes
    kept = fitting(lines, [0] * len(lines), bytes_max)
    return Lines(shown=[lines[number] for number in kept], left_out=len(lines) - len(kept))


def _info(server: Server) -> str:
    if not server.info:
        return ""
    return json.dumps(dict(server.info), indent=2, ensure_ascii=False)[:_INFO_MAX]


def _rank(case: Case) -> int:
    return _FAILING if is_failing(case) else _DIFFERENT if differs(case) else _OTHER


def _card(page: Template, card: Card, place: int, anchor: str) -> Markup:
    cells = cells_of(card.case.results)
    # Safe: the template escapes.
    return Markup(page.render(number=place + 1, anchor=anchor, card=card, cells=cells))


def _anchors(cases: Sequence[Case]) -> list[str]:
    """Give each case its id as an anchor, if it is fit for one and the first of its name."""
    taken: set[str] = set()
    anchors: list[str] = []
    for case in cases:
        is_fit = _ANCHOR.fullmatch(case.id) is not None and case.id not in taken
        anchors.append(case.id if is_fit else "")
        taken.add(case.id)
    return anchors


def _line(page: Template, case: Case, place: int, is_linked: bool) -> Markup:
    css = "case" + " fails" * is_failing(case) + " differs" * differs(case)
    cells = cells_of(case.results)
    line = page.render(number=place + 1, case=case, cells=cells, css=css, is_linked=is_linked)
    return Markup(line)  # safe: the template escapes


def _group(page: Template, group: Group, cases: Sequence[Case], servers: int) -> Markup:
    css = "group" + " fails" * any(map(is_failing, cases)) + " differs" * any(map(differs, cases))
    strips = [strip_of(cases, server) for server in range(servers)]
    # Safe: xml.etree built the pictures, and it escapes; so does the template.
    shown = [{"picture": Markup(strip.picture), "tally": strip.tally} for strip in strips]
    return Markup(page.render(group=group, strips=shown, css=css))
