"""The clients: how each is run, and what it cannot do whatever server it has."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from . import runtimes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .situations import Situation


@dataclass(frozen=True, kw_only=True)
class Program:
    """What is run before its last argument, the job."""

    command: list[str]
    environment: Mapping[str, str]


@dataclass(frozen=True)
class Client:
    """One client, as it is published.

    program: gives the program, or raises Missing; a folder of its own is there for it.
    lacks: abilities, which may be names of steps.
    python: the oldest Python it is published for.
    """

    name: str
    program: Callable[[Path], Program]
    lacks: frozenset[str] = frozenset()
    python: tuple[int, int] = (3, 11)

    def can(self, situation: Situation) -> bool:
        """Say whether it can get into a situation at all."""
        has_what_it_needs = self.lacks.isdisjoint(situation.needs)
        return has_what_it_needs and bool(situation.steps_without(self.lacks))


def _python(module: str, program: str, _: Path) -> Program:
    command = [runtimes.python(module), str(runtimes.PROGRAMS / program)]
    return Program(command=command, environment=os.environ)


def _node(library: str, _: Path) -> Program:
    command = [runtimes.node(), str(runtimes.PROGRAMS / "journey_node.js"), library]
    modules = str(runtimes.node_modules())
    return Program(command=command, environment={**os.environ, "NODE_PATH": modules})


def _browser(_: Path) -> Program:
    program = str(runtimes.PROGRAMS / "journey_browser.py")
    command = [sys.executable, program, runtimes.chromium(), str(runtimes.node_modules())]
    return Program(command=command, environment=os.environ)


def _c(folder: Path) -> Program:
    command = [runtimes.compiled(runtimes.PROGRAMS / "journey.c", folder)]
    return Program(command=command, environment=os.environ)


CLIENTS = [
    Client("nats-py", partial(_python, "nats", "journey_nats_py.py")),
    Client("natsio", partial(_python, "natsio", "journey_natsio.py"), python=(3, 13)),
    Client(
        "natsrpy",
        partial(_python, "natsrpy", "journey_natsrpy.py"),
        # It has neither options nor notices for these.
        frozenset({"creds", "certificate", "tls first", "websocket", "denied", "lame duck"}),
    ),
    Client("nats.js-2", partial(_node, "nats"), frozenset({"websocket"})),
    Client("nats.js-3", partial(_node, "@nats-io/transport-node"), frozenset({"websocket"})),
    Client("nats-core-in-chromium", _browser, frozenset({"tcp"})),
    Client("libnats", _c, frozenset({"tls first", "websocket"})),
]
