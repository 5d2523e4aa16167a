"""Unmodified nats-py gets time and entropy of its node, and nothing else is touched."""

import ast
import asyncio
import datetime
import importlib.util
import random
import secrets
import time
import uuid
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import nats
import pytest
from nats.aio import client as nats_client
from nats.aio.client import Client

from natsim.harness.sim import interpose
from natsim.harness.sim.errors import NotSimulated
from natsim.harness.sim.world import World

OUTSIDE = {
    "time", "datetime", "random", "secrets", "uuid", "os", "socket", "threading", "subprocess",
    "multiprocessing", "concurrent", "select", "selectors", "signal", "tempfile", "aiohttp",
}  # fmt: skip


def test_every_name_of_nats_py_that_touches_the_outside_is_swapped_or_known_harmless() -> None:
    spec = importlib.util.find_spec("nats")
    assert spec is not None
    assert spec.origin is not None
    root = Path(spec.origin).parent
    found = {
        (module, name)
        for path in sorted(root.rglob("*.py"))
        for module, name in _outside_names(path, root)
    }

    unknown = found - set(interpose.SWAPS) - set(interpose.HARMLESS)

    assert unknown == set()


def _outside_names(path: Path, root: Path) -> list[tuple[str, str]]:
    parts = path.relative_to(root.parent).with_suffix("").parts
    module = ".".join(part for part in parts if part != "__init__")
    names: list[tuple[str, str]] = []
    for node in ast.parse(path.read_text()).body:
        # Only module level, with one level of try: functions import os to read credential files.
        for statement in [node, *(node.body if isinstance(node, ast.Try) else [])]:
            if isinstance(statement, ast.Import):
                names += [
                    (module, alias.asname or alias.name)
                    for alias in statement.names
                    if alias.name.split(".")[0] in OUTSIDE
                ]
            elif isinstance(statement, ast.ImportFrom) and not statement.level:
                names += [
                    (module, alias.asname or alias.name)
                    for alias in statement.names
                    if (statement.module or "").split(".")[0] in OUTSIDE
                    and alias.name not in ("timezone", "timedelta")
                ]
    return names


def test_the_time_a_client_reads_is_its_nodes(world: World) -> None:
    interpose.install()

    async def main() -> tuple[float, float, int]:
        await asyncio.sleep(2.5)
        clock: Any = vars(nats_client)["time"]
        return clock.monotonic(), clock.time(), clock.time_ns()

    assert world.run(world.nodes["a"], main()) == (
        2.5,
        1_767_225_602.5,
        1_767_225_602_500_000_000,
    )


def test_sleeping_in_real_time_is_refused(world: World) -> None:
    async def main() -> None:
        interpose.NodeTime().sleep(1)

    with pytest.raises(NotSimulated, match=r"use asyncio\.sleep"):
        world.run(world.nodes["a"], main())


def test_draws_are_the_nodes_own_and_repeat_with_the_seed() -> None:
    async def draw() -> list[object]:
        items = list(range(10))
        interpose.shuffle(items)
        return [
            interpose.randbelow(1000),
            interpose.token_hex(4),
            str(interpose.uuid4()),
            items,
            str(interpose.NodeDatetime.utcnow()),
        ]

    drawn = [_run(seed, draw) for seed in (1, 1, 2)]

    assert drawn[0] == drawn[1]
    assert drawn[0] != drawn[2]


def _run(seed: int, draw: Callable[[], Coroutine[Any, Any, object]]) -> object:
    world = World(seed)
    result: object = world.run(world.add_node("a"), draw())
    world.close()
    return result


def test_outside_a_world_the_real_ones_answer() -> None:
    before = time.monotonic()

    assert before <= interpose.NodeTime().monotonic() <= time.monotonic()
    assert interpose.NodeTime().strftime("%Y") == time.strftime("%Y")
    assert interpose.NodeDatetime.now().date() >= datetime.date(2026, 1, 1)
    assert len({interpose.randbelow(10**30) for _ in range(10)}) == 10
    assert interpose.uuid4() != interpose.uuid4()


def test_nothing_global_is_patched() -> None:
    interpose.install()

    assert isinstance(time.monotonic(), float)
    assert type(time).__name__ == "module"
    assert [random.shuffle.__module__, secrets.token_hex.__module__, uuid.uuid4.__module__] == [
        "random",
        "secrets",
        "uuid",
    ]


def test_jetstream_is_refused_at_once_and_by_name(nats_world: World) -> None:
    async def main() -> None:
        client = await nats.connect("nats://n1:4222")
        client.jetstream()

    with pytest.raises(NotSimulated, match=r"does not simulate JetStream; use --on nats-server"):
        nats_world.run(nats_world.nodes["c1"], main())


def test_a_jetstream_context_can_be_made_outside_a_world() -> None:
    interpose.install()

    assert Client().jetstream() is not None
