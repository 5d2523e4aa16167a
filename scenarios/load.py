"""Loading a scenario: from a file or a text to a scenario, or to all of its mistakes."""

from pathlib import Path

from .document import Document, Value
from .fit import fit
from .inspection import Inspection
from .mistake import Mistake, ScenarioError, in_order
from .resolve import resolve
from .scenario import Scenario
from .schema import WrittenScenario
from .yaml_file import parse_yaml, read_text

_SPARE: dict[str, Value] = {
    "natsim": 1,
    "scenario": "unnamed",
    "duration": "1h",
    "servers": {},
    "clients": {},
}


def load_scenario(path: Path) -> Scenario:
    """Read a scenario file.

    Raises ScenarioError with every mistake of the file.
    """
    return scenario_of(parse_yaml(read_text(path), str(path)))


def parse_scenario(text: str, path: str = "scenario.yaml") -> Scenario:
    """Read a scenario from a text; path is for the mistakes alone.

    Raises ScenarioError with every mistake of the text.
    """
    return scenario_of(parse_yaml(text, path))


def scenario_of(document: Document) -> Scenario:
    """Make a scenario of a document.

    Raises ScenarioError with every mistake of the document.
    """
    fitted = fit(WrittenScenario, document, _SPARE)
    mistakes = [*document.mistakes, *without_echoes(document, fitted.mistakes)]
    scenario: Scenario | None = None
    if fitted.written is not None:
        has_duration = "duration" not in fitted.spared
        look = Inspection(
            fitted.document,
            document,
            is_whole=not mistakes,
            duration_ns=fitted.written.duration_ns if has_duration else None,
        )
        scenario = resolve(fitted.written, look)
        mistakes += look.mistakes
    if scenario is None or mistakes:
        raise ScenarioError(in_order(mistakes))
    return scenario


def without_echoes(document: Document, mistakes: tuple[Mistake, ...]) -> list[Mistake]:
    """Leave out what only follows from a mistake of the YAML at the same place."""
    known = {(each.line, each.column) for each in document.mistakes}
    return [each for each in mistakes if (each.line, each.column) not in known]
