"""The file a user names: a scenario, a plan, or a scenario of the library."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from natsim.harness.plan.expand import expand
from natsim.harness.plan.load import load_any
from natsim.harness.plan.plan import Plan
from natsim.record import record
from natsim.scenarios.mistake import ScenarioError
from natsim.scenarios.shelf import library

from .console import refuse

if TYPE_CHECKING:
    from natsim.scenarios.scenario import Scenario


@record
class Played:
    """What is to be played. text: the scenario's own, None for a plan. path: for messages."""

    document: Scenario | Plan
    text: str | None
    path: Path

    def plan(self, seed: int) -> Plan:
        """Give the plan under a seed; a plan's own seed stands."""
        if isinstance(self.document, Plan):
            return self.document
        return expand(self.document, seed)


def read_source(name: str) -> Played:
    """Read a file, or a scenario of the library by its name; ends with code 2 if it is bad."""
    path = _find(name)
    try:
        document = load_any(path)
    except ScenarioError as error:
        refuse([str(error)])
    text = None if isinstance(document, Plan) else path.read_text(encoding="utf-8")
    return Played(document, text, path)


def _find(name: str) -> Path:
    path = Path(name)
    if path.exists() or path.suffix in (".yaml", ".yml"):
        return path
    shelf = library()
    if name in shelf:
        return shelf[name]
    close = get_close_matches(name, list(shelf), n=1)
    hint = f"did you mean {close[0]}?" if close else f"the library has {', '.join(shelf)}"
    refuse([f"there is no file {name}, and no scenario of that name in the library; {hint}"])
