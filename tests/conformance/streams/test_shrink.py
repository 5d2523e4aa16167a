"""Shrinking keeps what a difference needs and no more."""

import asyncio
from collections.abc import Callable

from natsim.conformance.streams.shrink import shrink
from natsim.conformance.streams.stream import Begin, Command, Leave, Say, Step, Stream

_A, _B, _C = Command(b"A\r\n"), Command(b"B\r\n"), Command(b"C\r\n")


def _shrink(steps: tuple[Step, ...], needs: Callable[[bytes], bool]) -> tuple[Step, ...]:
    async def is_different(stream: Stream) -> bool:
        says = [step for step in stream.steps if isinstance(step, Say)]
        return needs(b"".join(command.data for step in says for command in step.commands))

    return asyncio.run(shrink(Stream(1, 2, steps), is_different)).steps


def test_steps_and_commands_that_do_not_matter_are_left_out() -> None:
    steps = (Say(0, (_A,)), Say(1, (_A, _B, _C), (2, 5)), Leave(0), Say(1, (_C,)))

    assert _shrink(steps, lambda said: b"B" in said) == (Say(1, (_B,)),)


def test_all_that_matters_together_is_kept() -> None:
    steps = (Say(0, (_A, _C)), Say(1, (_B,)))

    assert _shrink(steps, lambda said: b"A" in said and b"B" in said) == (
        Say(0, (_A,)),
        Say(1, (_B,)),
    )


def test_a_command_that_was_begun_goes_with_its_rest() -> None:
    steps = (Begin(0, b"PI"), Say(1, (_B,)), Say(0, (Command(b"NG\r\n"),)))

    assert _shrink(steps, lambda said: b"B" in said) == (Say(1, (_B,)),)
    assert _shrink(steps, lambda said: b"NG" in said) == (steps[0], steps[2])
