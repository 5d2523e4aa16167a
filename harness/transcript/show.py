"""What came of a transcript, as text: the dialogue as it went, and the line that failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from natsim.conformance.transcripts.escapes import to_text
from natsim.conformance.transcripts.transcript import FIRST
from natsim.conformance.wire.dialogue import Side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from natsim.conformance.failure import Difference
    from natsim.conformance.wire.dialogue import Dialogue

    from .outcome import Outcome

BEFORE, BEHIND = 60, 80
"""How many letters are shown around the first byte that differs."""


def dialogue_lines(dialogue: Dialogue) -> Iterator[str]:
    """Write what was said (>) and heard (<), but not what natsim itself said to prove something."""
    conn = FIRST
    for entry in dialogue.entries:
        if entry.is_ours or not entry.data:
            continue
        if entry.conn != conn:
            conn = entry.conn
            yield f"  [{conn}]"
        mark = ">" if entry.side is Side.CLIENT else "<"
        for line in entry.data.removesuffix(b"\r\n").split(b"\r\n"):
            yield f"  {mark} {to_text(line)}"


def failure_lines(path: str, outcome: Outcome) -> Iterator[str]:
    """Write why a transcript failed, with the place of the first byte that differs."""
    difference = outcome.difference
    if difference is None:
        yield f"{path}: {outcome.why}"
        return
    conn = "" if difference.conn in ("", FIRST) else f" [{difference.conn}]"
    yield f"{path}:{difference.line}:{conn} {outcome.why}"
    yield from _side_by_side(difference)


def _side_by_side(difference: Difference) -> Iterator[str]:
    expected, actual = to_text(difference.expected), to_text(difference.actual)
    at = len(to_text(difference.actual[: difference.at]))
    start = max(0, at - BEFORE)
    shown = slice(start, at + BEHIND)
    dots = "…" if start else ""
    yield f"  expected  {dots}{expected[shown] or '<nothing>'}"
    yield f"  actual    {dots}{actual[shown] or '<nothing>'}"
    yield f"            {' ' * (len(dots) + at - start)}^"
