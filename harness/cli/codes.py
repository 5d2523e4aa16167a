"""Exit codes: what a script learns from a command.

Law of the file: it imports nothing of ours, so that the door has it whatever broke.
"""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """The codes; 70 beats 130 beats 4 beats 1 beats 3 beats 0."""

    VALID = 0
    INVALID = 1
    BAD_INPUT = 2
    UNKNOWN = 3
    UNAVAILABLE = 4
    FAULT = 70
    INTERRUPTED = 130
