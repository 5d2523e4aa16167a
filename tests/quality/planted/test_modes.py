"""Each mode breaks something, and what it is can be heard."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, TypeAlias

import pytest

from tests.parity.real_server import newest_server, running

from .dialogue import hold
from .dialogues import ASKED, DIALOGUES, GREETING
from .modes import HEALTHY, MODES
from .proxy import proxied

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .dialogue import Dialogue
    from .modes import Mode
    from .proxy import Address

BROKEN = [name for name in MODES if name not in (HEALTHY, "ping.never")]


_HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def executable() -> str:
    found = newest_server()
    if found is None:
        pytest.skip("no nats-server in the test environment")
    return found


@pytest.fixture(scope="module")
def server(executable: str) -> Iterator[Address]:
    with running(executable) as port:
        yield _HOST, port


@pytest.mark.parametrize("name", BROKEN)
def test_a_mode_is_heard_and_the_control_mode_is_not(name: str, server: Address) -> None:
    dialogue = DIALOGUES.get(name, GREETING)

    healthy, control, broken = asyncio.run(_three_ways(name, dialogue, server))

    assert control == healthy
    assert broken != healthy


def test_a_server_that_never_sends_a_ping_is_heard(executable: str, tmp_path: Path) -> None:
    config = tmp_path / "server.conf"
    config.write_text('ping_interval: "200ms"')

    with running(executable, "-c", str(config)) as port:
        healthy, control, broken = asyncio.run(_three_ways("ping.never", ASKED, (_HOST, port)))

    assert control == healthy
    assert broken != healthy


def test_no_dialogue_is_about_a_mode_that_is_not_there() -> None:
    assert DIALOGUES.keys() <= set(BROKEN)


Heard: TypeAlias = dict[str, list[bytes]]


async def _three_ways(name: str, dialogue: Dialogue, server: Address) -> tuple[Heard, Heard, Heard]:
    """Hold a dialogue with the server, through the control mode, and through the mode."""
    return (
        await hold(dialogue, server),
        await _through(MODES[HEALTHY], dialogue, server),
        await _through(MODES[name], dialogue, server),
    )


async def _through(mode: Mode, dialogue: Dialogue, server: Address) -> Heard:
    async with proxied(mode, server, (_HOST, 0)) as address:
        return await hold(dialogue, address)
