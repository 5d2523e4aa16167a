"""What a page says of a case: its rules, and each result that is worth a look."""

from collections.abc import Mapping
from dataclasses import dataclass

from natsim.reports.quantity import duration, listed

from .dialogue import Row, has_connections, rows_of
from .document import Case, Conformance, Grade, Requirement, Result
from .views import Shared, shared_results
from .wire import parts

Parts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRow:
    """A row of a dialogue, its texts split into parts. css: `client`, `server`, `wrong`."""

    who: str
    time: str
    expected: Parts
    actual: Parts
    is_pair: bool
    css: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownResult:
    """A result of one or several servers. is_cut: it has a dialogue for which there is no room."""

    letter: str
    word: str
    names: str
    why: str
    lines: tuple[str, ...]
    rows: tuple[ShownRow, ...]
    is_cut: bool
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A case. rules: those of its requirements that the document has. notes: a line of facts."""

    case: Case
    rules: tuple[Requirement, ...]
    notes: str
    results: tuple[ShownResult, ...]
    is_open: bool


def card_of(case: Case, document: Conformance, rules: Mapping[str, Requirement]) -> Card:
    """Give the card of a case, with its dialogues."""
    shared = shared_results(case)
    return Card(
        case=case,
        rules=tuple(rules[name] for name in case.covers if name in rules),
        notes=_notes(case),
        results=tuple(_shown(item, case, document) for item in shared),
        is_open=any(
            result.grade is Grade.FAIL or result.is_unexpected_pass for result in case.results
        ),
    )


def without_dialogues(card: Card) -> Card:
    """Give the card for a page that is full: closed, its dialogues left out."""
    results = tuple(
        ShownResult(
            letter=item.letter,
            word=item.word,
            names=item.names,
            why=item.why,
            lines=item.lines,
            rows=(),
            is_cut=bool(item.rows),
            commands=item.commands[:1],
        )
        for item in card.results
    )
    return Card(case=card.case, rules=card.rules, notes=card.notes, results=results, is_open=False)


def _notes(case: Case) -> str:
    said = [
        case.file,
        f"configuration {case.house}" if case.house else "",
        f"holds for {case.versions}" if case.versions else "",
    ]
    return "; ".join(words for words in said if words)


def _shown(shared: Shared, case: Case, document: Conformance) -> ShownResult:
    result = shared.result
    names = [document.servers[server].name for server in shared.servers]
    is_clean = result.grade in (Grade.PASS, Grade.SKIPPED) and result.known is None
    rows = [] if is_clean else rows_of(result)
    commands = () if is_clean else tuple(case.results[n].reproduce for n in shared.servers)
    is_bad = result.is_unexpected_pass
    with_whom = f"The dialogue is that of {names[0]}" if rows and len(names) > 1 else ""
    return ShownResult(
        letter="F" if is_bad else result.grade.value[0].upper(),
        word="unexpected pass" if is_bad else result.grade.value,
        names=listed(names, "and"),
        why=result.why,
        lines=tuple(line for line in [_facts(result, shared, case), with_whom] if line),
        rows=tuple(_row(row, is_named=has_connections(rows)) for row in rows),
        is_cut=False,
        commands=tuple(command for command in commands if command),
    )


def _facts(result: Result, shared: Shared, case: Case) -> str:
    known, difference = result.known, result.difference
    spans = [case.results[server].duration_ms for server in shared.servers]
    times = [duration(span * 1_000_000) for span in spans if span is not None]
    until = f", until {known.expires}" if known is not None and known.expires else ""
    where = f"Line {difference.line} of the case" if difference and difference.line else ""
    said = [
        result.confirmed,
        "" if known is None else f"Known ({known.state.value}{until}): {known.reason}",
        f"Against the baseline: {result.change}" if result.change else "",
        f"{where}, connection {difference.conn}"
        if where and difference and difference.conn
        else where,
        f"It took {listed(times, 'and')}" if times and result.grade is not Grade.SKIPPED else "",
    ]
    return ". ".join(words[:1].upper() + words[1:] for words in said if words)


def _row(row: Row, is_named: bool) -> ShownRow:
    return ShownRow(
        who=f"{row.conn} {row.side}" if is_named else row.side,
        time=row.time,
        expected=parts(row.expected, row.expected_at) if row.expected else [],
        actual=parts(row.actual, row.at) if row.actual else [],
        is_pair=row.is_pair,
        css=" ".join(
            ["client" if row.side == "C" else "server", *["wrong"] * (row.at is not None)]
        ),
    )
