"""The examples in the docstrings are true."""

import doctest
import importlib

import pytest


@pytest.mark.parametrize("name", ["json_text", "monitor.respond", "times"])
def test_examples(name: str) -> None:
    module = importlib.import_module(f"natsim.broker.nats.{name}")

    result = doctest.testmod(module)

    assert result.attempted > 0
    assert result.failed == 0
