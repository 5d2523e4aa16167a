"""Failures that are known: they are run all the same, and an unexpected pass is loud."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING

from natsim.conformance.mistake import CaseError
from natsim.conformance.suite import has_prefix
from natsim.conformance.text_file import read_text
from natsim.conformance.transcripts.front_matter import read_mapping
from natsim.record import record

from .outcome import Grade

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from natsim.conformance.suite import Suite
    from natsim.conformance.tree import Json

    from .run import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFailure:
    """reason: why it fails. expires: the last day on which it is excused; None for ever."""

    reason: str
    expires: date | None


class State(Enum):
    """What became of a known failure."""

    EXPECTED = "expected"
    UNEXPECTED_PASS = "unexpected pass"
    EXPIRED = "expired"


@record
class KnownMark:
    """A known failure, and what became of it."""

    failure: KnownFailure
    state: State


def load_known_failures(path: Path, suite: Suite) -> dict[str, KnownFailure]:
    """Read `id: {reason: text, expires: 2027-01-31}`; gives them by id. Raises CaseError."""
    text = read_text(path)
    values, lines = read_mapping(text, path)
    known: dict[str, KnownFailure] = {}
    for name, value in values.items():
        found = [case for case in suite.cases if has_prefix(case, name)]
        if not found:
            raise CaseError(path, lines[name], 1, f"no case begins with {name}; leave it out")
        entry = _entry(name, value, path, lines[name])
        known |= dict.fromkeys(found, entry)
    return known


def _entry(name: str, value: Json, path: Path, line: int) -> KnownFailure:
    reason = value.get("reason") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(reason, str):
        raise CaseError(path, line, 1, f"{name}: write {{reason: why, expires: 2027-01-31}}")
    for key in value:
        if key not in ("reason", "expires"):
            raise CaseError(path, line, 1, f"{name}: {key} is no key; write reason and expires")
    expires = value.get("expires")
    if expires is None:
        return KnownFailure(reason=reason, expires=None)
    try:
        return KnownFailure(reason=reason, expires=date.fromisoformat(str(expires)))
    except ValueError:
        raise CaseError(
            path, line, 1, f"{name}: expires is {expires!r}; write a date like 2027-01-31"
        ) from None


def mark_known(report: Report, known: Mapping[str, KnownFailure], today: date) -> None:
    """Note in a report what was known of each outcome."""
    for name, outcome in report.outcomes.items():
        entry = known.get(name)
        if entry is not None:
            report.known[name] = KnownMark(entry, _state(entry, outcome.grade, today))


def _state(entry: KnownFailure, grade: Grade, today: date) -> State:
    if grade in (Grade.PASS, Grade.LENIENT):
        return State.UNEXPECTED_PASS
    if grade is Grade.FAIL and entry.expires is not None and today > entry.expires:
        return State.EXPIRED
    return State.EXPECTED
