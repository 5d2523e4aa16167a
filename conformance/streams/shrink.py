"""Makes a stream that shows a difference smaller, by leaving out what it does not need."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .stream import Begin, Say

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from .stream import Step, Stream


async def shrink(stream: Stream, is_different: Callable[[Stream], Awaitable[bool]]) -> Stream:
    """Leave out every step, command and cut without which the difference is still there."""
    is_smaller = True
    while is_smaller:
        is_smaller = False
        for smaller in _smaller(stream):
            if await is_different(smaller):
                stream, is_smaller = smaller, True
                break
    return stream


def _smaller(stream: Stream) -> Iterator[Stream]:
    steps = stream.steps
    # What comes after the difference goes first, at one blow if possible.
    for size in (len(steps) // 2, len(steps) * 3 // 4):
        if size and not any(isinstance(step, Begin) for step in steps[:size]):
            yield replace(stream, steps=steps[:size])
    for at in range(len(steps) - 1, -1, -1):
        gone = _goes_with(steps, at)
        if gone:
            kept = tuple(step for number, step in enumerate(steps) if number not in gone)
            yield replace(stream, steps=kept)
    for at, step in enumerate(steps):
        if isinstance(step, Say):
            for less in _less(step):
                yield replace(stream, steps=(*steps[:at], less, *steps[at + 1 :]))


def _goes_with(steps: tuple[Step, ...], at: int) -> set[int]:
    """Give the steps to leave out with one: a command that was begun goes with its rest."""
    if isinstance(steps[at], Begin):
        return {at, _next_of(steps, at)}
    begun = [number for number, step in enumerate(steps) if isinstance(step, Begin)]
    return set() if at in [_next_of(steps, number) for number in begun] else {at}


def _next_of(steps: tuple[Step, ...], at: int) -> int:
    return next(n for n in range(at + 1, len(steps)) if steps[n].conn == steps[at].conn)


def _less(step: Say) -> Iterator[Say]:
    if step.cuts:
        yield replace(step, cuts=())
    if len(step.commands) > 1:
        for at in range(len(step.commands)):
            yield replace(step, commands=step.commands[:at] + step.commands[at + 1 :], cuts=())
