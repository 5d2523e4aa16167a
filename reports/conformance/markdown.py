"""Markdown: a summary that CI shows beside a change, for example in $GITHUB_STEP_SUMMARY."""

from collections.abc import Sequence

from natsim.reports.limits import CONFORMANCE_SUMMARY_BYTES_MAX
from natsim.reports.markdown import bounded, fenced, plain
from natsim.reports.quantity import count, counted, duration

from .dialogue import around, in_lines, rows_of
from .document import Case, Conformance, Grade, Result
from .sentence import sentence_of, verdict_of, whole_verdict, word_of
from .views import (
    accused,
    changes_of,
    coverage_of,
    differs,
    grade_counts,
    groups_of,
    rules_of,
    shared_results,
    skips_of,
)

_LETTERS = {grade: grade.value[0].upper() for grade in Grade}
_DETAILS_SHOWN = 50
_ROWS_SHOWN = 30  # of one dialogue
_NOTE_BYTES_MAX = 200


def job_summary(document: Conformance) -> str:
    """Give the summary, at most 900 KiB."""
    parts = [
        f"### {word_of(whole_verdict(document))}: conformance",
        _sentences(document),
        "".join(f"- {plain(remark)}\n" for remark in document.remarks),
        _fails(document),
        _matrix(document),
        _differences(document),
        _skips(document),
        _changes(document),
        _uncovered(document),
        _command(document),
    ]
    said = "\n\n".join(part for part in parts if part) + "\n"
    return bounded(said + _dialogues(document, said), CONFORMANCE_SUMMARY_BYTES_MAX)


def _sentences(document: Conformance) -> str:
    return "\n".join(
        f"- {word_of(verdict_of(document, number))}: **{plain(server.name)}**:"
        f" {plain(sentence_of(document, number))}"
        for number, server in enumerate(document.servers)
    )


def _matrix(document: Conformance) -> str:
    if not document.cases or not document.servers:
        return ""
    rows = [
        [plain(group.name)]
        + [
            _counts(grade_counts([document.cases[n] for n in group.numbers], server))
            for server in range(len(document.servers))
        ]
        for group in groups_of(document)
    ]
    table = _table(["Group", *_names(document)], rows)
    return f"{table}\n\nP pass, L lenient, F fail, S skipped, U unknown."


def _counts(counts: dict[Grade, int]) -> str:
    return ", ".join(
        f"**{number} {_LETTERS[grade]}**" if grade is Grade.FAIL else f"{number} {_LETTERS[grade]}"
        for grade, number in counts.items()
    )


def _fails(document: Conformance) -> str:
    found = accused(document)
    if not found:
        return ""
    return _table(["Case", "Title", *_names(document)], [_row(case) for case in found])


def _dialogues(document: Conformance, above: str) -> str:
    """Give the dialogues of failed cases, as many as there is room for below what is said above."""
    room = CONFORMANCE_SUMMARY_BYTES_MAX - len(above.encode()) - _NOTE_BYTES_MAX
    found = accused(document)
    said = ""
    for number, case in enumerate(found):
        part = f"\n{_details(case, document)}\n"
        room -= len(part.encode())
        if room < 0 or number == _DETAILS_SHOWN:
            more = counted(len(found) - number, "more failed case")
            return f"{said}\nThe dialogues of {more} are in report.html.\n"
        said += part
    return said


def _row(case: Case) -> list[str]:
    return [plain(case.id), plain(case.title), *(_letter(result) for result in case.results)]


def _letter(result: Result) -> str:
    if result.is_unexpected_pass:
        return f"**{_LETTERS[result.grade]}&#33;**"
    return f"**{_LETTERS[result.grade]}**" if result.is_accused else _LETTERS[result.grade]


def _details(case: Case, document: Conformance) -> str:
    rules = rules_of(document)
    known = [rules[name] for name in case.covers if name in rules]
    parts = [f"{plain(rule.rule)} *{plain(rule.source)}*" for rule in known]
    for shared in shared_results(case):
        result = shared.result
        if result.is_accused or result.is_unexpected_pass:
            names = ", ".join(document.servers[server].name for server in shared.servers)
            word = "unexpected pass" if result.is_unexpected_pass else result.grade.value
            why = "; ".join(part for part in (result.why, result.confirmed) if part)
            parts.append(f"**{word}** on {plain(names)}: {plain(why)}")
            lines = in_lines(around(rows_of(result), _ROWS_SHOWN))
            parts.append(fenced("text", lines) if lines else "")
            commands = [case.results[server].reproduce for server in shared.servers]
            parts.append(fenced("sh", [command for command in commands if command]))
    body = "\n\n".join(part for part in parts if part)
    return f"<details><summary>{plain(case.id)}</summary>\n\n{body}\n\n</details>"


def _differences(document: Conformance) -> str:
    found = [case for case in document.cases if differs(case)]
    if not found:
        return ""
    table = _table(["Case", "Title", *_names(document)], [_row(case) for case in found])
    number = counted(len(found), "case")
    return f"<details><summary>{number} with different grades</summary>\n\n{table}\n\n</details>"


def _skips(document: Conformance) -> str:
    skips = skips_of(document)
    if not skips:
        return ""
    rows = [[plain(skip.reason), *(count(number) for number in skip.counts)] for skip in skips]
    table = _table(["Reason", *_names(document)], rows)
    number = counted(len(skips), "reason")
    return f"<details><summary>Skipped for {number}</summary>\n\n{table}\n\n</details>"


def _changes(document: Conformance) -> str:
    changes = changes_of(document)
    if not changes:
        return ""
    lines = [
        f"- **{item.change}**: {plain(item.case)}{plain(f', {item.words}' if item.words else '')}"
        for item in changes
    ]
    number = counted(len(lines), "change")
    said = "\n".join(lines)
    return f"<details><summary>{number} since the baseline</summary>\n\n{said}\n\n</details>"


def _uncovered(document: Conformance) -> str:
    names = [plain(item.requirement.id) for item in coverage_of(document) if not item.cases]
    if not names:
        return ""
    return f"**{counted(len(names), 'requirement')} without a case**: {', '.join(names)}"


def _command(document: Conformance) -> str:
    if not document.command:
        return ""
    span = document.duration_ms
    took = "" if span is None else f" It took {duration(span * 1_000_000)}."
    return f"The same run again:{took}\n\n{fenced('sh', [document.command])}"


def _names(document: Conformance) -> list[str]:
    return [plain(server.name) for server in document.servers]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
