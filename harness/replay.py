"""Playing a kept run again, and telling whether the same happened.

In the simulated world the same plan must give the same bytes; where it does not, the first
difference is shown. Where time is real only the verdicts can be compared.
"""

from __future__ import annotations

import json
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from natsim.harness.checkers.errors import CheckError
from natsim.harness.checkers.report import parse_report
from natsim.harness.checkers.verdict import Verdict
from natsim.harness.history.write import entry_line
from natsim.harness.plan.load import load_plan
from natsim.harness.run_directory import trace_line, versions
from natsim.harness.runner import Run, State, run_plan
from natsim.harness.stage.base import StageName
from natsim.harness.stage.make import make_stage
from natsim.harness.stage.sim import SimStage
from natsim.record import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from natsim.harness.history.entry import Json
    from natsim.harness.plan.plan import Plan

SECOND_NS = 1_000_000_000


class ReplayError(Exception):
    """A directory holds no run that could be played again."""


class Sameness(StrEnum):
    """What a replay shows."""

    SAME = "SAME"
    DIFFERENT = "DIFFERENT"
    FIXED = "FIXED"  # it was invalid then, and is valid now


@record
class Kept:
    """A run as its directory tells it."""

    directory: Path
    plan: Plan
    stage: StageName
    verdict: Verdict
    digests: Mapping[str, str]
    versions: Mapping[str, str]


@record
class Replay:
    """What came of a replay. remarks: what a person should know, a sentence each."""

    sameness: Sameness
    then: Verdict
    run: Run
    remarks: list[str]


def read_kept(directory: Path) -> Kept:
    """Read what a replay needs. Raises ReplayError, or ScenarioError for a plan that is bad."""
    facts = _json(directory / "run.json")
    if facts.get("state") == State.INTERRUPTED:
        raise ReplayError(
            f"{directory} was interrupted: a replay would go on where it broke off; "
            f"to play its plan, write natsim run {directory / 'plan.yaml'}"
        )
    digests = _json(directory / "digests.json")
    if "history" not in digests:
        raise ReplayError(f"{directory} holds no complete run: digests.json has no digest")
    try:
        verdict = parse_report((directory / "verdict.json").read_text()).verdict
        stage = StageName(str(facts.get("stage")))
    except (OSError, CheckError, ValueError) as error:
        raise ReplayError(f"{directory} holds no complete run: {error}") from error
    told = facts.get("versions")
    software = _texts(told) if isinstance(told, dict) else {}
    plan = load_plan(directory / "plan.yaml")
    return Kept(directory, plan, stage, verdict, _texts(digests), software)


def replay(kept: Kept, server: str | None) -> Replay:
    """Play a kept run again on its stage. server: the path of a nats-server, if one is needed."""
    with TemporaryDirectory(prefix="natsim-replay-") as logs:
        stage = make_stage(kept.stage, kept.plan, server, Path(logs))
        run = run_plan(kept.plan, stage)
    remarks = _other_versions(kept)
    if not isinstance(stage, SimStage):
        remarks.append("time is real on this stage: only the verdicts are compared")
        return Replay(_by_verdict(kept, run), kept.verdict, run, remarks)
    differing = _differing(kept, run)
    if not differing:
        stage.close()
        return Replay(Sameness.SAME, kept.verdict, run, remarks)
    if remarks:
        sameness = _by_verdict(kept, run)
        remarks.append(f"the digests differ ({', '.join(differing)}), as they may between versions")
    else:
        is_fixed = _by_verdict(kept, run) is Sameness.FIXED
        sameness = Sameness.FIXED if is_fixed else Sameness.DIFFERENT
        remarks.append(f"the digests differ: {', '.join(differing)}")
        remarks += _first_differences(kept, run, stage)
    stage.close()
    return Replay(sameness, kept.verdict, run, remarks)


def _by_verdict(kept: Kept, run: Run) -> Sameness:
    if run.report.verdict is kept.verdict:
        return Sameness.SAME
    if kept.verdict is Verdict.INVALID and run.report.verdict is Verdict.VALID:
        return Sameness.FIXED
    return Sameness.DIFFERENT


def _other_versions(kept: Kept) -> list[str]:
    now = versions({})
    return [
        f"{name} was {then} and is {now[name]} now"
        for name, then in kept.versions.items()
        if name in ("natsim", "nats-py") and now.get(name) != then
    ]


def _differing(kept: Kept, run: Run) -> list[str]:
    minor = versions({})["python"].rpartition(".")[0]
    is_same_python = kept.digests.get("python", "").rpartition(".")[0] == minor
    # The schedule is a matter of one Python minor version; bytes and history are not.
    names = ("history", "wire", "schedule") if is_same_python else ("history", "wire")
    return [name for name in names if kept.digests.get(name) != run.digests.get(name)]


def _first_differences(kept: Kept, run: Run, stage: SimStage) -> list[str]:
    history = (entry_line(index, entry) for index, entry in enumerate(run.entries))
    trace = (trace_line(line) for line in stage.world.trace.lines())
    found = [
        _first_difference(kept.directory / "history.jsonl", history),
        _first_difference(kept.directory / "trace.jsonl", trace),
    ]
    return [sentence for sentence in found if sentence]


def _first_difference(path: Path, now: Iterable[str]) -> str:
    if not path.exists():
        return ""
    with path.open(encoding="utf-8") as file:
        next(file, None)  # the header
        then = (line.rstrip("\n") for line in file)
        for number, (old, new) in enumerate(_pairs(then, now), start=2):
            if old != new:
                told = f"then {old or 'nothing'}, now {new or 'nothing'}"
                return f"{path}:{number}: {_at(old or new)}{told}"
    return ""


def _pairs(then: Iterable[str], now: Iterable[str]) -> Iterable[tuple[str, str]]:
    return zip_longest(then, now, fillvalue="")


def _at(line: str) -> str:
    try:
        return f"at {json.loads(line)['t'] / SECOND_NS:.9f} s "
    except (ValueError, KeyError, TypeError):
        return ""


def _texts(members: dict[str, Json]) -> dict[str, str]:
    return {name: str(value) for name, value in members.items()}


def _json(path: Path) -> dict[str, Json]:
    try:
        value: Json = json.loads(path.read_text())
    except OSError as error:
        raise ReplayError(f"{path.parent} holds no run: {path.name}: {error.strerror}") from error
    except ValueError as error:
        raise ReplayError(f"{path} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise ReplayError(f"{path} is no JSON object")
    return value
