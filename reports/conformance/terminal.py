"""The summary that the command line prints: a line for each server, then what failed and why."""

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.text import Text

from natsim.reports.quantity import counted, duration

from .dialogue import Row, around, has_connections, rows_of
from .document import Case, Conformance, Grade, Requirement
from .sentence import sentence_of, verdict_of, word_of
from .views import (
    Shared,
    accused,
    changes_of,
    coverage_of,
    rules_of,
    shared_results,
    skips_of,
)
from .wire import character_at, view

_STYLES = {"valid": "bold green", "unknown": "bold yellow", "invalid": "bold red"}
_LABEL_WIDTH = 10  # as wide as the longest label and a space
_CASES_SHOWN = 20
_ROWS_SHOWN = 16  # of one dialogue, around what differs
_REASONS_SHOWN = 12
_NOTHING = "nothing"


def print_conformance(document: Conformance, console: Console, directory: Path) -> None:
    """Print the summary; directory, as the user would type it, is where the reports are.

    console decides about colour and width. Texts of the document are never read as markup.
    """
    found = accused(document)
    rules = rules_of(document)
    for case in found[:_CASES_SHOWN]:
        _print_case(console, case, document, rules)
    if len(found) > _CASES_SHOWN:
        more = counted(len(found) - _CASES_SHOWN, "more case")
        _print(console, Text(f"and {more}, in the report\n"))
    _print_unknown(console, document)
    _print_skips(console, document)
    _print_uncovered(console, document)
    _print_changes(console, document)
    for remark in document.remarks:
        _print_labelled(console, "remark", remark)
    print_servers(document, console)
    if document.duration_ms is not None:
        _print_labelled(console, "time", duration(document.duration_ms * 1_000_000))
    report = directory / "report.html"
    if report.is_file():
        _print_labelled(console, "report", str(report))


def print_servers(document: Conformance, console: Console) -> None:
    """Print a line for each server: its verdict, and how its cases went."""
    for server in range(len(document.servers)):
        _print_server(console, document, server)


def _print_server(console: Console, document: Conformance, server: int) -> None:
    verdict = verdict_of(document, server)
    said = Text.assemble(
        (word_of(verdict).ljust(_LABEL_WIDTH), _STYLES[verdict]),
        (document.servers[server].name, "bold"),
        f": {sentence_of(document, server)}",
    )
    _print(console, said)


def _print_case(
    console: Console, case: Case, document: Conformance, rules: Mapping[str, Requirement]
) -> None:
    _print(console, Text.assemble((case.id, "bold"), f"  {case.title}"))
    for name in case.covers:
        rule = rules.get(name)
        if rule is not None:
            _print_labelled(console, rule.level or "rule", rule.rule)
            _print_labelled(console, "source", rule.source)
    for shared in shared_results(case):
        if shared.result.is_accused or shared.result.is_unexpected_pass:
            _print_result(console, case, shared, document)
    _print(console, Text(""))


def _print_result(console: Console, case: Case, shared: Shared, document: Conformance) -> None:
    result = shared.result
    names = ", ".join(document.servers[server].name for server in shared.servers)
    word = "passes" if result.is_unexpected_pass else result.grade.value
    why = "; ".join(part for part in (result.why, result.confirmed) if part)
    line = Text.assemble((word.ljust(_LABEL_WIDTH), "bold red"), names, f": {why}" if why else "")
    _print(console, line)
    if result.known is not None:
        _print_labelled(console, "known", f"{result.known.reason} ({result.known.state.value})")
    if result.grade is Grade.FAIL:
        _print_rows(console, around(rows_of(result), _ROWS_SHOWN))
    for server in shared.servers:
        _print_labelled(console, "again", case.results[server].reproduce)


def _print_rows(console: Console, rows: list[Row]) -> None:
    if not rows:
        return
    conns = max(len(row.conn) for row in rows) + 1 if has_connections(rows) else 0
    lead = 2 + conns + 3
    width = max(12, (console.width - lead - 2) // 2)
    _print(console, Text(" " * lead + "expected".ljust(width + 2) + "actual", "dim"))
    for row in rows:
        conn = row.conn.ljust(conns) if conns else ""
        begin = f"  {conn}{row.side}: "
        if not row.is_pair:
            _print(console, Text(begin + view(row.actual, 0, width * 2)[0], "dim"))
            continue
        expected, first = _place(row.expected, row.expected_at, width)
        actual, second = _place(row.actual, row.at, width)
        line = Text(begin)
        line.append(expected.ljust(width + 2), "green" if row.expected else "dim")
        line.append(actual, ("red" if row.at is not None else "") if row.actual else "dim")
        _print(console, line)
        if row.at is not None:
            _print(console, Text(f"{' ' * len(begin)}{first.ljust(width + 2)}{second}", "bold red"))


def _place(text: str, at: int | None, width: int) -> tuple[str, str]:
    """Give the part of a text to show and, below it, what marks the place."""
    if not text:
        return _NOTHING, "" if at is None else "^"
    shown, place = view(text, 0 if at is None else character_at(text, at)[0], width)
    return shown, "" if at is None else " " * place + "^"


def _print_unknown(console: Console, document: Conformance) -> None:
    cases: dict[tuple[str, str], list[str]] = {}
    for case in document.cases:
        for server, result in enumerate(case.results):
            if result.grade is Grade.UNKNOWN:
                why = result.why or "no reason given"
                cases.setdefault((document.servers[server].name, why), []).append(case.id)
    for (server_name, why), names in list(cases.items())[:_REASONS_SHOWN]:
        what = names[0] if len(names) == 1 else counted(len(names), "case")
        _print_labelled(console, "unknown", f"{what} on {server_name}: {why}")
    if len(cases) > _REASONS_SHOWN:
        more = counted(len(cases) - _REASONS_SHOWN, "more reason")
        _print_labelled(console, "unknown", f"for {more}, in the report")


def _print_skips(console: Console, document: Conformance) -> None:
    skips = skips_of(document)
    for skip in skips[:_REASONS_SHOWN]:
        numbers = [f"{number:,}" for number in skip.counts]
        said = numbers[0] if len(set(numbers)) == 1 else " / ".join(numbers)
        _print_labelled(console, "skipped", f"{said}: {skip.reason}")
    if len(skips) > _REASONS_SHOWN:
        more = counted(len(skips) - _REASONS_SHOWN, "more reason")
        _print_labelled(console, "skipped", f"for {more}, in the report")


def _print_uncovered(console: Console, document: Conformance) -> None:
    bare = [item.requirement.id for item in coverage_of(document) if not item.cases]
    shown = bare[:_REASONS_SHOWN]
    if len(bare) > len(shown):
        shown.append(f"and {counted(len(bare) - len(shown), 'more requirement')}, in the report")
    _print_labelled(console, "uncovered", ", ".join(shown))


def _print_changes(console: Console, document: Conformance) -> None:
    """Tell what changed since the baseline; what is new is there to be seen in the report."""
    changes = [change for change in changes_of(document) if change.change != "new"]
    for change in changes[:_REASONS_SHOWN]:
        words = f": {change.words}" if change.words else ""
        _print_labelled(console, change.change, f"{change.case}{words}")
    if len(changes) > _REASONS_SHOWN:
        more = counted(len(changes) - _REASONS_SHOWN, "more change")
        _print_labelled(console, "changed", f"and {more}, in the report")


def _print_labelled(console: Console, label: str, words: str) -> None:
    if words:
        _print(console, Text.assemble((label.ljust(_LABEL_WIDTH), "dim"), words))


def _print(console: Console, text: Text) -> None:
    # Lines to copy must not be broken by us: the terminal wraps them.
    console.print(text, soft_wrap=True, highlight=False)
