"""How a case ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from natsim.conformance.failure import Difference
    from natsim.conformance.wire.dialogue import Entry


class Grade(Enum):
    """pass: as the reference does. lenient: allowed. unknown: nothing was proved."""

    PASS = "pass"
    LENIENT = "lenient"
    FAIL = "fail"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """why: empty for a pass. confirmed: what a second run of a failure came to."""

    grade: Grade
    why: str = ""
    duration_ms: int = 0
    runs: int = 1
    confirmed: str = ""
    difference: Difference | None = None
    dialogue: tuple[Entry, ...] = field(default_factory=tuple["Entry", ...])
