"""What a checker has found so far."""

from collections.abc import Iterable

from .limits import ANOMALIES_MAX, NOTES_MAX
from .verdict import Anomaly, Finding, Verdict

_PRUNE_AT = 20 * ANOMALIES_MAX


class Tally:
    """Counts what a checker examines and collects what it accuses.

    checker: its name. relevant: what it examines, for the note when there was nothing.
    checked, legal_losses: for the checker to count up.
    """

    __slots__ = ("_anomalies", "_notes", "anomaly_count", "checked", "checker", "legal_losses")

    def __init__(self, checker: str) -> None:
        self.checker = checker
        self.checked = 0
        self.legal_losses = 0
        self.anomaly_count = 0
        self._anomalies: list[Anomaly] = []
        self._notes: list[str] = []

    def accuse(self, name: str, text: str, entries: Iterable[int], t: int) -> None:
        """Add an anomaly; entries may come in any order and more than once."""
        self.anomaly_count += 1
        self._anomalies.append(Anomaly(name, text, tuple(sorted(set(entries))), t))
        if len(self._anomalies) >= _PRUNE_AT:
            self._anomalies = self._first()

    def note(self, text: str) -> None:
        """Add a sentence for the reader."""
        self._notes.append(text)

    def finding(self, relevant: str) -> Finding:
        """Give the result.

        relevant: what was to be examined, for the note when there was none of it.
        """
        notes = self._notes[:NOTES_MAX]
        if len(self._notes) > NOTES_MAX:
            notes.append(f"and {len(self._notes) - NOTES_MAX} notes more")
        verdict = Verdict.VALID
        if self.checked == 0:
            verdict = Verdict.UNKNOWN
            notes.insert(0, f"nothing was checked: the history has no {relevant}")
        if self.anomaly_count:
            verdict = Verdict.INVALID
        return Finding(
            checker=self.checker,
            verdict=verdict,
            checked=self.checked,
            legal_losses=self.legal_losses,
            anomaly_count=self.anomaly_count,
            anomalies=tuple(self._first()),
            notes=tuple(notes),
        )

    def _first(self) -> list[Anomaly]:
        return sorted(self._anomalies, key=_place)[:ANOMALIES_MAX]


def _place(anomaly: Anomaly) -> tuple[int, tuple[int, ...], str, str]:
    return anomaly.t, anomaly.entries, anomaly.name, anomaly.text
