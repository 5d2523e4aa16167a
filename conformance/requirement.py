"""What a NATS server must, should or may do, one rule each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from .mistake import CaseError
from .transcripts.front_matter import read_mapping

if TYPE_CHECKING:
    from pathlib import Path

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
    values, lines = read_mapping(path.read_text("utf-8"), path)
    return {name: requirement(name, value, path, lines[name]) for name, value in values.items()}


def requirement(id: str, value: object, path: Path, line: int) -> Requirement:  # noqa: A002
    """Make a requirement of its YAML. Raises CaseError."""
    if not isinstance(value, dict):
        raise CaseError(path, line, 1, f"{id}: write rule, level and source")
    unknown = sorted(str(key) for key in value if key not in ("rule", "level", "source"))
    if unknown:
        raise CaseError(path, line, 1, f"{id}: {unknown[0]} is no key; leave it out")
    for key in ("rule", "level", "source"):
        if not isinstance(value.get(key), str) or not value[key].strip():
            raise CaseError(path, line, 1, f"{id}: {key} is missing; write some text")
    try:
        level = Level(value["level"])
    except ValueError:
        raise CaseError(
            path, line, 1, f"{id}: level is {value['level']!r}; write must, should or may"
        ) from None
    rule = " ".join(value["rule"].split())
    return Requirement(id=id, rule=rule, level=level, source=" ".join(value["source"].split()))
