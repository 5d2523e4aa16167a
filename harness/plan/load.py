"""Reading a plan: from its file or files to a plan, or to all of their mistakes."""

from pathlib import Path

from natsim.scenarios.document import Document, Value
from natsim.scenarios.fit import fit
from natsim.scenarios.inspection import Inspection
from natsim.scenarios.load import load_scenario, without_echoes
from natsim.scenarios.mistake import Mistake, ScenarioError, in_order
from natsim.scenarios.scenario import Scenario
from natsim.scenarios.yaml_file import parse_yaml, read_text

from .build import build_plan
from .check import Placed, check_operations, check_plan
from .lines import read_operations
from .plan import SCHEMA, Plan
from .schema import PlanFile

# What a scenario's bounds allow makes a plan of some megabytes, when its clients do many things.
_BYTES_MAX = 64 * 2**20
_VALUES_MAX = 5_000_000

_SPARE: dict[str, Value] = {
    "schema": SCHEMA,
    "scenario": "unnamed",
    "seed": 0,
    "duration": "1h",
    "settle": "1s",
    "barrier": "1s",
    "expect": [],
    "servers": {},
    "clients": {},
}


def load_plan(path: Path) -> Plan:
    """Read a plan from plan.yaml, and from the file of operations it may name.

    Raises ScenarioError with every mistake of both files.
    """
    return _plan_of(_document(path), path)


def load_any(path: Path) -> Scenario | Plan:
    """Read a scenario or a plan, whichever the file says it is.

    Raises ScenarioError with every mistake of the file, or if it is neither.
    """
    document = _document(path)
    return _plan_of(document, path) if _says_plan(document) else load_scenario(path)


def is_plan(path: Path) -> bool:
    """Tell a plan from a scenario by its first words: `schema:` or `natsim:`.

    Raises ScenarioError if it is neither.
    """
    return _says_plan(_document(path))


def _document(path: Path) -> Document:
    return parse_yaml(read_text(path, _BYTES_MAX), str(path), _VALUES_MAX)


def _says_plan(document: Document) -> bool:
    keys = document.value if isinstance(document.value, dict) else {}
    if "natsim" in keys or "schema" in keys:
        return "natsim" not in keys
    text = "it is neither a scenario nor a plan; begin with natsim: 1, or with schema: "
    neither = document.wrong_value((), text + SCHEMA)
    raise ScenarioError(in_order([neither, *document.mistakes]))


def _plan_of(document: Document, path: Path) -> Plan:
    fitted = fit(PlanFile, document, _SPARE)
    mistakes = [*document.mistakes, *without_echoes(document, fitted.mistakes)]
    plan: Plan | None = None
    if fitted.written is not None:
        written = fitted.written
        has_duration = "duration" not in fitted.spared
        look = Inspection(
            fitted.document,
            document,
            is_whole=not mistakes,
            duration_ns=written.duration_ns if has_duration else None,
        )
        operations: list[Placed] = [
            (operation, ("operations", number), look)
            for number, operation in enumerate(written.operations)
        ]
        if written.operations_file is not None:
            operations += _beside(path.with_name(written.operations_file), look, mistakes)
        check_plan(written, look)
        check_operations(written, operations, look)
        mistakes += look.mistakes
        if not mistakes:
            plan = build_plan(written, [operation for operation, _, _ in operations])
    if plan is None:
        raise ScenarioError(in_order(mistakes))
    return plan


def _beside(path: Path, look: Inspection, mistakes: list[Mistake]) -> list[Placed]:
    """Read the file of operations; its mistakes are added to those of the plan."""
    try:
        return [(each, (), look.through(document)) for each, document in read_operations(path)]
    except ScenarioError as error:
        mistakes += error.mistakes
        return []
