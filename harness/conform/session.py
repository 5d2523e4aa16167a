"""Cases asked one at a time, houses kept standing between them: for pytest."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from natsim.conformance.case import PLAIN

from .outcome import Grade, Outcome
from .play import confirmed
from .run import Report, Run, Settings
from .target import NotOffered, TargetUnavailable

if TYPE_CHECKING:
    from types import TracebackType

    from natsim.conformance.case import Case
    from natsim.conformance.patience import Patience
    from natsim.conformance.suite import Suite

    from .target import Place, Target


class Session:
    """A target that is asked case by case; a context manager.

    report: what is known of the server.
    """

    def __init__(self, target: Target, suite: Suite, settings: Settings) -> None:
        self._target = target
        self._suite = suite
        self._run = Run(target, suite, (), settings, _say_nothing)
        self._runner = asyncio.Runner()
        self._standing = AsyncExitStack()
        self._places: dict[str, Place] = {}

    @property
    def report(self) -> Report:
        """What is known of the server."""
        return self._run.report

    def __enter__(self) -> Session:
        """Start. Raises TargetUnavailable."""
        try:
            self._runner.run(self._begin())
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Tear all houses down."""
        self._runner.run(self._standing.aclose())
        self._runner.close()

    def play(self, case: Case) -> Outcome:
        """Play a case, and again if it fails."""
        why = self._run.why_not(case)
        if why:
            return Outcome(grade=Grade.SKIPPED, why=why)
        try:
            return self._runner.run(self._play(case))
        except NotOffered as error:
            return Outcome(grade=Grade.SKIPPED, why=str(error))
        except TargetUnavailable as error:
            return Outcome(grade=Grade.FAIL, why=str(error))

    async def _begin(self) -> None:
        try:
            place = await self._place(PLAIN)
        except NotOffered as error:
            raise TargetUnavailable(str(error)) from error
        await self._run.get_to_know(place)

    async def _place(self, name: str) -> Place:
        if name not in self._places:
            house = self._suite.houses[name]
            self._places[name] = await self._standing.enter_async_context(self._target.build(house))
        return self._places[name]

    async def _play(self, case: Case) -> Outcome:
        first = await self._play_once(case, self._run.patience)
        if first.grade is not Grade.FAIL:
            return first
        return confirmed(first, await self._play_once(case, self._run.patience.doubled()))

    async def _play_once(self, case: Case, patience: Patience) -> Outcome:
        if not case.is_fresh:
            return await self._run.play(case, await self._place(case.house), patience)
        async with self._target.build(self._suite.houses[case.house]) as place:
            return await self._run.play(case, place, patience)


def _say_nothing(_case: Case, _outcome: Outcome) -> None:
    """Keep quiet: pytest tells."""
