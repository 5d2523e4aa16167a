"""The YAML between `---` lines at the top of a file, by key, with the line of each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import yaml

from natsim.conformance.mistake import CaseError
from natsim.record import record

if TYPE_CHECKING:
    from pathlib import Path

    from natsim.conformance.tree import Json, Object

FENCE = "---"


@record
class FrontMatter:
    """values: by key. lines: where each key stands. body_line: the first line behind it."""

    values: Object
    lines: dict[str, int]
    body_line: int


def split_front_matter(text: str, path: Path | str) -> FrontMatter:
    """Read the front matter of a text, which may have none. Raises CaseError."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return FrontMatter({}, {}, 1)
    for end, line in enumerate(lines[1:], 1):
        if line.rstrip() == FENCE:
            values, places = read_mapping("\n".join(lines[1:end]), path, 1)
            return FrontMatter(values, places, end + 2)
    raise CaseError(path, 1, 1, "the front matter has no end; write --- on a line of its own")


def read_mapping(
    text: str, path: Path | str, lines_before: int = 0
) -> tuple[Object, dict[str, int]]:
    """Read a YAML mapping; gives its values and the line of each key. Raises CaseError."""
    try:
        node = yaml.compose(text, yaml.SafeLoader)
        values: Json = yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise CaseError(path, line + lines_before, column, f"{error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise CaseError(path, 0, 0, str(error).splitlines()[0]) from error
    if node is None:
        return {}, {}
    if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
        raise CaseError(path, lines_before + 1, 1, "write `key: value` lines")
    places: dict[str, int] = {}
    for key, _ in node.value:
        name, line = str(key.value), key.start_mark.line + 1 + lines_before
        if name in places:
            raise CaseError(path, line, 1, f"{name} stands there twice; leave one out")
        places[name] = line
    return {str(key): value for key, value in values.items()}, places


class _Loader(yaml.SafeLoader):
    """Reads `on`, `no` and dates as text, as YAML 1.2 does."""


_Loader.yaml_implicit_resolvers = {
    letter: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")
    ]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_BOOL = re.compile("true|false")
for _letter in "tf":
    _Loader.yaml_implicit_resolvers.setdefault(_letter, []).append(
        ("tag:yaml.org,2002:bool", _BOOL)
    )
