"""Exit codes: what a script learns from a run."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from natsim.harness.checkers.verdict import Verdict
from natsim.harness.runner import Exit

if TYPE_CHECKING:
    from natsim.harness.runner import Run


class Code(IntEnum):
    """The codes; 70 beats 130 beats 4 beats 1 beats 3 beats 0."""

    VALID = 0
    INVALID = 1
    BAD_INPUT = 2
    UNKNOWN = 3
    UNAVAILABLE = 4
    FAULT = 70
    INTERRUPTED = 130


_OF_VERDICT = {
    Verdict.VALID: Code.VALID,
    Verdict.INVALID: Code.INVALID,
    Verdict.UNKNOWN: Code.UNKNOWN,
}
_OF_END = {
    Exit.FAULT: Code.FAULT,
    Exit.INTERRUPTED: Code.INTERRUPTED,
    Exit.UNAVAILABLE: Code.UNAVAILABLE,
}


def code_of_verdict(verdict: Verdict) -> Code:
    """Give the code of a verdict."""
    return _OF_VERDICT[verdict]


def code_of_run(run: Run) -> Code:
    """Give the code of a run, whether or not it completed."""
    return _OF_END.get(run.ended_by) or code_of_verdict(run.report.verdict)
