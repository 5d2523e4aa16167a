"""What the checkers said: verdict.json."""

from dataclasses import dataclass

from .document import Anomaly, Guarantee, VerdictWord
from .fields import Object, list_at, object_in, text_at, whole_at, wholes_at
from .files import Files
from .legible import legible_line
from .limits import (
    ANOMALIES_MAX,
    ANOMALIES_OF_ONE_MAX,
    GUARANTEES_MAX,
    NAME_MAX,
    NOTES_MAX,
    PROOF_ENTRIES_MAX,
    SENTENCE_MAX,
    WORDS_MAX,
)
from .quantity import counted

_FILE = "verdict.json"
_WORDS: dict[str, VerdictWord] = {"valid": "valid", "unknown": "unknown", "invalid": "invalid"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The verdict and its proof.

    anomalies: the first of each checker; names: of all that are in the file, with how often, in the
    order they appear there.
    """

    verdict: VerdictWord
    guarantees: tuple[Guarantee, ...]
    anomalies: tuple[Anomaly, ...]
    anomalies_left_out: int
    names: tuple[tuple[str, int], ...]


def read_checked(files: Files) -> Checked:
    """Read verdict.json; without any checker's word in it the verdict is unknown."""
    content = files.json_object(_FILE)
    findings = [object_in(item) for item in list_at(content, "checkers")]
    if len(findings) > GUARANTEES_MAX:
        rest = counted(len(findings) - GUARANTEES_MAX, "checker")
        files.remark(f"{rest} more spoke in {_FILE} than this report shows.")
    findings = findings[:GUARANTEES_MAX]
    guarantees = tuple(_guarantee(finding) for finding in findings)
    anomalies = _anomalies(findings)
    verdict = _verdict_in(content)
    if not guarantees and verdict == "valid":
        verdict = "unknown"
    return Checked(
        verdict=verdict,
        guarantees=guarantees,
        anomalies=anomalies,
        anomalies_left_out=max(0, sum(g.anomaly_count for g in guarantees) - len(anomalies)),
        names=_names(findings),
    )


def _verdict_in(holder: Object) -> VerdictWord:
    return _WORDS.get(text_at(holder, "verdict") or "", "unknown")


def _guarantee(finding: Object) -> Guarantee:
    anomalies = list_at(finding, "anomalies")
    return Guarantee(
        checker=_checker(finding),
        verdict=_verdict_in(finding),
        checked=whole_at(finding, "checked") or 0,
        legal_losses=whole_at(finding, "legal_losses") or 0,
        anomaly_count=max(whole_at(finding, "anomaly_count") or 0, len(anomalies)),
        notes=tuple(
            legible_line(note, WORDS_MAX)
            for note in list_at(finding, "notes")[:NOTES_MAX]
            if isinstance(note, str)
        ),
    )


def _checker(finding: Object) -> str:
    return legible_line(text_at(finding, "checker") or "unnamed", NAME_MAX)


def _anomalies(findings: list[Object]) -> tuple[Anomaly, ...]:
    shown = [
        (_checker(finding), object_in(item))
        for finding in findings
        for item in list_at(finding, "anomalies")[:ANOMALIES_OF_ONE_MAX]
    ]
    return tuple(
        _anomaly(number, checker, item)
        for number, (checker, item) in enumerate(shown[:ANOMALIES_MAX], start=1)
    )


def _anomaly(number: int, checker: str, item: Object) -> Anomaly:
    entries = wholes_at(item, "entries")
    return Anomaly(
        number=number,
        checker=checker,
        name=_name(item),
        text=legible_line(text_at(item, "text") or "", SENTENCE_MAX),
        t=whole_at(item, "t"),
        entries=tuple(entries[:PROOF_ENTRIES_MAX]),
        entry_count=len(entries),
        client=None,
    )


def _name(item: Object) -> str:
    return legible_line(text_at(item, "name") or "unnamed", NAME_MAX)


def _names(findings: list[Object]) -> tuple[tuple[str, int], ...]:
    numbers: dict[str, int] = {}
    for finding in findings:
        for item in list_at(finding, "anomalies"):
            name = _name(object_in(item))
            numbers[name] = numbers.get(name, 0) + 1
    return tuple(numbers.items())
