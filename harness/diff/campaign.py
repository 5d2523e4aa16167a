"""Plays many streams to two servers, several pairs of them side by side."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from natsim.conformance.streams.answer import Answer, Heard
from natsim.conformance.streams.compare import Difference, differences
from natsim.conformance.streams.generate import stream_of
from natsim.conformance.streams.play import QUIET_S, play
from natsim.conformance.streams.shrink import shrink
from natsim.conformance.streams.signature import kinds
from natsim.conformance.streams.stream import Stream

from .proof import proven_script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from natsim.conformance.wire.connection import Address

    from .proof import Script
    from .side import Side

PATIENT_S = 1.5
"""How long nothing must come when a difference is looked at again: the machine may be busy."""


@dataclass(kw_only=True)
class Distinct:
    """One difference, by the smallest stream that shows it.

    kinds: what differs that was not seen before, as `signature` names it. differing: the bytes.
    """

    stream: Stream
    kinds: frozenset[str]
    differing: list[Difference]
    script: Script


@dataclass(kw_only=True)
class Found:
    """streams: how many were played. distinct: differences, in the order they were met.

    unsteady: seeds whose difference was not there the second time.
    """

    streams: int = 0
    distinct: list[Distinct] = field(default_factory=list[Distinct])
    unsteady: list[int] = field(default_factory=list[int])


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """found: told of each distinct difference when it is met. played: of each stream."""

    found: Callable[[Distinct], None]
    played: Callable[[bool], None]


class Campaign:
    """The comparison of two servers.

    until_s: on time.monotonic, when no more streams are begun. found: is filled while it goes on.
    """

    def __init__(
        self, one: Side, other: Side, seeds: range, listener: Listener, until_s: float | None = None
    ) -> None:
        self.found = Found()
        self._sides = (one, other)
        self._seeds = seeds
        self._listener = listener
        self._until_s = until_s
        self._known: set[str] = set()

    async def run(self, lanes: int) -> None:
        """Compare, on so many pairs of servers at a time. Raises TargetUnavailable, PlayError."""
        if any(side.is_shared for side in self._sides):
            # The subjects of a stream are for all who are there.
            lanes = 1
        async with AsyncExitStack() as stack:
            pairs = [
                _Pair(*[await stack.enter_async_context(side.open()) for side in self._sides])
                for _ in range(lanes)
            ]
            # The greetings first: every stream shows what differs in them.
            await self._look(Stream(0, 1, ()), pairs[0])
            seeds = iter(self._seeds)
            async with asyncio.TaskGroup() as group:
                for pair in pairs:
                    group.create_task(self._run_lane(pair, seeds))

    async def _run_lane(self, pair: _Pair, seeds: Iterator[int]) -> None:
        for seed in seeds:
            if self._until_s is not None and time.monotonic() > self._until_s:
                return
            is_new = await self._look(stream_of(seed), pair)
            self.found.streams += 1
            self._listener.played(is_new)

    async def _look(self, stream: Stream, pair: _Pair) -> bool:
        """Play a stream, and make it small if it differs in a way not seen yet; tell if it does."""
        known = frozenset(self._known)

        async def unseen(played: Stream, quiet_s: float) -> frozenset[str]:
            return kinds(*await pair.play(played, quiet_s)) - known

        async def is_different(smaller: Stream) -> bool:
            return bool(await unseen(smaller, QUIET_S))

        if not await is_different(stream):
            return False
        if not await unseen(stream, PATIENT_S):
            self.found.unsteady.append(stream.seed)
            return False
        smallest = await shrink(stream, is_different)
        one, other = await pair.play(smallest, PATIENT_S)
        found = kinds(one, other) - frozenset(self._known)
        if not found:  # chance, or another lane was faster
            return False
        self._known |= found
        labels = [side.label for side in self._sides]
        script = await proven_script(smallest, (one, other), pair.addresses, labels)
        distinct = Distinct(
            stream=smallest, kinds=found, differing=_beside_greeting(one, other, smallest),
            script=script,
        )  # fmt: skip
        self.found.distinct.append(distinct)
        self._listener.found(distinct)
        return True


class _Pair:
    """Two servers that hear the same. addresses: of both."""

    def __init__(self, one: Address, other: Address) -> None:
        self.addresses = (one, other)

    async def play(self, stream: Stream, quiet_s: float) -> tuple[Answer, Answer]:
        one, other = await asyncio.gather(
            *(play(stream, each.host, each.port, quiet_s) for each in self.addresses)
        )
        return one, other


def _beside_greeting(one: Answer, other: Answer, stream: Stream) -> list[Difference]:
    """Give the bytes that differ; behind the greeting, unless the stream is nothing else."""
    if not stream.steps:
        return differences(one, other)
    return differences(_without_greeting(one), _without_greeting(other))


def _without_greeting(answer: Answer) -> Answer:
    return Answer(tuple(Heard(each.frames[1:], each.end) for each in answer.heard), answer.pooled)
