"""A failure at the server's clock counts only where ours was on time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from natsim.conformance.failure import Failed, Undecided
from natsim.conformance.heartbeat import TRIES, Beats, are_punctual, until_punctual

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


@pytest.mark.parametrize(
    ("beats", "expected"),
    [
        ([], True),
        ([7.0], True),
        ([7.0, 7.25, 7.5], True),
        ([7.0, 7.3, 7.51], True),
        ([7.0, 7.25, 7.6], False),
        ([7.6, 7.6, 7.6], False),
    ],
)
def test_what_was_heard_when_it_was_due_is_punctual(beats: Beats, expected: bool) -> None:
    assert are_punctual(beats) is expected


def test_a_failure_on_time_is_a_failure() -> None:
    with pytest.raises(Failed, match="stale"):
        asyncio.run(until_punctual(failing([7.0, 7.25])))


def test_a_failure_that_is_late_is_tried_again() -> None:
    asyncio.run(until_punctual(failing([7.0, 7.9], None)))


def test_a_machine_that_is_always_late_proves_nothing() -> None:
    with pytest.raises(Undecided, match="too busy"):
        asyncio.run(until_punctual(failing(*[[7.0, 7.9]] * TRIES)))


def failing(*beats: Beats | None) -> Callable[[Beats], Awaitable[None]]:
    """Fail in turn behind such beats; None passes."""
    left = list(beats)

    async def play(heard: Beats) -> None:
        now = left.pop(0)
        if now is not None:
            heard += now
            raise Failed("the connection is stale")

    return play
