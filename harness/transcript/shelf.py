"""Finds the transcript a user names: a file, or a lesson by its name."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from natsim.conformance.case_file import PREFIX, SAMPLE_PREFIX
from natsim.conformance.lessons.shelf import STREAMING, lessons
from natsim.conformance.mistake import CaseError
from natsim.conformance.text_file import read_text
from natsim.conformance.transcripts.parse import parse_transcript

if TYPE_CHECKING:
    from natsim.conformance.transcripts.transcript import Transcript

_KEYS = ("title", "compare", "barriers", "config")
_CASE_KEYS = (
    "covers", "house", "versions", "needs", "alone", "fresh", "limit", "rule", "source", "level",
    "id",
)  # fmt: skip


def read_transcript(name: str) -> Transcript:
    """Read a transcript by its path, or a lesson by its name. Raises CaseError."""
    path = _find(name)
    text = read_text(path)
    # In a case this stands before its subjects.
    transcript = parse_transcript(text.replace(PREFIX, SAMPLE_PREFIX), name)
    for key in transcript.front:
        if key not in (*_KEYS, *_CASE_KEYS):
            raise CaseError(path, 1, 1, f"{key} is no key; write one of {', '.join(_KEYS)}")
    if not transcript.steps:
        raise CaseError(path, 0, 0, "there is no dialogue; write what is typed and what is heard")
    return transcript


def _find(name: str) -> Path:
    path = Path(name)
    if path.exists() or path.suffix == ".txt":
        return path
    if name == "streaming":
        raise CaseError(name, 0, 0, STREAMING)
    shelf = lessons()
    if name in shelf:
        return shelf[name]
    close = get_close_matches(name, list(shelf), n=1)
    hint = f"did you mean {close[0]}?" if close else "natsim transcript --list shows the lessons"
    raise CaseError(name, 0, 0, f"there is no such file, and no lesson of that name; {hint}")
