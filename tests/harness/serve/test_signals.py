"""Signals are acted on, whenever they come."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import pytest

from natsim.harness.serve.signals import GO_NAMES, HeldSignals

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    numbers = (*GO_NAMES, signal.SIGQUIT)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, action in before.items():
        signal.signal(number, action)


def test_what_came_before_the_loop_ran_is_acted_on_in_its_order() -> None:
    held = HeldSignals()
    os.kill(os.getpid(), signal.SIGHUP)
    os.kill(os.getpid(), signal.SIGUSR2)
    seen: list[signal.Signals] = []

    async def run() -> None:
        held.give_to(asyncio.get_running_loop(), seen.append)
        os.kill(os.getpid(), signal.SIGUSR1)
        while len(seen) < 3:
            await asyncio.sleep(0.001)

    asyncio.run(run())

    assert seen == [signal.SIGHUP, signal.SIGUSR2, signal.SIGUSR1]
