"""The cases of the suite as pytest's items."""

from __future__ import annotations

import io
import json
import shlex
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

import natsim
from natsim.conformance.mistake import CaseError
from natsim.conformance.suite import load_suite
from natsim.harness.conform.adapter import load_adapter
from natsim.harness.conform.campaign import Asked
from natsim.harness.conform.document import document
from natsim.harness.conform.executable import Executable, WithFlags
from natsim.harness.conform.login import LoginError
from natsim.harness.conform.outcome import Grade, Outcome
from natsim.harness.conform.run import Settings, full_version
from natsim.harness.conform.session import Session
from natsim.harness.conform.target import TargetUnavailable
from natsim.harness.conform.targets import Access, adapted, url_target
from natsim.reports.conformance.load import load_conformance
from natsim.reports.conformance.terminal import print_conformance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from natsim.conformance.case import Case
    from natsim.conformance.suite import Suite

WIDTH = 120


class CaseFailed(Exception):
    """The server failed a case."""

    def __init__(self, case: Case, outcome: Outcome) -> None:
        self.case = case
        self.outcome = outcome
        super().__init__(case.id, outcome.why)


class SuiteFile(pytest.File):
    """The suite; its session with the server lasts from the first case to the last."""

    session_with_server: Session | None = None
    suite: Suite

    def collect(self) -> Iterable[pytest.Item]:
        """Give an item for each case that is selected."""
        options = self.config.option
        try:
            self.suite = load_suite()
            cases = self.suite.select(options.natsim_only, options.natsim_skip)
        except (CaseError, ValueError) as error:
            raise pytest.UsageError(f"natsim: {error}") from None
        for case in cases:
            # pytest leaves the types of its parameters open.
            item: CaseItem = CaseItem.from_parent(  # pyright: ignore[reportUnknownMemberType]
                self, name=case.id
            )
            item.case = case
            yield item

    def play(self, case: Case) -> Outcome:
        """Play a case; the first one starts the session."""
        if self.session_with_server is None:
            self.session_with_server = self._start()
        return self.session_with_server.play(case)

    def teardown(self) -> None:
        """End the session."""
        if self.session_with_server is not None:
            self.session_with_server.close()
            self.session_with_server = None

    def _start(self) -> Session:
        options = self.config.option
        try:
            asked = _asked(options.natsim_server, options.natsim_adapter, self.suite)
            like = options.natsim_version_like or asked.version_like
            settings = Settings(
                version_like=full_version(like) if like else None,
                declared=asked.declared,
                token=_worker(self.config),
            )
            return Session(asked.target, self.suite, settings).__enter__()
        except (CaseError, LoginError, ValueError, TargetUnavailable) as error:
            pytest.exit(f"natsim: {error}", returncode=pytest.ExitCode.USAGE_ERROR)


class CaseItem(pytest.Item):
    """One case."""

    parent: SuiteFile

    case: Case

    def runtest(self) -> None:
        """Play the case."""
        outcome = self.parent.play(self.case)
        if outcome.grade is Grade.SKIPPED:
            pytest.skip(outcome.why)
        if outcome.grade is Grade.LENIENT:
            self.add_report_section("call", "natsim", f"lenient: {outcome.why}")
        if outcome.grade in (Grade.FAIL, Grade.UNKNOWN):
            raise CaseFailed(self.case, outcome)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        """Show the rule, and both dialogues side by side."""
        del style
        error = excinfo.value
        if not isinstance(error, CaseFailed):
            return str(excinfo.getrepr())
        assert self.parent.session_with_server is not None, "a case was played"
        report = self.parent.session_with_server.report
        report.outcomes = {error.case.id: error.outcome}
        suite = self.parent.suite
        of_case = replace(
            suite, requirements={name: suite.requirements[name] for name in error.case.covers}
        )
        head: dict[str, object] = {"natsim": natsim.__version__, "command": ""}
        written = document(of_case, [error.case], [report], head)
        return _text(written)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Say where the case stands."""
        return self.case.origin, self.case.line - 1, self.case.id


def _text(written: dict[str, object]) -> str:
    file = io.StringIO()
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        path = directory / "conformance.json"
        path.write_text(json.dumps(written), "utf-8")
        console = Console(file=file, width=WIDTH, no_color=True)
        print_conformance(load_conformance(path), console, directory)
    return file.getvalue()


def _asked(server: str | None, adapter: str | None, suite: Suite) -> Asked:
    if adapter:
        return adapted(load_adapter(Path(adapter), suite.houses))
    assert server is not None, "one of both is given"
    if "://" in server:
        return Asked(target=url_target(server, Access(), None), declared={})
    words = shlex.split(server)
    return Asked(
        target=Executable(f"--server {shlex.quote(server)}", WithFlags(words)), declared={}
    )


def _worker(config: pytest.Config) -> str:
    """Name the worker of pytest-xdist in three characters: workers share a server."""
    worker = getattr(config, "workerinput", {}).get("workerid", "gw0")
    return str(worker).removeprefix("gw").rjust(3, "p")[-3:]
