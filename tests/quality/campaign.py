"""The suite against every planted bug: what it finds, and whether it names the broken rule."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from natsim.conformance.case import PLAIN
from natsim.conformance.suite import Suite, load_suite
from natsim.conformance.wire.connection import Address
from natsim.harness.conform.executable import Executable, WithFlags
from natsim.harness.conform.outcome import Grade
from natsim.harness.conform.run import Run, Settings
from natsim.harness.conform.target import NoLogin, TargetUnavailable
from natsim.harness.conform.url import Url
from tests.quality.planted.modes import MODES
from tests.quality.planted.proxy import proxied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from natsim.conformance.case import Case
    from natsim.harness.conform.run import Report
    from tests.quality.planted.mode import Mode

LOOPBACK = "127.0.0.1"

WAIT_S = 1.0
"""How long an answer may take here: a quarter of what is usual, since most of them never come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the suite made of one mode.

    failed: ids of cases. named: those of them whose requirement is in the mode's area. unsure: that
    failed once only. refusal: why the server could not be asked at all.
    """

    mode: str
    failed: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    refusal: str = ""
    duration_ms: int = 0

    @property
    def is_found(self) -> bool:
        """Whether the broken rule was named."""
        return bool(self.named)


@dataclass(kw_only=True)
class Hunter:
    """Runs the cases that a URL is enough for. only: beginnings of ids; all, if there are none."""

    server: Sequence[str]
    only: Sequence[str] = ()
    wait_s: float = WAIT_S
    suite: Suite = field(default_factory=load_suite)

    def hunt(self, names: Sequence[str]) -> list[Finding]:
        """Run the suite against each mode, before one healthy server."""
        return asyncio.run(self._hunt(names))

    async def _hunt(self, names: Sequence[str]) -> list[Finding]:
        target = Executable("healthy", WithFlags(self.server))
        async with target.build(self.suite.houses[PLAIN]) as place:
            upstream = (LOOPBACK, place.addresses[0].port)
            return [await self._ask(MODES[name], upstream, number)
                    for number, name in enumerate(names)]  # fmt: skip

    async def _ask(self, mode: Mode, upstream: tuple[str, int], number: int) -> Finding:
        async with proxied(mode, upstream, (LOOPBACK, 0)) as (host, port):
            target = Url("planted", Address(host, port), NoLogin(), self.wait_s)
            settings = Settings(wait_s=self.wait_s, token=f"{number:03}")
            run = Run(target, self.suite, self._cases(), settings, _say_nothing)
            try:
                report = await run.run()
            except TargetUnavailable as error:
                return Finding(mode=mode.name, refusal=str(error))
        return self._finding(mode, report)

    def _cases(self) -> list[Case]:
        return [
            case
            for case in self.suite.select(self.only, ())
            if case.house == PLAIN and not case.is_fresh
        ]

    def _finding(self, mode: Mode, report: Report) -> Finding:
        failed = [name for name, each in report.outcomes.items() if each.grade is Grade.FAIL]
        unsure = [name for name, each in report.outcomes.items() if each.grade is Grade.UNKNOWN]
        return Finding(
            mode=mode.name,
            failed=tuple(sorted(failed)),
            named=tuple(sorted(name for name in failed if self._names(mode, name))),
            unsure=tuple(sorted(unsure)),
            duration_ms=report.duration_ms,
        )

    def _names(self, mode: Mode, name: str) -> bool:
        covers = self.suite.cases[name].covers
        return any(rule.startswith(area) for rule in covers for area in mode.areas)


def _say_nothing(*_: object) -> None:
    """Keep quiet."""
