"""conformance.json, read into the conformance document as far as it can be."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from natsim.reports.errors import NoConformanceError
from natsim.reports.fields import Json, Object, list_at, object_at, object_in, text_at, whole_at
from natsim.reports.files import Files
from natsim.reports.legible import legible_json, legible_line
from natsim.reports.limits import (
    CASE_ID_MAX,
    COMMAND_MAX,
    CONFORMANCE_CAPABILITIES_MAX,
    CONFORMANCE_CASES_MAX,
    CONFORMANCE_COVERS_MAX,
    CONFORMANCE_GONE_MAX,
    CONFORMANCE_REQUIREMENTS_MAX,
    CONFORMANCE_SERVERS_MAX,
    DIALOGUE_LINES_MAX,
    INFO_TEXTS_MAX,
    NAME_MAX,
    RULE_MAX,
    SENTENCE_MAX,
    WIRE_MAX,
    WORDS_MAX,
)
from natsim.reports.quantity import counted

from .document import (
    SCHEMA,
    Capability,
    Case,
    Conformance,
    Decoy,
    Difference,
    Gone,
    Grade,
    Known,
    KnownState,
    Line,
    Requirement,
    Result,
    Server,
)
from .wire import first_difference, view

T = TypeVar("T")

_GRADES: Mapping[str, Grade] = {grade.value: grade for grade in Grade}
_KNOWN: Mapping[str, KnownState] = {state.value: state for state in KnownState}
_CHANGES = ("broke", "better", "new")
_LEVELS = ("must", "should", "may")


def load_conformance(path: Path) -> Conformance:
    """Read a conformance.json, damaged or not, into one document.

    Raises NoConformanceError if there is no plain file at path; links are not followed.
    """
    files = Files(path.parent)
    if files.find(path.name) is None:
        raise NoConformanceError(path)
    content = files.json_object(path.name)
    schema = _line(content, "schema", NAME_MAX)
    if content and schema != SCHEMA:
        files.remark(f"The file says that it is {schema or 'nothing'}; it was read as {SCHEMA}.")
    raw_servers = _objects(content, "servers")
    raw_cases = _objects(content, "cases")
    requirements = _objects(content, "requirements")
    gone = _objects(content, "gone")
    shown = min(len(raw_servers), CONFORMANCE_SERVERS_MAX)
    servers = [
        _server(server, _counts(raw_cases, number))
        for number, server in enumerate(raw_servers[:shown])
    ]
    servers = _named_apart(servers)
    _remark_on_counts(files, raw_servers, servers)
    _remark_on_results(files, raw_cases, len(raw_servers))
    return Conformance(
        natsim=_line(content, "natsim", NAME_MAX),
        command=_line(content, "command", COMMAND_MAX),
        started=_line(content, "started", NAME_MAX),
        duration_ms=whole_at(content, "duration_ms"),
        python=_line(content, "python", NAME_MAX),
        servers=tuple(_first(files, servers, len(raw_servers), "server")),
        requirements=tuple(
            _requirement(item)
            for item in _some(files, requirements, CONFORMANCE_REQUIREMENTS_MAX, "requirement")
        ),
        cases=tuple(
            _case(item, shown) for item in _some(files, raw_cases, CONFORMANCE_CASES_MAX, "case")
        ),
        gone=tuple(
            Gone(id=_line(item, "id", CASE_ID_MAX), was=_line(item, "was", NAME_MAX))
            for item in _some(files, gone, CONFORMANCE_GONE_MAX, "case of the baseline")
        ),
        remarks=tuple(files.remarks),
    )


def _server(raw: Object, counts: Mapping[Grade, int]) -> Server:
    info = object_in(legible_json(dict(object_at(raw, "info")), WORDS_MAX, depth_max=3))
    decoy = object_at(raw, "decoy")
    return Server(
        name=_line(raw, "name", NAME_MAX) or _line(raw, "target", NAME_MAX) or "a server",
        target=_line(raw, "target", WORDS_MAX),
        version=_line(raw, "version", NAME_MAX),
        version_like=_line(raw, "version_like", NAME_MAX),
        info=dict(list(info.items())[:INFO_TEXTS_MAX]),
        rtt_us=whole_at(raw, "rtt_us"),
        duration_ms=whole_at(raw, "duration_ms"),
        ended=_line(raw, "ended", SENTENCE_MAX) or "not recorded",
        capabilities=tuple(
            Capability(
                name=_line(item, "name", NAME_MAX),
                has=item.get("has") is True,
                evidence=_line(item, "evidence", SENTENCE_MAX),
            )
            for item in _objects(raw, "capabilities")[:CONFORMANCE_CAPABILITIES_MAX]
        ),
        decoy=Decoy(
            is_refused=decoy.get("is_refused") is True,
            evidence=_line(decoy, "evidence", SENTENCE_MAX),
        )
        if decoy
        else None,
        counts=counts,
    )


def _named_apart(servers: Sequence[Server]) -> list[Server]:
    """Name servers of one name by their targets too, and those of one target by number."""
    names = [server.name for server in servers]
    longer = [
        server.name if names.count(server.name) == 1 else f"{server.name}, {server.target}"
        for server in servers
    ]
    return [
        replace(server, name=name if longer.count(name) == 1 else f"{name} ({number})")
        for number, (server, name) in enumerate(zip(servers, longer, strict=True), start=1)
    ]


def _requirement(raw: Object) -> Requirement:
    return Requirement(
        id=_line(raw, "id", CASE_ID_MAX),
        rule=_line(raw, "rule", RULE_MAX),
        level=_level(raw),
        source=_line(raw, "source", SENTENCE_MAX),
        cases=_ids(raw, "cases"),
    )


def _case(raw: Object, servers: int) -> Case:
    results = _results(raw)
    return Case(
        id=_line(raw, "id", CASE_ID_MAX) or "unnamed",
        title=_line(raw, "title", WORDS_MAX),
        level=_level(raw),
        covers=_ids(raw, "covers"),
        house=_line(raw, "house", NAME_MAX),
        versions=_line(raw, "versions", NAME_MAX),
        file=_line(raw, "file", WORDS_MAX),
        results=tuple(
            _result(results[number] if number < len(results) else {}) for number in range(servers)
        ),
    )


def _result(raw: Object) -> Result:
    change = _line(raw, "change", NAME_MAX)
    return Result(
        grade=_grade(raw),
        why=_line(raw, "why", SENTENCE_MAX) if raw else "no result was recorded",
        duration_ms=whole_at(raw, "duration_ms"),
        runs=whole_at(raw, "runs"),
        confirmed=_line(raw, "confirmed", SENTENCE_MAX),
        known=_known(object_at(raw, "known")),
        change=change if change in _CHANGES else "",
        reproduce=_line(raw, "reproduce", COMMAND_MAX),
        difference=_difference(object_at(raw, "difference")),
        dialogue=_dialogue(_objects(raw, "dialogue")),
    )


def _known(raw: Object) -> Known | None:
    state = _KNOWN.get(text_at(raw, "state") or "")
    if state is None:
        return None
    return Known(
        reason=_line(raw, "reason", SENTENCE_MAX),
        expires=_line(raw, "expires", NAME_MAX),
        state=state,
    )


def _difference(raw: Object) -> Difference | None:
    if not raw:
        return None
    expected, actual = text_at(raw, "expected") or "", text_at(raw, "actual") or ""
    at = whole_at(raw, "at")
    if at is None or at > max(len(expected), len(actual)):
        at = first_difference(expected, actual)
    expected, actual, at = _around(expected, actual, at)
    return Difference(
        conn=_line(raw, "conn", NAME_MAX),
        line=whole_at(raw, "line"),
        expected=expected,
        actual=actual,
        at=at,
    )


def _dialogue(raw: Sequence[Object]) -> tuple[Line, ...]:
    wrong = next((n for n, item in enumerate(raw) if item.get("is_wrong") is True), 0)
    start = max(0, min(wrong - DIALOGUE_LINES_MAX * 2 // 3, len(raw) - DIALOGUE_LINES_MAX))
    return tuple(_said(item) for item in raw[start : start + DIALOGUE_LINES_MAX])


def _said(raw: Object) -> Line:
    expected, text = text_at(raw, "expected") or "", text_at(raw, "text") or ""
    expected, text, _ = _around(expected, text, first_difference(expected, text))
    return Line(
        conn=_line(raw, "conn", NAME_MAX),
        side="C" if raw.get("side") == "C" else "S",
        at_us=whole_at(raw, "at_us"),
        text=text,
        expected=expected,
        is_wrong=raw.get("is_wrong") is True,
    )


def _around(expected: str, actual: str, at: int) -> tuple[str, str, int]:
    # One start for both, so that equal characters stay below each other.
    start = max(0, at - WIRE_MAX // 2) if max(len(expected), len(actual)) > WIRE_MAX else 0
    cut = "…" if start else ""
    first, second = (
        cut + view(text[start:], 0, WIRE_MAX)[0] if text else "" for text in (expected, actual)
    )
    length_max = WIRE_MAX + 1
    return (
        legible_line(first, length_max),
        legible_line(second, length_max),
        at - start + len(cut),
    )


def _grade(raw: Object) -> Grade:
    return _GRADES.get(text_at(raw, "grade") or "", Grade.UNKNOWN)


def _level(raw: Object) -> str:
    level = text_at(raw, "level")
    return level if level in _LEVELS else ""


def _results(case: Object) -> list[Object]:
    return [object_in(item) for item in list_at(case, "results")]


def _counts(cases: Sequence[Object], server: int) -> Mapping[Grade, int]:
    counts = dict.fromkeys(Grade, 0)
    for case in cases:
        results = list_at(case, "results")
        counts[_grade(object_in(results[server] if server < len(results) else None))] += 1
    return counts


def _remark_on_counts(files: Files, raw: Sequence[Object], servers: Sequence[Server]) -> None:
    for given, server in zip(raw, servers, strict=False):
        declared = object_at(given, "counts")
        told = {grade: whole_at(declared, grade) or 0 for grade in Grade}
        if declared and told != server.counts:
            files.remark(f"The counts of {server.name} are not those of its results; these count.")


def _remark_on_results(files: Files, cases: Sequence[Object], servers: int) -> None:
    short = sum(len(list_at(case, "results")) < servers for case in cases)
    if short:
        files.remark(f"Graded unknown: {counted(short, 'case')} without a result of every server.")


def _some(files: Files, items: Sequence[T], items_max: int, noun: str) -> Sequence[T]:
    return _first(files, items[:items_max], len(items), noun)


def _first(files: Files, items: Sequence[T], total: int, noun: str) -> Sequence[T]:
    if len(items) < total:
        files.remark(f"Left out: {counted(total - len(items), noun)}.")
    return items


def _objects(holder: Object, key: str) -> list[Object]:
    return [item for item in list_at(holder, key) if isinstance(item, dict)]


def _ids(holder: Object, key: str) -> tuple[str, ...]:
    found: list[Json] = list(list_at(holder, key))[:CONFORMANCE_COVERS_MAX]
    return tuple(legible_line(item, CASE_ID_MAX) for item in found if isinstance(item, str))


def _line(holder: Object, key: str, length_max: int) -> str:
    return legible_line(text_at(holder, key) or "", length_max)
