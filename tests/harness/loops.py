"""Tests that are coroutines: each in an event loop of its own, with an end in sight."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING, Any, ParamSpec

from .wire import hang_up_all

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

P = ParamSpec("P")

TEST_S = 20.0


def in_a_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make a test of a coroutine function."""

    async def limited(*args: P.args, **kwargs: P.kwargs) -> None:
        async with asyncio.timeout(TEST_S):
            try:
                await test(*args, **kwargs)
            finally:
                hang_up_all()

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(limited(*args, **kwargs))

    return run


async def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; the test's own time limit is the only one."""
    while not is_so():
        await asyncio.sleep(0.005)
