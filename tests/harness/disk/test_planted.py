"""Every bug planted in the simulated disk is caught by the test that should catch it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

from natsim.harness.mutants.disk import DISK_MUTANTS
from natsim.harness.mutants.mutant import planted

from . import test_power

if TYPE_CHECKING:
    from collections.abc import Callable

_VALUES: dict[str, object] = {"crash": "kill", "call": 2}


@pytest.mark.parametrize(
    ("name", "test"),
    [(name, test) for name, mutant in DISK_MUTANTS.items() for test in mutant.caught_by],
)
def test_the_right_test_catches_the_bug(name: str, test: str) -> None:
    check: Callable[..., None] = getattr(test_power, test)
    values = {key: _VALUES[key] for key in inspect.signature(check).parameters}

    with planted(DISK_MUTANTS[name]), pytest.raises((AssertionError, pytest.fail.Exception)):
        check(**values)
