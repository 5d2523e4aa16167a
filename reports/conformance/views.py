"""The document seen from other sides: groups of cases, skips by reason, requirements by server."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from natsim.reports.quantity import count, listed

from .document import Case, Conformance, Grade, Known, Requirement, Result

_WORST_FIRST = list(Grade)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The cases whose ids begin with the same two parts; numbers: their places in the document."""

    name: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    """A reason to skip. counts: of each server. cases: ids, in the order of the document."""

    reason: str
    counts: tuple[int, ...]
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """A requirement with its cases in this run, by id, and its grade on each server.

    A grade is the worst of its cases'; skipped means that none was played.
    """

    requirement: Requirement
    cases: tuple[str, ...]
    grades: tuple[Grade, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A result that several servers have alike. servers: their places."""

    result: Result
    servers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFailure:
    """A known failure, and what became of it. place: of the case in the document."""

    place: int
    case: str
    server: str
    known: Known
    is_excused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changed since the baseline: `broke`, `better`, `new` or `gone`.

    words: on which servers, or what it was, if that is known. place: of the case, None for one that
    is gone.
    """

    change: str
    place: int | None
    case: str
    words: str


def groups_of(document: Conformance) -> list[Group]:
    """Group the cases, groups in the order of their first case."""
    found: dict[str, list[int]] = {}
    for number, case in enumerate(document.cases):
        found.setdefault(".".join(case.id.split(".")[:2]), []).append(number)
    return [Group(name=name, numbers=tuple(numbers)) for name, numbers in found.items()]


def grade_counts(cases: Sequence[Case], server: int) -> dict[Grade, int]:
    """Count the grades of some cases on one server, the worst first, those with none left out."""
    grades = [case.results[server].grade for case in cases]
    return {grade: grades.count(grade) for grade in Grade if grade in grades}


def differs(case: Case) -> bool:
    """Say whether servers have different grades."""
    return len({result.grade for result in case.results}) > 1


def skips_of(document: Conformance) -> list[Skip]:
    """Give the reasons, those with the most skips first."""
    counts: dict[str, list[int]] = {}
    cases: dict[str, dict[str, None]] = {}
    for case in document.cases:
        for server, result in enumerate(case.results):
            if result.grade is Grade.SKIPPED:
                why = result.why or "no reason given"
                counts.setdefault(why, [0] * len(document.servers))[server] += 1
                cases.setdefault(why, {})[case.id] = None
    skips = [
        Skip(reason=why, counts=tuple(numbers), cases=tuple(cases[why]))
        for why, numbers in counts.items()
    ]
    return sorted(skips, key=lambda skip: (-sum(skip.counts), skip.reason))


def coverage_of(document: Conformance) -> list[Coverage]:
    """Give every requirement; a case counts for it if either names the other."""
    by_id = {case.id: case for case in document.cases}
    cases: dict[str, dict[str, None]] = {
        item.id: {name: None for name in item.cases if name in by_id}
        for item in document.requirements
    }
    for case in document.cases:
        for name in case.covers:
            if name in cases:
                cases[name][case.id] = None
    return [
        Coverage(
            requirement=item,
            cases=tuple(cases[item.id]),
            grades=_worst([by_id[name] for name in cases[item.id]], len(document.servers)),
        )
        for item in document.requirements
    ]


def rules_of(document: Conformance) -> Mapping[str, Requirement]:
    """Give the requirements by id."""
    return {item.id: item for item in document.requirements}


def shared_results(case: Case) -> list[Shared]:
    """Bring results together that went the same way, whatever their times and ids.

    The dialogue shown is that of the first.
    """
    found: dict[object, list[int]] = {}
    for server, result in enumerate(case.results):
        found.setdefault(_said(result), []).append(server)
    return [Shared(result=case.results[n[0]], servers=tuple(n)) for n in found.values()]


def known_failures_of(document: Conformance) -> list[KnownFailure]:
    """Give the known failures, those that fail the run first."""
    found = [
        KnownFailure(
            place=place,
            case=case.id,
            server=document.servers[server].name,
            known=result.known,
            is_excused=result.is_excused,
        )
        for place, case in enumerate(document.cases)
        for server, result in enumerate(case.results)
        if result.known is not None
    ]
    return sorted(found, key=lambda item: item.is_excused)


def changes_of(document: Conformance) -> list[Change]:
    """Give the changes since the baseline, what broke first."""
    found: list[Change] = []
    for change in ("broke", "better", "new"):
        for place, case in enumerate(document.cases):
            names = [
                server.name
                for server, result in zip(document.servers, case.results, strict=True)
                if result.change == change
            ]
            if names:
                words = listed(names, "and")
                found.append(Change(change=change, place=place, case=case.id, words=words))
    return found + [
        Change(change="gone", place=None, case=gone.id, words=f"was {gone.was}" if gone.was else "")
        for gone in document.gone
    ]


def tally(words: Sequence[str]) -> str:
    """Say how often each word occurs: `9 broke, 1 gone`, in the order of their first."""
    return ", ".join(f"{count(words.count(word))} {word}" for word in dict.fromkeys(words))


def accused(document: Conformance) -> list[Case]:
    """Give the cases that fail on some server without excuse, or pass against what was known."""
    return [
        case
        for case in document.cases
        if any(result.is_accused or result.is_unexpected_pass for result in case.results)
    ]


def _worst(cases: Sequence[Case], servers: int) -> tuple[Grade, ...]:
    return tuple(
        min(
            (case.results[n].grade for case in cases), key=_WORST_FIRST.index, default=Grade.UNKNOWN
        )
        for n in range(servers)
    )


def _said(result: Result) -> object:
    known = result.known
    difference = result.difference
    return (
        result.grade,
        result.why,
        result.confirmed,
        result.change,
        None if known is None else (known.reason, known.expires, known.state),
        None if difference is None else (difference.expected, difference.actual, difference.at),
        tuple((line.expected, line.text) for line in result.dialogue if line.is_wrong),
    )
