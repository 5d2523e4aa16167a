"""The document of a run of the suite, `natsim.conformance/1`: what all its reports are made of."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from natsim.conformance.requirement import Level
from natsim.conformance.suite import HERE
from natsim.conformance.transcripts.escapes import to_text

from .outcome import Grade, Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from natsim.conformance.case import Case
    from natsim.conformance.failure import Difference
    from natsim.conformance.suite import Suite
    from natsim.conformance.wire.dialogue import Entry

    from .known import KnownMark
    from .run import Report

SCHEMA = "natsim.conformance/1"
DIALOGUE_MAX = 200

_SECRET_KEYS = ("nonce", "jwt", "sig", "pass", "auth_token")


def document(
    suite: Suite,
    cases: Sequence[Case],
    reports: Sequence[Report],
    head: Mapping[str, object],
    gone: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """Write what was found.

    head: natsim, command, started, duration_ms, python. gone: cases that were there before, with
    their grade.
    """
    names = [_name(report) for report in reports]
    return {
        "schema": SCHEMA,
        **head,
        "servers": [
            _server(report, cases, name if names.count(name) == 1 else _full_name(name, report))
            for name, report in zip(names, reports, strict=True)
        ],
        "requirements": _requirements(suite, cases),
        "cases": [_case(case, suite, reports) for case in cases],
        "gone": [{"id": name, "was": was} for name, was in (gone or {}).items()],
    }


def _server(report: Report, cases: Sequence[Case], name: str) -> dict[str, object]:
    counts = {grade.value: 0 for grade in Grade}
    for case in cases:
        counts[report.outcomes.get(case.id, _NOT_RUN).grade.value] += 1
    info = {key: value for key, value in report.info.items() if key not in _SECRET_KEYS}
    decoy = report.decoy
    return {
        "name": name,
        "target": report.target.label,
        "version": report.version,
        "version_like": report.version_like,
        "info": info,
        "rtt_us": report.round_trip_us,
        "duration_ms": report.duration_ms,
        "ended": report.ended,
        "capabilities": [
            {"name": each.name, "has": each.has, "evidence": each.evidence}
            for each in report.capabilities
        ],
        "decoy": {
            "is_refused": decoy.has if decoy else False,
            "evidence": decoy.evidence if decoy else "it was not asked",
        },
        "counts": counts,
    }


def _name(report: Report) -> str:
    """Name a server by what INFO says of its build: `go` is the compiler's word, or another's."""
    if not report.info:
        return report.target.label
    version = report.version or "of an unknown version"
    like = f" held to {report.version_like.removesuffix('.999')}" if report.is_pinned else ""
    go = report.info.get("go")
    if isinstance(go, str) and go.startswith("go"):
        return f"nats-server {version}{like}"
    if isinstance(go, str) and go.startswith("natsim"):
        return f"natsim {go.removeprefix('natsim')} as {version}{like}"
    return f"a server, {version}{like}"


def _full_name(name: str, report: Report) -> str:
    """Tell one server from another of the same name."""
    return name if name == report.target.label else f"{name} ({report.target.label})"


def _requirements(suite: Suite, cases: Sequence[Case]) -> list[dict[str, object]]:
    """Give the requirements that were asked about, and those that no case of the suite covers."""
    covered: dict[str, list[str]] = {}
    for case in cases:
        for name in case.covers:
            covered.setdefault(name, []).append(case.id)
    left_out = {name for case in suite.cases.values() for name in case.covers} - covered.keys()
    return [
        {
            "id": each.id,
            "rule": each.rule,
            "level": each.level.value,
            "source": each.source,
            "cases": covered.get(each.id, []),
        }
        for each in suite.requirements.values()
        if each.id not in left_out
    ]


def _case(case: Case, suite: Suite, reports: Sequence[Report]) -> dict[str, object]:
    order = (Level.MUST, Level.SHOULD, Level.MAY)
    levels = [suite.requirements[name].level for name in case.covers]
    return {
        "id": case.id,
        "title": case.title,
        "level": min(levels, key=order.index).value,
        "covers": list(case.covers),
        "house": case.house,
        "versions": case.versions,
        "file": _place(case.origin),
        "results": [
            _result(case, report, report.outcomes.get(case.id, _NOT_RUN)) for report in reports
        ],
    }


_NOT_RUN = Outcome(grade=Grade.UNKNOWN, why="the run ended before it")


def _result(case: Case, report: Report, outcome: Outcome) -> dict[str, object]:
    more = "" if case.folder is None else f" --cases {shlex.quote(str(case.folder))}"
    if report.is_pinned:
        more += f" --version-like {report.version_like.removesuffix('.999')}"
    reproduce = f"natsim conform {report.target.label}{more} --only {shlex.quote(case.id)}"
    return {
        "grade": outcome.grade.value,
        "why": outcome.why,
        "duration_ms": outcome.duration_ms,
        "runs": outcome.runs,
        "confirmed": outcome.confirmed,
        "known": _known(report.known.get(case.id)),
        "change": report.changes.get(case.id, ""),
        "reproduce": reproduce,
        "difference": _difference(outcome.difference) if outcome.difference else None,
        "dialogue": [_entry(entry) for entry in _bounded(outcome.dialogue)],
    }


def _known(mark: KnownMark | None) -> dict[str, object] | None:
    if mark is None:
        return None
    expires = mark.failure.expires
    return {
        "reason": mark.failure.reason,
        "expires": "" if expires is None else expires.isoformat(),
        "state": mark.state.value,
    }


def _bounded(entries: Sequence[Entry]) -> list[Entry]:
    """Give the first and the last entries."""
    if len(entries) <= DIALOGUE_MAX:
        return list(entries)
    half = DIALOGUE_MAX // 2
    return [*entries[:half], *entries[-half:]]


def _difference(difference: Difference) -> dict[str, object]:
    # Megabytes of payload are not for reading: a window around the first byte that differs is.
    start = max(0, difference.at - 2_000)
    shown = slice(start, difference.at + 2_000)
    expected, actual = difference.expected[shown], difference.actual[shown]
    return {
        "conn": difference.conn,
        "line": difference.line,
        "expected": to_text(expected),
        "actual": to_text(actual),
        "at": len(to_text(actual[: difference.at - start])),
    }


def _entry(entry: Entry) -> dict[str, object]:
    return {
        "conn": entry.conn,
        "side": entry.side.value,
        "at_us": entry.at_us,
        "text": to_text(entry.data),
        "expected": "" if entry.expected is None else to_text(entry.expected),
        "is_wrong": entry.is_wrong,
    }


def _place(path: Path) -> str:
    """Name a file of the suite by its place in it, another by its path."""
    return str(path.relative_to(HERE)) if path.is_relative_to(HERE) else str(path)
