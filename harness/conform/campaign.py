"""Several servers, one after another, and the document of all of them."""

from __future__ import annotations

import asyncio
import platform
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import natsim

from .run import Report, Run, Settings
from .target import Target, TargetUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from natsim.conformance.case import Case
    from natsim.conformance.suite import Suite

    from .outcome import Outcome

COMPLETE = "complete"
INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A target, with what only it is asked by. version_like: of its adapter."""

    target: Target
    version_like: str | None = None
    declared: Mapping[str, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """reports: one per target that was begun. head: of the document.

    unavailable: why servers could not be asked, a line each.
    """

    reports: list[Report]
    head: dict[str, object]
    unavailable: list[str]
    is_interrupted: bool


def run_all(
    asked: Sequence[Asked],
    suite: Suite,
    cases: Sequence[Case],
    settings: Settings,
    command: str,
    done: Callable[[Target, Case, Outcome], None],
) -> Found:
    """Run the cases against all targets. One that cannot be had does not keep the others."""
    started, began_s = datetime.now(UTC), time.monotonic()
    reports: list[Report] = []
    unavailable: list[str] = []
    is_interrupted = False
    for each in asked:
        report, why = _run_one(each, suite, cases, settings, done)
        reports.append(report)
        unavailable += [why] if why else []
        if report.ended == INTERRUPTED:
            is_interrupted = True
            break
    head: dict[str, object] = {
        "natsim": natsim.__version__,
        "command": command,
        "started": started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "duration_ms": int((time.monotonic() - began_s) * 1000),
        "python": platform.python_version(),
    }
    return Found(
        reports=reports,
        head=head,
        unavailable=unavailable,
        is_interrupted=is_interrupted,
    )


def _run_one(
    asked: Asked,
    suite: Suite,
    cases: Sequence[Case],
    settings: Settings,
    done: Callable[[Target, Case, Outcome], None],
) -> tuple[Report, str]:
    own = replace(
        settings,
        version_like=settings.version_like or asked.version_like,
        declared=asked.declared,
    )
    run = Run(asked.target, suite, cases, own, lambda case, out: done(asked.target, case, out))
    try:
        asyncio.run(run.run())
    except TargetUnavailable as error:
        run.report.ended = f"unavailable: {error}"
        return run.report, f"{asked.target.label}: {error}"
    except KeyboardInterrupt:
        run.report.ended = INTERRUPTED
    return run.report, ""
