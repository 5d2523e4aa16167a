"""What a checker says: valid, invalid or unknown, with its proof."""

from collections.abc import Sequence
from enum import StrEnum

from natsim.record import record


class Verdict(StrEnum):
    """The three answers. A crash of the checker, or nothing to check, is unknown."""

    VALID = "valid"
    UNKNOWN = "unknown"
    INVALID = "invalid"


@record
class Anomaly:
    """One broken promise.

    name: from the taxonomy, `duplicate-delivery`. text: one sentence a stranger understands.
    entries: indexes into the history, in order, that prove it; never empty.
    t: nanoseconds of true time since the run began, where a report should point.
    """

    name: str
    text: str
    entries: tuple[int, ...]
    t: int


@record
class Finding:
    """The result of one checker.

    checked: how many things it examined; 0 makes the verdict unknown (vacuous).
    legal_losses: messages that were lost in a way NATS allows.
    anomalies: the first ANOMALIES_MAX, in order of t. anomaly_count: all of them.
    notes: facts a reader wants beside the verdict, one sentence each.
    """

    checker: str
    verdict: Verdict
    checked: int
    legal_losses: int
    anomaly_count: int
    anomalies: tuple[Anomaly, ...]
    notes: tuple[str, ...] = ()


def merge(verdicts: Sequence[Verdict]) -> Verdict:
    """Merge verdicts: invalid beats unknown beats valid; no verdicts at all is unknown."""
    if Verdict.INVALID in verdicts:
        return Verdict.INVALID
    if Verdict.UNKNOWN in verdicts or not verdicts:
        return Verdict.UNKNOWN
    return Verdict.VALID
