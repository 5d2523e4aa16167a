"""The exit code of what came of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.harness.checkers.verdict import Verdict
from natsim.harness.runner import Exit

from .codes import Code

if TYPE_CHECKING:
    from natsim.harness.runner import Run

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
