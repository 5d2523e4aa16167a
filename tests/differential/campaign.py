"""Plays many streams to two servers, several pairs of them side by side."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from natsim.conformance.streams.compare import Difference, differences
from natsim.conformance.streams.generate import stream_of
from natsim.conformance.streams.play import QUIET_S, play
from natsim.conformance.streams.shrink import shrink
from tests.parity.real_server import running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from natsim.conformance.streams.stream import Stream

HOST = "127.0.0.1"

PATIENT_S = 1.5
"""How long nothing must come when a difference is looked at again: the machine may be busy."""


@dataclass
class Found:
    """streams: how many were played. differing: smallest streams, with what differs in each.

    unsteady: seeds whose difference was not there the second time.
    """

    streams: int = 0
    differing: list[tuple[Stream, list[Difference]]] = field(
        default_factory=list[tuple["Stream", list[Difference]]]
    )
    unsteady: list[int] = field(default_factory=list[int])


def compare_servers(
    one: Sequence[str],
    other: Sequence[str],
    seeds: range,
    *,
    lanes: int,
    say: Callable[[Stream, list[Difference]], None],
) -> Found:
    """Play the streams of all seeds to servers started by two commands.

    lanes: pairs of servers; each hears one stream at a time, since its subjects are for all.
    say: told of each stream that shows a difference, when it is found.
    """
    found = Found()
    with ExitStack() as stack:
        ports = [
            (stack.enter_context(running(*one)), stack.enter_context(running(*other)))
            for _ in range(lanes)
        ]
        asyncio.run(_play_all(ports, iter(seeds), found, say))
    return found


async def _play_all(
    ports: list[tuple[int, int]],
    seeds: Iterator[int],
    found: Found,
    say: Callable[[Stream, list[Difference]], None],
) -> None:
    async with asyncio.TaskGroup() as lanes:
        for pair in ports:
            lanes.create_task(_play_lane(pair, seeds, found, say))


async def _play_lane(
    ports: tuple[int, int],
    seeds: Iterator[int],
    found: Found,
    say: Callable[[Stream, list[Difference]], None],
) -> None:
    for seed in seeds:
        stream = stream_of(seed)
        found.streams += 1
        if not await _differences(stream, ports, QUIET_S):
            continue
        if not await _differences(stream, ports, PATIENT_S):
            found.unsteady.append(seed)
            continue

        async def is_different(smaller: Stream) -> bool:
            return bool(await _differences(smaller, ports, QUIET_S))

        smallest = await shrink(stream, is_different)
        differing = await _differences(smallest, ports, PATIENT_S)
        found.differing.append((smallest, differing))
        say(smallest, differing)


async def _differences(stream: Stream, ports: tuple[int, int], quiet_s: float) -> list[Difference]:
    one, other = await asyncio.gather(*(play(stream, HOST, port, quiet_s) for port in ports))
    return differences(one, other)
