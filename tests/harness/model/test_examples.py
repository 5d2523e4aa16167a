"""The examples in the docstrings are true."""

import doctest
from types import ModuleType

import pytest

from natsim.harness.model import broker, matcher


@pytest.mark.parametrize("module", [broker, matcher])
def test_the_examples_hold(module: ModuleType) -> None:
    results = doctest.testmod(module)

    assert (results.attempted > 0, results.failed) == (True, 0)
