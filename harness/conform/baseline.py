"""What got better and what broke since an earlier report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.mistake import CaseError
from natsim.conformance.text_file import read_text
from natsim.conformance.tree import parse_object

from .document import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from natsim.conformance.tree import Json, Object

    from .outcome import Grade
    from .run import Report

_GOOD = ("pass", "lenient")
_BAD = ("fail", "unknown")


def load_baseline(path: Path) -> dict[str, list[str]]:
    """Read the grades of a report by id of the case, one per server. Raises CaseError."""
    text = read_text(path)
    try:
        value = parse_object(text)
    except ValueError as error:
        raise CaseError(path, 0, 0, f"it cannot be read: {error}") from None
    if value.get("schema") != SCHEMA:
        raise CaseError(path, 0, 0, "it is no report of the suite; give its conformance.json")
    return {str(case.get("id")): _grades(case) for case in _objects(value.get("cases"))}


def mark_changes(reports: Sequence[Report], baseline: Mapping[str, list[str]]) -> None:
    """Note in reports how each outcome compares with that of the same server before.

    Servers are compared in order; one more than before with the last of them.
    """
    for number, report in enumerate(reports):
        for name, outcome in report.outcomes.items():
            before = baseline.get(name)
            if not before:
                report.changes[name] = "new"
            else:
                was = before[min(number, len(before) - 1)]
                report.changes[name] = _change(was, outcome.grade)


def _change(before: str, now: Grade) -> str:
    # What was skipped has not failed before either.
    if before not in _BAD and now.value in _BAD:
        return "broke"
    if before in _BAD and now.value in _GOOD:
        return "better"
    return ""


def _grades(case: Object) -> list[str]:
    return [str(result.get("grade")) for result in _objects(case.get("results"))]


def _objects(value: Json) -> list[Object]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
