"""Runs the suite against one target.

Laws of the file: independent cases run side by side, within a budget; cases that others disturb run
alone; what failed is run a second time, with more patience and few others about; only of a server
that hardly answers at all (hope.py) some of it is not, and is said to be unconfirmed.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from packaging.version import InvalidVersion, Version

from natsim.conformance.capabilities import Capability, probe, refuses_decoy
from natsim.conformance.case import PLAIN, is_among
from natsim.conformance.failure import Failed
from natsim.conformance.patience import Patience, patience_for
from natsim.conformance.trial import Trial

from .hope import Hope
from .outcome import Grade, Outcome
from .play import confirmed, play_case
from .target import NotOffered, TargetUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from natsim.conformance.case import Case
    from natsim.conformance.house import House
    from natsim.conformance.suite import Suite
    from natsim.conformance.tree import Json, Object

    from .known import KnownMark
    from .target import Place, Target

NEWEST = "2.15.1"
"""What a server is held to that does not tell which version it is."""

CASES_AT_ONCE = 12
SECOND_LOOKS_AT_ONCE = 3
HOUSES_AT_ONCE = 4
ROUND_TRIPS = 7

Done: TypeAlias = Callable[["Case", Outcome], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """version_like: the nats-server to hold it to. wait_s: how long an answer may take, if given.

    cases_at_once: at most, on one server. declared: capabilities, over what is probed. token: three
    characters, to tell this run's subjects from those of others.
    """

    version_like: str | None = None
    wait_s: float | None = None
    cases_at_once: int = CASES_AT_ONCE
    declared: Mapping[str, bool] = field(default_factory=dict[str, bool])
    token: str = "000"


@dataclass(kw_only=True)
class Report:
    """What came of one target.

    outcomes, known, changes: by the case's id. ended: complete, or why it is not. version_like: the
    nats-server it is held to; is_pinned: to another than it says to be.
    """

    target: Target
    version: str = ""
    version_like: str = ""
    is_pinned: bool = False
    info: Object = field(default_factory=dict[str, "Json"])
    round_trip_us: int = 0
    capabilities: list[Capability] = field(default_factory=list[Capability])
    decoy: Capability | None = None
    outcomes: dict[str, Outcome] = field(default_factory=dict[str, Outcome])
    known: dict[str, KnownMark] = field(default_factory=dict[str, "KnownMark"])
    changes: dict[str, str] = field(default_factory=dict[str, str])
    duration_ms: int = 0
    ended: str = "complete"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failure:
    """A case that failed once. is_in_vain: it waited for as long as it could."""

    case: Case
    outcome: Outcome
    is_in_vain: bool


class Run:
    """One run of cases against one target; report is filled while it goes on."""

    def __init__(
        self, target: Target, suite: Suite, cases: Sequence[Case], settings: Settings, done: Done
    ) -> None:
        self.report = Report(target=target)
        self._target = target
        self._suite = suite
        self._cases = cases
        self._settings = settings
        self._done = done
        self.patience = patience_for(0.0, settings.wait_s)
        self._count = 0
        self._hope = Hope()
        self._houses = asyncio.Semaphore(HOUSES_AT_ONCE)
        self._refused: dict[str, str] = {}

    async def run(self) -> Report:
        """Run all. Raises TargetUnavailable if there is no server at all."""
        began_s = time.monotonic()
        try:
            await self._run_plain()
            async with asyncio.TaskGroup() as group:
                for name, house in self._suite.houses.items():
                    if name != PLAIN and self._of_house(name):
                        group.create_task(self._run_house(house, self._of_house(name)))
                for case in self._cases:
                    if case.is_fresh:
                        group.create_task(self._run_fresh(case))
        finally:
            self.report.duration_ms = int((time.monotonic() - began_s) * 1000)
        return self.report

    async def _run_plain(self) -> None:
        plain = self._suite.houses[PLAIN]
        try:
            async with self._target.build(plain) as place:
                await self.get_to_know(place)
                await self._run_group(plain, self._of_house(PLAIN), place)
        except NotOffered as error:
            # Without it nothing is known of the server.
            raise TargetUnavailable(str(error)) from error

    def _of_house(self, name: str) -> list[Case]:
        return [case for case in self._cases if case.house == name and not case.is_fresh]

    async def get_to_know(self, place: Place) -> None:
        """Find out what a server is, and what it can do."""
        trial = self._trial(place)
        try:
            connection = await trial.open("hello")
            self.report.info = connection.info
            await connection.write(trial.connect_line(connection))
            took_s: list[float] = []
            for _ in range(ROUND_TRIPS):
                began_s = time.monotonic()
                await connection.barrier()
                took_s.append(time.monotonic() - began_s)
            trip_s = statistics.median(took_s)
            self.report.round_trip_us = int(trip_s * 1e6)
            self.patience = patience_for(trip_s, self._settings.wait_s)
            self.report.capabilities = await probe(trial)
            self.report.decoy = await refuses_decoy(trial)
        except Failed:
            pass  # the cases will say at what
        finally:
            await trial.close()
        said = self.report.info.get("version")
        self.report.version = said if isinstance(said, str) else ""
        own = _version(self.report.version)
        self.report.version_like = self._settings.version_like or own
        self.report.is_pinned = self.report.version_like != own
        declared = self._settings.declared
        self.report.capabilities = [
            Capability(each.name, declared[each.name], "declared by the adapter")
            if each.name in declared
            else each
            for each in self.report.capabilities
        ]

    def _trial(self, place: Place) -> Trial:
        return Trial(
            prefix=self._prefix(),
            addresses=place.addresses,
            patience=self.patience,
            things=place.things,
            login=place.login,
            controls=place.controls,
            version=self.report.version_like,
        )

    def _prefix(self) -> str:
        self._count += 1
        return f"s{self._settings.token}{self._count:04}"

    async def _run_house(self, house: House, cases: Sequence[Case]) -> None:
        left = self._ask_before(cases)
        if not left:
            return
        try:
            async with self._build(house) as place:
                await self._run_group(house, left, place)
        except NotOffered as error:
            self._skip(left, str(error))
        except TargetUnavailable as error:
            self._fail(left, str(error))

    async def _run_fresh(self, case: Case) -> None:
        if not self._ask_before([case]):
            return
        house = self._suite.houses[case.house]
        try:
            outcome = await self._play_fresh(case, house, self.patience)
            if outcome.grade is Grade.FAIL:
                second = await self._play_fresh(case, house, self.patience.doubled())
                outcome = confirmed(outcome, second)
        except NotOffered as error:
            self._skip([case], str(error))
        except TargetUnavailable as error:
            self._fail([case], str(error))
        else:
            self._note(case, outcome)

    async def _play_fresh(self, case: Case, house: House, patience: Patience) -> Outcome:
        async with self._build(house) as place:
            return await self.play(case, place, patience)

    @asynccontextmanager
    async def _build(self, house: House) -> AsyncGenerator[Place]:
        """Build one of few houses at a time; a house that was refused is not tried again."""
        async with self._houses:
            if house.name in self._refused:
                raise NotOffered(self._refused[house.name])
            try:
                async with self._target.build(house) as place:
                    yield place
            except NotOffered as error:
                self._refused[house.name] = str(error)
                raise

    async def _run_group(self, house: House, cases: Sequence[Case], place: Place) -> None:
        cases = self._ask_before(cases)
        together = [case for case in cases if not case.is_alone]
        alone = [case for case in cases if case.is_alone]
        failed: list[_Failure] = []
        await self._play_all(together, place, self._settings.cases_at_once, failed)
        await self._play_all(alone, place, 1, failed)
        if not failed:
            return
        if self._target.is_shared:
            await self._look_again(failed, place)
        else:
            # What one case did to the server must not be held against another.
            async with self._target.build(house) as again:
                await self._look_again(failed, again)

    async def _play_all(
        self, cases: Sequence[Case], place: Place, at_once: int, failed: list[_Failure]
    ) -> None:
        budget = asyncio.Semaphore(at_once)

        async def play(case: Case) -> None:
            async with budget:
                patience = self._hope.patience(self.patience)
                outcome = await self.play(case, place, patience)
            is_in_vain = self._hope.note(outcome, patience)
            if outcome.grade is Grade.FAIL:
                failed.append(_Failure(case=case, outcome=outcome, is_in_vain=is_in_vain))
            else:
                self._note(case, outcome)

        async with asyncio.TaskGroup() as group:
            for case in cases:
                group.create_task(play(case))

    async def _look_again(self, failed: Sequence[_Failure], place: Place) -> None:
        # One failure is looked at in quiet; where everything fails there is none to be had.
        at_once = max(SECOND_LOOKS_AT_ONCE, min(len(failed) // 10, self._settings.cases_at_once))
        budget = asyncio.Semaphore(at_once)
        alone = asyncio.Lock()

        async def look(first: _Failure) -> None:
            async with alone if first.case.is_alone else budget:
                self._note(first.case, await self._judge(first, place))

        for is_alone in (False, True):
            async with asyncio.TaskGroup() as group:
                for first in failed:
                    if first.case.is_alone is is_alone:
                        group.create_task(look(first))

    async def _judge(self, first: _Failure, place: Place) -> Outcome:
        if first.is_in_vain and self._hope.is_confirmed:
            return replace(first.outcome, confirmed=self._hope.why_unconfirmed)
        patience = self.patience.doubled()
        second = await self.play(first.case, place, patience)
        self._hope.note_second(second, patience)
        return confirmed(first.outcome, second)

    async def play(self, case: Case, place: Place, patience: Patience) -> Outcome:
        """Play a case once, under a prefix of its own."""
        return await play_case(case, place, patience, self._prefix(), self.report.version_like)

    def _ask_before(self, cases: Sequence[Case]) -> list[Case]:
        """Skip the cases that cannot be asked of this server; give the others."""
        left: list[Case] = []
        for case in cases:
            why = self.why_not(case)
            if why:
                self._note(case, Outcome(grade=Grade.SKIPPED, why=why))
            else:
                left.append(case)
        return left

    def why_not(self, case: Case) -> str:
        """Say why a case cannot be asked of this server; "" if it can."""
        like = self.report.version_like
        if not case.holds_on(like):
            return f"it is for nats-server {case.versions}"
        house = self._suite.houses[case.house]
        if not is_among(like, house.versions):
            return f"{house.name} is for nats-server {house.versions}"
        for name in (*case.needs, *house.needs):
            for capability in self.report.capabilities:
                if capability.name == name and not capability.has:
                    return f"no {name}: {capability.evidence}"
            if self._settings.declared.get(name) is False:
                return f"no {name}: declared by the adapter"
        return ""

    def _skip(self, cases: Sequence[Case], why: str) -> None:
        for case in cases:
            self._note(case, Outcome(grade=Grade.SKIPPED, why=why))

    def _fail(self, cases: Sequence[Case], why: str) -> None:
        for case in cases:
            if case.id not in self.report.outcomes:
                self._note(case, Outcome(grade=Grade.FAIL, why=why))

    def _note(self, case: Case, outcome: Outcome) -> None:
        self.report.outcomes[case.id] = outcome
        self._done(case, outcome)


def _version(text: str) -> str:
    try:
        return str(Version(text))
    except InvalidVersion:
        return NEWEST


def full_version(text: str) -> str:
    """Complete `2.9` to the last of its releases. Raises ValueError if it is no version.

    >>> full_version("2.9"), full_version("2.9.10")
    ('2.9.999', '2.9.10')
    """
    try:
        version = Version(text)
    except InvalidVersion:
        raise ValueError(f"{text} is no version; write one like 2.10 or 2.10.4") from None
    return f"{version}.999" if len(version.release) < 3 else str(version)
