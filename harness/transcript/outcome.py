"""What came of playing a transcript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from natsim.conformance.failure import Difference, Failed
from natsim.conformance.transcripts.play import play_transcript
from natsim.conformance.wire.connection import Silence

if TYPE_CHECKING:
    from natsim.conformance.transcripts.play import Host
    from natsim.conformance.transcripts.transcript import Transcript
    from natsim.conformance.wire.dialogue import Dialogue

_DENIED = (b"-ERR 'Authorization Violation'", b"-ERR 'Authentication Timeout'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """why: empty if it passed. leniences: what is allowed, but not what others do."""

    why: str
    difference: Difference | None
    leniences: tuple[str, ...]
    dialogue: Dialogue

    @property
    def has_passed(self) -> bool:
        """Tell whether every line came as written."""
        return not self.why

    @property
    def is_denied(self) -> bool:
        """Tell whether it failed because the server wants other credentials."""
        actual = b"" if self.difference is None else self.difference.actual
        return any(text in actual for text in _DENIED)


async def play(transcript: Transcript, host: Host, leniences: list[str]) -> Outcome:
    """Play a transcript to its end, or to the first line that differs.

    leniences: where the host notes them.
    """
    why, difference = "", None
    try:
        await play_transcript(transcript, host)
    except Failed as error:
        why, difference = error.why, error.difference
    except Silence:
        why = "the server did not answer"
    return Outcome(
        why=why, difference=difference, leniences=tuple(leniences), dialogue=host.dialogue
    )
