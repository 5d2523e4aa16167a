"""The suite: all cases, with the requirements and the houses they speak of."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from .case import Case
from .case_file import load_case_file
from .house import House, load_houses
from .mistake import CaseError
from .requirement import FILE, Level, Requirement, load_requirements

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HERE = Path(__file__).parent
CASES = HERE / "cases"
HOUSES = HERE / "houses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """cases: by id, sorted. requirements, houses: by id and name."""

    cases: dict[str, Case]
    requirements: dict[str, Requirement]
    houses: dict[str, House]

    def select(self, only: Sequence[str], skip: Sequence[str]) -> list[Case]:
        """Give the cases whose id has one of the prefixes of only, if there are any, but of skip.

        A prefix ends where a word of an id ends. Raises ValueError for one that no case has.
        """
        for prefix in (*only, *skip):
            if not any(has_prefix(name, prefix) for name in self.cases):
                raise ValueError(f"no case begins with {prefix}; natsim conform --list shows all")
        return [
            case
            for name, case in self.cases.items()
            if (not only or any(has_prefix(name, prefix) for prefix in only))
            and not any(has_prefix(name, prefix) for prefix in skip)
        ]


def has_prefix(id: str, prefix: str) -> bool:  # noqa: A002
    """Tell whether an id is below a prefix.

    >>> has_prefix("core.sub.sid", "core.sub"), has_prefix("core.sub.sid", "core.su")
    (True, False)
    """
    prefix = prefix.rstrip(".")
    return id == prefix or id.startswith(f"{prefix}.")


def load_suite(more: Sequence[Path] = ()) -> Suite:
    """Read natsim's own cases, and those of more folders. Raises CaseError."""
    requirements = load_requirements(HERE / FILE)
    houses = load_houses(HOUSES)
    cases: dict[str, Case] = {}
    for folder in (CASES, *more):
        if folder != CASES:
            if (folder / FILE).exists():
                requirements |= load_requirements(folder / FILE)
            houses |= load_houses(folder / "houses")
        for found in _cases_of(folder):
            case = found if folder == CASES else replace(found, folder=folder)
            if case.id in cases:
                text = f"there is a case {case.id} in {cases[case.id].origin} already; rename it"
                raise CaseError(case.origin, case.line, 1, text)
            cases[case.id] = case
            if case.rule:
                requirements[case.id] = Requirement(
                    id=case.id,
                    rule=case.rule,
                    level=Level(case.level or Level.MUST.value),
                    source=case.source or str(case.origin),
                )
    for case in cases.values():
        _check(case, requirements, houses)
    return Suite(cases=dict(sorted(cases.items())), requirements=requirements, houses=houses)


def _cases_of(folder: Path) -> Iterable[Case]:
    if not folder.is_dir():
        raise CaseError(folder, 0, 0, "there is no such folder; name one with case files")
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".txt":
            yield load_case_file(path, folder)
        elif path.suffix == ".py" and path.name != "__init__.py":
            yield from _cases_of_module(path, folder)


def _cases_of_module(path: Path, folder: Path) -> Iterable[Case]:
    words = path.relative_to(folder).with_suffix("").parts
    name = ".".join(("natsim.conformance.cases", *words))
    if folder == CASES:
        module = importlib.import_module(name)
    else:
        spec = importlib.util.spec_from_file_location(f"natsim_cases.{'.'.join(words)}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        try:
            spec.loader.exec_module(module)
        except Exception as error:  # the door to a user's code
            line = getattr(error, "lineno", 0) or 0
            text = f"it cannot be imported: {type(error).__name__}: {error}"
            raise CaseError(path, line, 0, text) from error
    for value in vars(module).values():
        if isinstance(value, Case) and value.origin == Path(module.__file__ or ""):
            yield value


def _check(case: Case, requirements: dict[str, Requirement], houses: dict[str, House]) -> None:
    for name in case.covers:
        if name not in requirements:
            text = f"there is no requirement {name}; write it in {FILE}, or rule and source here"
            raise CaseError(case.origin, case.line, 1, text)
    if case.house not in houses:
        text = f"there is no house {case.house}; there are {', '.join(houses)}"
        raise CaseError(case.origin, case.line, 1, text)
