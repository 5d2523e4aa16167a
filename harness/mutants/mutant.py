"""A planted bug, and how it is planted."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from types import FunctionType
from typing import Any

Function = Callable[..., Any]


class MutantError(Exception):
    """A mutant cannot be planted: its target is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A planted bug.

    name: short, with hyphens. sentence: what the broken program does.
    target: `package.module:Class.function` or `package.module:function`.
    make: given the original function, makes the one that stands in for it. It is called anew for
    each planting, so that what it counts begins at 0.
    caught_by: the checkers of which at least one must accuse it.
    """

    name: str
    sentence: str
    target: str
    make: Callable[[Function], Function]
    caught_by: tuple[str, ...]


@contextmanager
def planted(mutant: Mutant) -> Generator[None]:
    """Run the body with the bug in place. Raises MutantError when there is no such target."""
    owner, name, original = _find(mutant)
    setattr(owner, name, mutant.make(original))
    try:
        yield
    finally:
        setattr(owner, name, original)


def _find(mutant: Mutant) -> tuple[object, str, Function]:
    module_name, _, path = mutant.target.partition(":")
    try:
        owner: object = import_module(module_name)
        *outer, name = path.split(".")
        for part in outer:
            owner = getattr(owner, part)
        original: object = vars(owner)[name]
    except (ImportError, AttributeError, KeyError) as error:
        raise MutantError(
            f"the mutant {mutant.name} replaces {mutant.target}, which is not there"
        ) from error
    if not isinstance(original, FunctionType):
        raise MutantError(
            f"the mutant {mutant.name} replaces {mutant.target}, which is no function"
        )
    return owner, name, original
