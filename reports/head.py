"""The head of a report: which run it was, and how it ended."""

import shlex
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from .checked import Checked
from .document import Fault, Head, Phase, Totals
from .fields import Json, Object, object_at, text_at
from .files import Files
from .history import HistoryTally
from .legible import legible_line
from .limits import COMMAND_MAX, NAME_MAX, SENTENCE_MAX, VERSIONS_MAX, WORDS_MAX
from .planned import PlanShown
from .sentence import (
    fault_sentence,
    unreached_sentence,
    unreached_yet_sentence,
    verdict_sentence,
)
from .words import in_words

_NOT_COMPLETE = {
    "running": "The run is marked as running: it goes on, or was ended before it could say how.",
    "interrupted": "The run was interrupted; what had happened until then is shown.",
    "failed": "The run failed before its end; what had happened until then is shown.",
}


def head_of(
    run_dir: Path, files: Files, plan: PlanShown, checked: Checked, tally: HistoryTally
) -> Head:
    """Give the head of a run, without the sentences of evidence."""
    run = files.json_object("run.json")
    state = text_at(run, "state") or "unknown"
    if state in _NOT_COMPLETE:
        files.remark(_NOT_COMPLETE[state])
    name = directory_name(run_dir)
    return Head(
        scenario=legible_line(text_at(run, "scenario") or plan.scenario or name, NAME_MAX),
        seed=_seed(run.get("seed", plan.seed)),
        stage=_line(text_at(run, "stage"), NAME_MAX),
        verdict=checked.verdict,
        sentence=verdict_sentence(checked.verdict, checked.guarantees, checked.names),
        evidence=(),
        state=legible_line(state, NAME_MAX),
        error=_line(_words(run.get("error")), SENTENCE_MAX),
        server=_line(_words(run.get("server")), WORDS_MAX),
        versions=_versions(run),
        started=_line(text_at(run, "started"), NAME_MAX),
        wall_ns=_wall_ns(run),
        duration_ns=tally.last_ns,
        workload_ns=next((t for phase, t in tally.phases if phase == "workload"), None),
        plan_digest=tally.plan_digest,
        command=_line(_command(run.get("command")), COMMAND_MAX),
        replay=f"natsim replay {shlex.quote(legible_line(name, NAME_MAX))}",
    )


def evidence_of(
    totals: Totals, faults: tuple[Fault, ...], phases: tuple[Phase, ...]
) -> tuple[str, ...]:
    """Give the sentences after the verdict's: what the history itself tells."""
    if not totals.entries:
        return ("No entry of a history was recorded.",)
    first, unreached = fault_sentence(faults, totals.faults), totals.unreached
    if unreached is None or not unreached.of:
        return (first,)
    if any(phase.phase == "end" for phase in phases):
        return (first, unreached_sentence(unreached, faults))
    return (first, unreached_yet_sentence(unreached))


def directory_name(run_dir: Path) -> str:
    """Give the name that the directory has, or will have when it is complete."""
    name = run_dir.resolve().name
    if name.startswith(".") and name.endswith(".partial"):
        return name[1:].removesuffix(".partial")
    return name


def _seed(value: Json) -> int | str | None:
    match value:
        case bool():
            return None
        case int():
            return value
        case str():
            return int(value) if value.isdecimal() else legible_line(value, NAME_MAX)
        case _:
            return None


def _line(text: str | None, length_max: int) -> str | None:
    return None if text is None else legible_line(text, length_max)


def _words(value: Json) -> str | None:
    return in_words(value) or None if value is not None else None


def _command(value: Json) -> str | None:
    match value:
        case str():
            return value
        case list():
            return shlex.join(str(word) for word in value)
        case _:
            return None


def _versions(run: Object) -> Mapping[str, str]:
    versions = list(object_at(run, "versions").items())[:VERSIONS_MAX]
    return {
        legible_line(name, NAME_MAX): legible_line(in_words(version), NAME_MAX)
        for name, version in versions
    }


def _wall_ns(run: Object) -> int | None:
    started, ended = text_at(run, "started"), text_at(run, "ended")
    if started is None or ended is None:
        return None
    try:
        span = datetime.fromisoformat(ended) - datetime.fromisoformat(started)
    except (ValueError, TypeError):  # not dates, or only one of them names its zone
        return None
    micros = span.days * 86_400_000_000 + span.seconds * 1_000_000 + span.microseconds
    return max(0, micros) * 1_000
