"""Both disks, each with what drives it, so that one test can be asked of either."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from natsim.broker.effects import Sync
from natsim.harness.disk import RealDisk, SyncingDisk
from natsim.harness.sim.clock import HeapClock
from natsim.harness.sim.disk import SimDisk

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from natsim.broker.events import Synced, SyncFailed

WAIT_S = 10.0


class Bench(Protocol):
    """A disk, and a way to wait for it."""

    @property
    def disk(self) -> SyncingDisk:
        """The disk, of the process that runs."""
        ...

    def sync_all(self, syncs: Sequence[Sync]) -> list[Synced | SyncFailed]:
        """Ask for syncs at once, and give the answers in the order they came."""
        ...

    def restart(self) -> None:
        """End the process by a kill, and begin another."""
        ...

    def close(self) -> None:
        """Let nothing be left."""
        ...


class SimBench:
    """The simulated disk."""

    def __init__(self, seed: int) -> None:
        self.clock = HeapClock()
        self.disk = SimDisk(seed, "n1", self.clock)

    def sync_all(self, syncs: Sequence[Sync]) -> list[Synced | SyncFailed]:
        answers: list[Synced | SyncFailed] = []
        for sync in syncs:
            self.disk.sync(sync, answers.append)
        while (next_ns := self.clock.next_ns()) is not None:
            self.clock.advance(next_ns)
        return answers

    def restart(self) -> None:
        self.disk.kill()

    def close(self) -> None:
        self.disk.kill()


class RealBench:
    """The real disk. open_max: of two files only, so that files are closed and opened again."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._loop = asyncio.new_event_loop()
        self.disk = RealDisk(root, self._loop, open_max=2)

    def sync_all(self, syncs: Sequence[Sync]) -> list[Synced | SyncFailed]:
        return self._loop.run_until_complete(self._sync_all(syncs))

    async def _sync_all(self, syncs: Sequence[Sync]) -> list[Synced | SyncFailed]:
        answers: asyncio.Queue[Synced | SyncFailed] = asyncio.Queue()
        for sync in syncs:
            self.disk.sync(sync, answers.put_nowait)
        async with asyncio.timeout(WAIT_S):
            return [await answers.get() for _ in syncs]

    def restart(self) -> None:
        self.disk.close()
        self.disk = RealDisk(self._root, self._loop, open_max=2)

    def close(self) -> None:
        self.disk.close()
        self._loop.close()


def sync(
    bench: Bench, files: Sequence[str] = (), dirs: Sequence[str] = (), ticket: int = 1
) -> Synced | SyncFailed:
    """Sync and give the answer."""
    (answer,) = bench.sync_all([Sync(ticket, tuple(files), tuple(dirs))])
    return answer
