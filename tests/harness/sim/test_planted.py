"""Every bug planted in the simulated world is caught, by all that should catch it."""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from tests.parity.tcp.ground import in_a_world, on_loopback
from tests.parity.tcp.probes import PROBES

from natsim.harness.mutants.mutant import planted
from natsim.harness.sim.errors import SimulationError
from natsim.harness.sim.link import Wire

from . import test_crashes, test_node, test_tcp, test_wire
from .planted import SIMULATOR_MUTANTS
from .two_nodes import MS, joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.parity.tcp.log import Log

    from natsim.harness.sim.world import World

_FILES = {
    "test_crashes": test_crashes, "test_node": test_node, "test_tcp": test_tcp,
    "test_wire": test_wire,
}  # fmt: skip

CATCHES = [
    (mutant.name, catcher) for mutant in SIMULATOR_MUTANTS.values() for catcher in mutant.caught_by
]


@cache
def _truth(probe: str) -> Log:
    return on_loopback(PROBES[probe])


def _check(catcher: str) -> None:
    file, _, name = catcher.partition(":")
    if not name:
        assert in_a_world(PROBES[catcher]).phases == _truth(catcher).phases
        return
    test: Callable[..., None] = vars(_FILES[file])[name]
    worlds: dict[str, Any] = {}
    if "world" in inspect.signature(test).parameters:
        worlds["world"] = _world(file)
    test(**worlds)


def _world(file: str) -> World:
    return joined(Wire(latency_ns=(MS, MS) if file == "test_crashes" else (0, 0)))


@pytest.mark.parametrize(("mutant", "catcher"), CATCHES)
def test_a_planted_bug_is_caught(mutant: str, catcher: str) -> None:
    if catcher in PROBES:
        _truth(catcher)

    with planted(SIMULATOR_MUTANTS[mutant]), pytest.raises((AssertionError, SimulationError)):
        _check(catcher)


@pytest.mark.parametrize("catcher", list(dict.fromkeys(catcher for _, catcher in CATCHES)))
def test_what_catches_it_finds_nothing_in_the_honest_world(catcher: str) -> None:
    _check(catcher)
