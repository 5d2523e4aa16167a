"""The page of a run of the suite: one self-contained file, no script; a filter made of CSS."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from natsim.reports.html import readable_date, template
from natsim.reports.quantity import count, counted, listed

from .document import Conformance, Server
from .lines import (
    cards_of,
    change_lines,
    is_failing,
    known_lines,
    matrix_lines,
    number_of,
    requirement_lines,
    server_details,
    skip_lines,
    span,
)
from .sentence import sentence_of, verdict_of, whole_verdict, word_of
from .views import Coverage, changes_of, coverage_of, differs, known_failures_of, tally

_ACCUSED_SHOWN = 12
_CAPABILITIES_SHOWN = 60
_SHORT = 60  # cases that are all shown at once


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A server at the head of the page. accused: the first cases that fail, (id, number or 0)."""

    server: Server
    verdict: str
    word: str
    sentence: str
    accused: tuple[tuple[str, int], ...]
    more: int


def render_conformance(document: Conformance) -> str:
    """Give the page."""
    cards = cards_of(document)
    coverage = coverage_of(document)
    uncovered = [item for item in coverage if not item.cases]
    known, changes = known_failures_of(document), changes_of(document)
    names = [server.name for server in document.servers]
    return template("conformance/page.html.j2").render(
        document=document,
        word=word_of(whole_verdict(document)),
        names=listed(names, "and") or "no server",
        title=names[0] if len(names) == 1 else f"{counted(len(names), 'server')}, side by side",
        started=readable_date(document.started),
        took=span(document.duration_ms, 1_000_000),
        servers=[_server(document, number, cards) for number in range(len(names))],
        uncovered=uncovered,
        known=known_lines(known, cards),
        known_said=tally([item.known.state.value for item in known]),
        changes=change_lines(changes, cards),
        changes_said=tally([item.change for item in changes]),
        matrix=matrix_lines(document, cards),
        is_long=len(document.cases) > _SHORT,
        widths=_widths(len(names)),
        failing=sum(is_failing(case) for case in document.cases),
        different=sum(differs(case) for case in document.cases),
        skips=skip_lines(document),
        cards=list(cards.values()),
        cards_left_out=len(document.cases) - len(cards),
        coverage=requirement_lines(document, coverage, cards),
        covered=_covered(coverage, uncovered),
        capabilities=_capabilities(document)[:_CAPABILITIES_SHOWN],
        details=server_details(document),
    )


def _server(document: Conformance, number: int, cards: Mapping[int, Markup]) -> _Shown:
    verdict = verdict_of(document, number)
    found = [
        (case.id, number_of(place, cards))
        for place, case in enumerate(document.cases)
        if case.results[number].is_accused or case.results[number].is_unexpected_pass
    ]
    return _Shown(
        server=document.servers[number],
        verdict=verdict,
        word=word_of(verdict),
        sentence=sentence_of(document, number),
        accused=tuple(found[:_ACCUSED_SHOWN]),
        more=max(0, len(found) - _ACCUSED_SHOWN),
    )


def _capabilities(document: Conformance) -> list[tuple[str, list[bool | None]]]:
    names = dict.fromkeys(item.name for server in document.servers for item in server.capabilities)
    has = [{item.name: item.has for item in server.capabilities} for server in document.servers]
    return [(name, [one.get(name) for one in has]) for name in names]


def _widths(servers: int) -> str:
    """Give the widths of a matrix and of a server's column: usual, on a phone, beside words."""
    columns = max(1, servers)
    most = "100%" if columns > 3 else f"{480 + 150 * columns}px"
    wide = 66 / columns if columns > 4 else 150 / (480 + 150 * columns) * 100
    shares = {"wide": wide, "narrow": min(20.0, 50 / columns), "slim": min(14.0, 34 / columns)}
    return f"--most:{most};" + ";".join(f"--{name}:{width:.2f}%" for name, width in shares.items())


def _covered(coverage: Sequence[Coverage], uncovered: Sequence[Coverage]) -> str:
    covered = len(coverage) - len(uncovered)
    if not uncovered:
        return f"Each of {counted(len(coverage), 'requirement')} has a case."
    return f"{count(covered)} of {counted(len(coverage), 'requirement')} have a case."
