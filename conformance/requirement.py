"""What a NATS server must, should or may do, one rule each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from .mistake import CaseError
from .text_file import read_text
from .transcripts.front_matter import read_mapping

if TYPE_CHECKING:
    from pathlib import Path

    from .tree import Json

FILE = "requirements.yaml"


class Level(Enum):
    """How binding a rule is."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """rule: one or two sentences in our words. source: where it was read or on what it was seen."""

    id: str
    rule: str
    level: Level
    source: str


def load_requirements(path: Path) -> dict[str, Requirement]:
    """Read requirements by id, in the order of the file. Raises CaseError."""
    values, lines = read_mapping(read_text(path), path)
    return {name: requirement(name, value, path, lines[name]) for name, value in values.items()}


def requirement(name: str, value: Json, path: Path, line: int) -> Requirement:
    """Make a requirement of its YAML. Raises CaseError."""
    if not isinstance(value, dict):
        raise CaseError(path, line, 1, f"{name}: write rule, level and source")
    for key in value:
        if key not in ("rule", "level", "source"):
            raise CaseError(path, line, 1, f"{name}: {key} is no key; leave it out")
    texts: list[str] = []
    for key in ("rule", "level", "source"):
        text = value.get(key)
        if not isinstance(text, str) or not text.strip():
            raise CaseError(path, line, 1, f"{name}: {key} is missing; write some text")
        texts.append(" ".join(text.split()))
    rule, level, source = texts
    if level not in [each.value for each in Level]:
        text = f"{name}: level is {level!r}; write must, should or may"
        raise CaseError(path, line, 1, text)
    return Requirement(id=name, rule=rule, level=Level(level), source=source)
