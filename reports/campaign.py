"""A campaign: many seeds, their verdicts in few numbers.

Source: campaign.jsonl, one object a line: `{seed, verdict, digest, cpu_s, anomalies: {name: count},
scenario?, run?}`, where run is the directory of a run that was kept.
"""

import math
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from .document import VerdictWord
from .errors import NoCampaignError, NoDirectoryError
from .fields import Json, Object, object_at, object_in, parse_json, text_at, whole_at
from .files import Files, lines_of
from .legible import legible_line
from .limits import (
    CAMPAIGN_CELLS_MAX,
    CAMPAIGN_FIRST_SEEDS,
    CAMPAIGN_GROUPS_MAX,
    COMMAND_MAX,
    NAME_MAX,
)
from .quantity import count, counted, listed

SCHEMA: Final = "natsim.campaign/1"

_FILE = "campaign.jsonl"
_BOUND_RUNS_MIN = 30  # below, three in n is no good estimate

Seed: TypeAlias = int | str
Case: TypeAlias = tuple[str, Seed]  # a scenario, "" when it is not told, and a seed


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """How many runs there were, by verdict."""

    total: int
    valid: int
    unknown: int
    invalid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSeed:
    """A seed worth a look. again: the command that runs it again."""

    seed: Seed
    scenario: str | None
    run: str | None
    again: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The runs that found the same anomaly. anomalies: how many they found together."""

    name: str
    runs: int
    anomalies: int
    first: tuple[FirstSeed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDocument:
    """Everything a report says about a campaign.

    bound: with 95 % confidence fewer runs than this share find an anomaly; 3/n, told only when none
    of n valid cases did and n is 30 or more. nondeterministic_seeds: those that ran more than once
    and gave different digests. cells: the worst verdict of each cell_runs cases, ordered by seed:
    `v`, `u` or `i`.
    """

    schema: Literal["natsim.campaign/1"] = SCHEMA
    name: str
    verdict: VerdictWord
    sentence: str
    remarks: tuple[str, ...]
    runs: Runs
    cases: int
    cpu_s: float
    bound: float | None
    groups: tuple[Group, ...]
    groups_left_out: int
    unknown_first: tuple[FirstSeed, ...]
    nondeterministic_seeds: tuple[Seed, ...]
    cells: str
    cell_runs: int


def load_campaign(directory: Path) -> CampaignDocument:
    """Read the campaign.jsonl of a directory into one document.

    Raises NoDirectoryError if directory is none, NoCampaignError if it holds no such file.
    """
    if not directory.is_dir():
        raise NoDirectoryError(directory)
    files = Files(directory)
    path = files.find(_FILE)
    if path is None:
        raise NoCampaignError(directory)
    tally = _Tally()
    unreadable = 0
    with path.open("rb") as file:
        for line in lines_of(file):
            if not tally.take(_result_in(line)):
                unreadable += 1
    if unreadable:
        lines = counted(unreadable, "line")
        files.remark(f"Left out: {lines} of {_FILE} that cannot be read.")
    if tally.differing:
        seeds = listed([str(seed) for seed in list(tally.differing)[:CAMPAIGN_FIRST_SEEDS]], "and")
        files.remark(f"Not deterministic: seeds that gave different digests: {seeds}.")
    return tally.document(legible_line(directory.resolve().name, NAME_MAX), tuple(files.remarks))


class _Tally:
    """The counts of a campaign while its results are read."""

    def __init__(self) -> None:
        self.by_verdict: dict[VerdictWord, int] = {"valid": 0, "unknown": 0, "invalid": 0}
        self.cpu_s = 0.0
        self.groups: dict[str, list[int]] = {}
        self.first: dict[str, list[FirstSeed]] = {}
        self.unknown_first: list[FirstSeed] = []
        self.worst: dict[Case, VerdictWord] = {}
        self.digests: dict[Case, str] = {}
        self.differing: dict[Seed, None] = {}

    def take(self, result: Object) -> bool:
        """Count one result; say whether it was one."""
        seed = _seed_in(result)
        verdict = _VERDICTS.get(text_at(result, "verdict") or "")
        if seed is None or verdict is None:
            return False
        case = (text_at(result, "scenario") or "", seed)
        self.by_verdict[verdict] += 1
        self.cpu_s += _cpu_in(result)
        self.worst[case] = _worst([verdict, self.worst.get(case, verdict)])
        digest = text_at(result, "digest")
        if digest is not None and self.digests.setdefault(case, digest) != digest:
            self.differing[seed] = None
        if verdict == "invalid":
            self._take_anomalies(result, seed)
        if verdict == "unknown" and len(self.unknown_first) < CAMPAIGN_FIRST_SEEDS:
            self.unknown_first.append(_first_seed(result, seed))
        return True

    def _take_anomalies(self, result: Object, seed: Seed) -> None:
        anomalies = object_at(result, "anomalies") or {"unnamed": 1}
        for raw in anomalies:
            name = legible_line(raw, NAME_MAX)
            group = self.groups.setdefault(name, [0, 0])
            group[0] += 1
            group[1] += whole_at(anomalies, raw) or 0
            first = self.first.setdefault(name, [])
            if len(first) < CAMPAIGN_FIRST_SEEDS:
                first.append(_first_seed(result, seed))

    def document(self, name: str, remarks: tuple[str, ...]) -> CampaignDocument:
        """Give the campaign as a value; groups with the most runs first."""
        runs = Runs(total=sum(self.by_verdict.values()), **self.by_verdict)
        groups = [
            Group(name=name, runs=runs, anomalies=anomalies, first=tuple(self.first[name]))
            for name, (runs, anomalies) in self.groups.items()
        ]
        groups.sort(key=lambda group: (-group.runs, group.name))
        valid_cases = sum(verdict == "valid" for verdict in self.worst.values())
        bound = 3 / valid_cases if not runs.invalid and valid_cases >= _BOUND_RUNS_MIN else None
        cell_runs = max(1, math.ceil(len(self.worst) / CAMPAIGN_CELLS_MAX))
        return CampaignDocument(
            name=name,
            verdict=_merged(runs),
            sentence=_sentence(runs, groups, bound),
            remarks=remarks,
            runs=runs,
            cases=len(self.worst),
            cpu_s=round(self.cpu_s, 3),
            bound=bound,
            groups=tuple(groups[:CAMPAIGN_GROUPS_MAX]),
            groups_left_out=max(0, len(groups) - CAMPAIGN_GROUPS_MAX),
            unknown_first=tuple(self.unknown_first),
            nondeterministic_seeds=tuple(self.differing)[:CAMPAIGN_FIRST_SEEDS],
            cells=_cells(self.worst, cell_runs),
            cell_runs=cell_runs,
        )


_RANK: tuple[VerdictWord, ...] = ("valid", "unknown", "invalid")
_VERDICTS: Mapping[str, VerdictWord] = {word: word for word in _RANK}


def _result_in(line: bytes) -> Object:
    try:
        return object_in(parse_json(line))
    except ValueError:
        return {}


def _seed_in(result: Object) -> Seed | None:
    match result.get("seed"):
        case bool():
            return None
        case int() as number:
            return number
        case str() as text:
            return legible_line(text, NAME_MAX)
        case _:
            return None


def _cpu_in(result: Object) -> float:
    value: Json = result.get("cpu_s")
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e12 else 0.0


def _first_seed(result: Object, seed: Seed) -> FirstSeed:
    run, scenario = text_at(result, "run"), text_at(result, "scenario")
    if run is not None:
        again = f"natsim replay {shlex.quote(legible_line(run, COMMAND_MAX))}"
    else:
        name = "SCENARIO" if scenario is None else shlex.quote(legible_line(scenario, NAME_MAX))
        again = f"natsim run {name} --seed {shlex.quote(str(seed))}"
    return FirstSeed(
        seed=seed,
        scenario=None if scenario is None else legible_line(scenario, NAME_MAX),
        run=None if run is None else legible_line(run, COMMAND_MAX),
        again=again,
    )


def _merged(runs: Runs) -> VerdictWord:
    if runs.invalid:
        return "invalid"
    return "unknown" if runs.unknown or not runs.total else "valid"


def _sentence(runs: Runs, groups: list[Group], bound: float | None) -> str:
    if not runs.total:
        return "unknown: no result of any run was recorded"
    if runs.invalid:
        named = [f"{group.name} in {count(group.runs)}" for group in groups[:4]]
        return (
            f"invalid: {count(runs.invalid)} of {counted(runs.total, 'run')} found an anomaly"
            f" ({', '.join(named)}{', …' if len(groups) > len(named) else ''})"
        )
    if runs.unknown:
        whole = counted(runs.total, "run")
        return f"unknown: {count(runs.unknown)} of {whole} could not be decided"
    said = f"valid: {counted(runs.total, 'run')}, no anomaly"
    if bound is None:
        return said
    return f"{said}; with 95 % confidence fewer than 1 run in {count(int(1 / bound))} has one"


def _cells(worst: Mapping[Case, VerdictWord], cell_runs: int) -> str:
    ordered: list[VerdictWord] = [worst[case] for case in sorted(worst, key=_order)]
    cells = (ordered[n : n + cell_runs] for n in range(0, len(ordered), cell_runs))
    return "".join(_worst(cell)[0] for cell in cells)


def _worst(verdicts: Sequence[VerdictWord]) -> VerdictWord:
    return max(verdicts, key=_RANK.index)


def _order(case: Case) -> tuple[str, int, str]:
    scenario, seed = case
    return (scenario, seed, "") if isinstance(seed, int) else (scenario, 0, seed)
