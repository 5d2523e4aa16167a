"""Running a plan once: played on a stage, checked, and kept.

Law of the file: however a run ends (valid, accused, interrupted, broken), what is known of it is
checked and kept.
"""

from __future__ import annotations

import datetime
import json
import sys
import traceback
from enum import StrEnum
from typing import IO, TYPE_CHECKING

from natsim.harness.checkers.check import check
from natsim.harness.checkers.report import Report, report_object
from natsim.harness.checkers.verdict import Anomaly, Finding, Verdict, merge
from natsim.harness.history.digest import history_digest
from natsim.harness.history.header import Header
from natsim.harness.history.recorder import Recorder
from natsim.harness.history.write import HistoryWriter
from natsim.harness.plan.digest import digest as plan_digest
from natsim.harness.plan.dump import dump_plan
from natsim.harness.play import play
from natsim.harness.run_directory import SCHEMA, RunDirectory, trace_line, versions
from natsim.harness.sim.errors import Deadlock, Livelock
from natsim.harness.stage.base import StageError, StageName, StageUnavailable
from natsim.harness.stage.sim import SimStage
from natsim.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from natsim.harness.history.entry import Entry
    from natsim.harness.plan.plan import Plan
    from natsim.harness.sim.clock import Clock
    from natsim.harness.stage.base import Stage

SECOND_NS = 1_000_000_000


class State(StrEnum):
    """What became of a run."""

    RUNNING = "running"
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


class Exit(StrEnum):
    """Why a run that did not complete ended."""

    NONE = "none"
    UNAVAILABLE = "unavailable"  # the stage could not be had, or did not do what was asked
    INTERRUPTED = "interrupted"
    FAULT = "fault"  # of natsim


@record
class Run:
    """What came of a run.

    entries: the history. digests: by name. directory: where it is kept, None if nowhere.
    error: one sentence when it did not complete.
    """

    plan: Plan
    state: State
    ended_by: Exit
    report: Report
    entries: list[Entry]
    digests: Mapping[str, str]
    directory: Path | None
    error: str


class Keeper:
    """Keeps one run in a directory.

    command: how a person started it. source: the scenario's text, None when a plan was played.
    """

    def __init__(self, parent: Path, command: str, source: str | None) -> None:
        self._parent = parent
        self._command = command
        self._source = source
        self._started = _wall_time()
        self._directory: RunDirectory | None = None
        self._plan: Plan | None = None
        self._stage_name = StageName.SIM
        self._history: IO[bytes] | None = None

    def open(self, plan: Plan, stage_name: StageName) -> Path:
        """Make the directory; gives the folder for the servers' logs."""
        self._plan, self._stage_name = plan, stage_name
        name = f"{plan.scenario}-{plan.seed}-{stage_name}"
        directory = self._directory = RunDirectory(self._parent, name)
        for path in dump_plan(plan, directory.path / "plan.yaml"):
            path.chmod(0o600)
        if self._source is not None:
            directory.write_text("scenario.yaml", self._source)
        self._write_state(State.RUNNING, {}, "")
        return directory.path / "logs"

    def recorder(self, stage: Stage) -> Recorder:
        """Make a recorder that writes the history as it grows."""
        directory, plan = self._opened()
        header = Header(str(stage.name), versions({}), plan_digest(plan))
        self._history = directory.open("history.jsonl")
        return Recorder(HistoryWriter(self._history, header).write)

    def note_fault(self, text: str) -> None:
        """Keep the traceback of a fault of natsim itself."""
        directory, _ = self._opened()
        directory.write_text("logs/natsim.log", text)

    def close(
        self, stage: Stage, state: State, report: Report, digests: Mapping[str, str], error: str
    ) -> Path:
        """Write what is known, and complete the directory; gives its path."""
        directory, _ = self._opened()
        if self._history is not None:
            self._history.close()
        directory.write_json("verdict.json", report_object(report))
        directory.write_json("digests.json", {**digests, "python": sys.version.split()[0]})
        if isinstance(stage, SimStage):
            _write_trace(directory, stage)
            for server, notes in stage.notes.items():
                directory.write_text(f"logs/{server}.log", "".join(f"{note}\n" for note in notes))
        self._write_state(state, stage.versions(), error)
        return directory.complete()

    def _write_state(self, state: State, software: Mapping[str, str], error: str) -> None:
        directory, plan = self._opened()
        facts = {
            "schema": SCHEMA,
            "state": state.value,
            "stage": str(self._stage_name),
            "scenario": plan.scenario,
            "seed": plan.seed,
            "command": self._command,
            "versions": versions(software),
            "server": software.get("server", ""),
            "started": self._started,
            "ended": None if state is State.RUNNING else _wall_time(),
        }
        directory.write_json("run.json", {**facts, "error": error} if error else facts)

    def _opened(self) -> tuple[RunDirectory, Plan]:
        assert self._directory is not None, "open comes first"
        assert self._plan is not None, "open comes first"
        return self._directory, self._plan


def run_plan(
    plan: Plan,
    stage: Stage,
    keeper: Keeper | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Run:
    """Play a plan on a stage and check what happened.

    keeper: opened for this plan; None keeps nothing on disk, and then an interrupt or a fault of
    natsim is raised: there is nothing to complete.
    """
    recorder = Recorder() if keeper is None else keeper.recorder(stage)
    state, ended_by, error = State.COMPLETE, Exit.NONE, ""
    stuck: Finding | None = None
    try:
        stage.run(lambda: play(plan, stage, recorder, progress))
    except KeyboardInterrupt:
        if keeper is None:
            raise
        state, ended_by, error = State.INTERRUPTED, Exit.INTERRUPTED, "interrupted"
    except (StageUnavailable, StageError) as raised:
        state, ended_by, error = State.FAILED, Exit.UNAVAILABLE, str(raised)
    except (Livelock, Deadlock) as raised:
        state, error = State.FAILED, str(raised)
        stuck = _stuck(raised, recorder.entries, stage.now_ns())
    except Exception as raised:  # the door: a run that natsim broke is kept like any other
        state, ended_by, error = State.FAILED, Exit.FAULT, f"{type(raised).__name__}: {raised}"
        if keeper is None:
            raise
        keeper.note_fault(traceback.format_exc())
    recorder.flush()
    progress("checking")
    report = _checked(recorder.entries, plan, stuck)
    digests = {**stage.digests(), "history": history_digest(recorder.entries)}
    directory = None if keeper is None else keeper.close(stage, state, report, digests, error)
    return Run(plan, state, ended_by, report, recorder.entries, digests, directory, error)


def simulate(plan: Plan, clock: Clock | None = None) -> Run:
    """Run a plan in the simulated world, keeping nothing on disk."""
    stage = SimStage(plan, clock)
    try:
        return run_plan(plan, stage)
    finally:
        stage.close()


def _checked(entries: list[Entry], plan: Plan, stuck: Finding | None) -> Report:
    report = check(entries, plan.expect)
    if stuck is None:
        return report
    return Report(merge([report.verdict, stuck.verdict]), (stuck, *report.findings))


def _stuck(error: Livelock | Deadlock, entries: list[Entry], now_ns: int) -> Finding:
    name = "livelock" if isinstance(error, Livelock) else "deadlock"
    last = max(len(entries) - 1, 0)
    anomaly = Anomaly(name, f"The run came to a halt: {error}.", (last,), now_ns)
    return Finding("progress", Verdict.INVALID, 1, 0, 1, (anomaly,))


def _write_trace(directory: RunDirectory, stage: SimStage) -> None:
    trace = stage.world.trace
    with directory.open("trace.jsonl") as file:
        head = {"schema": "natsim.trace/1", "dropped": trace.dropped}
        lines = [json.dumps(head)]
        lines += [trace_line(line) for line in trace.lines()]
        file.write(("\n".join(lines) + "\n").encode())


def _wall_time() -> str:
    now = datetime.datetime.now(datetime.UTC)
    return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
