"""The examples in the docstrings are true, wherever there are some."""

import doctest
import importlib
import pkgutil
from types import ModuleType

import pytest

import natsim


def _modules_with_examples() -> list[ModuleType]:
    names = [
        module.name
        for module in pkgutil.walk_packages(natsim.__path__, "natsim.")
        if not module.name.endswith("__main__")
    ]
    modules = [importlib.import_module(name) for name in names]
    finder = doctest.DocTestFinder(exclude_empty=True)
    return [module for module in modules if any(each.examples for each in finder.find(module))]


@pytest.mark.parametrize("module", _modules_with_examples(), ids=lambda module: module.__name__)
def test_the_examples_hold(module: ModuleType) -> None:
    results = doctest.testmod(module)

    assert (results.attempted > 0, results.failed) == (True, 0)
