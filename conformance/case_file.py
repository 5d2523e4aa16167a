"""A case that is a transcript in a file, with front matter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .case import PLAIN, Case, Play, check_versions
from .mistake import CaseError
from .requirement import Level
from .text_file import read_text
from .transcripts.front_matter import FrontMatter, split_front_matter
from .transcripts.parse import parse_transcript
from .transcripts.play import play_transcript

if TYPE_CHECKING:
    from pathlib import Path

    from .tree import Json
    from .trial import Trial

PREFIX = "{s}"
"""Stands for the prefix of the case's subjects, also in payloads: it is put in before reading."""

SAMPLE_PREFIX = "s0000000"
PREFIX_LENGTH = len(SAMPLE_PREFIX)

_KEYS: dict[str, type | tuple[type, ...]] = {
    "title": str, "covers": list, "house": str, "versions": str, "needs": list, "alone": bool,
    "fresh": bool, "limit": (int, float), "compare": list, "barriers": bool, "rule": str,
    "source": str, "level": str, "id": str,
}  # fmt: skip


def load_case_file(path: Path, folder: Path) -> Case:
    """Read a case; its id is its place in the folder. Raises CaseError."""
    text = read_text(path)
    transcript = parse_transcript(text.replace(PREFIX, SAMPLE_PREFIX), path)
    front = split_front_matter(text.replace("\r\n", "\n"), path)
    _check_front(front, path)
    values = front.values
    place = path.relative_to(folder).with_suffix("").parts
    case_id = str(values.get("id", ".".join(place)))
    if not transcript.steps:
        raise CaseError(path, front.body_line, 1, "there is no dialogue; write one")
    return Case(
        id=case_id,
        title=str(values["title"]),
        covers=_texts(values.get("covers")) or (case_id,),
        play=_player(text, path),
        origin=path,
        house=str(values.get("house", PLAIN)),
        versions=str(values.get("versions", "")),
        needs=_texts(values.get("needs")),
        is_alone=bool(values.get("alone", False)),
        is_fresh=bool(values.get("fresh", False)),
        limit_s=float(str(values.get("limit", 10.0))),
        text=text,
        rule=str(values.get("rule", "")),
        source=str(values.get("source", "")),
        level=str(values.get("level", "")),
    )


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _player(text: str, path: Path) -> Play:
    async def play(trial: Trial) -> None:
        named = text.replace(PREFIX, trial.prefix)
        for name, thing in trial.things.items():
            named = named.replace(f"{{{name}}}", thing)
        await play_transcript(parse_transcript(named, path), trial)

    return play


def _check_front(front: FrontMatter, path: Path) -> None:
    for key, value in front.values.items():
        line = front.lines[key]
        if key not in _KEYS:
            raise CaseError(path, line, 1, f"{key} is no key; write one of {', '.join(_KEYS)}")
        wanted = _KEYS[key]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise CaseError(path, line, 1, f"{key} is {value!r}, which is of the wrong type")
    if "title" not in front.values:
        raise CaseError(path, 1, 1, "title is missing; say in a sentence what is shown")
    try:
        check_versions(str(front.values.get("versions", "")))
    except ValueError as error:
        raise CaseError(path, front.lines["versions"], 1, str(error)) from None
    if front.values.get("level", "must") not in [level.value for level in Level]:
        raise CaseError(path, front.lines["level"], 1, "write level: must, should or may")
