"""Each mode breaks something, and what it is can be heard."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.parity.real_server import newest_server, running

from .dialogue import hold, plain
from .dialogues import DIALOGUES
from .modes import HEALTHY, MODES
from .proxy import proxied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .dialogue import Dialogue
    from .proxy import Address

BROKEN = [name for name in MODES if name != HEALTHY]


@pytest.fixture(scope="module")
def server() -> Iterator[Address]:
    executable = newest_server()
    if executable is None:
        pytest.skip("no nats-server in the test environment")
    with running(executable) as port:
        yield "127.0.0.1", port


@pytest.mark.parametrize("name", BROKEN)
def test_a_mode_is_heard_and_the_control_mode_is_not(name: str, server: Address) -> None:
    dialogue = DIALOGUES[name]

    healthy = plain(asyncio.run(hold(dialogue, server)))
    control = plain(asyncio.run(_through(HEALTHY, dialogue, server)))
    broken = plain(asyncio.run(_through(name, dialogue, server)))

    assert control == healthy
    assert broken != healthy


def test_no_dialogue_is_about_a_mode_that_is_not_there() -> None:
    assert list(DIALOGUES) == BROKEN


async def _through(name: str, dialogue: Dialogue, server: Address) -> dict[str, list[bytes]]:
    async with proxied(MODES[name], server, ("127.0.0.1", 0)) as address:
        return await hold(dialogue, address)
