"""The door to the checkers: a history and names in, a report out."""

from collections.abc import Sequence

from natsim.harness.history.entry import Entry

from .errors import UnknownChecker
from .evidence import Evidence
from .registry import CHECKERS, Checker
from .report import Report
from .verdict import Finding, Verdict, merge


def check(history: Sequence[Entry], names: Sequence[str]) -> Report:
    """Examine a history, whole or interrupted, by the checkers named, in that order.

    A checker that raises is a fault of natsim or of the history, never of the server: its finding
    is unknown and carries the exception's text. Raises UnknownChecker for a name that is none.
    """
    checkers = [_checker(name) for name in names]
    evidence = Evidence(history)
    findings = tuple(_examine(checker, evidence) for checker in checkers)
    return Report(merge([finding.verdict for finding in findings]), findings)


def _checker(name: str) -> Checker:
    try:
        return CHECKERS[name]
    except KeyError:
        raise UnknownChecker(name, tuple(CHECKERS)) from None


def _examine(checker: Checker, evidence: Evidence) -> Finding:
    try:
        return checker.examine(evidence)
    except Exception as error:
        return Finding(
            checker=checker.name,
            verdict=Verdict.UNKNOWN,
            checked=0,
            legal_losses=0,
            anomaly_count=0,
            anomalies=(),
            notes=(f"the checker failed: {type(error).__name__}: {error}",),
        )
