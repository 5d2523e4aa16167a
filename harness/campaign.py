"""A campaign: one scenario under many seeds, in several processes.

Laws of the file: a seed's result does not depend on which process played it, nor on what that
played before; a run that is accused is kept whole; a planted bug, the canary, must be found first,
or the campaign proves nothing.
"""

from __future__ import annotations

import json
import multiprocessing
import signal
import time
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from natsim.harness.checkers.verdict import Verdict
from natsim.harness.mutants.bank import CANARY, MUTANTS
from natsim.harness.mutants.mutant import planted
from natsim.harness.plan.expand import expand
from natsim.harness.run_directory import RunDirectory
from natsim.harness.runner import Keeper, Run, run_plan, simulate
from natsim.harness.stage.base import StageName
from natsim.harness.stage.sim import SimStage
from natsim.record import record
from natsim.scenarios.load import parse_scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence

    from natsim.harness.history.entry import Json
    from natsim.scenarios.scenario import Scenario

CHUNK_SEEDS = 20
"""Seeds that one process plays before it reports."""

CHUNKS_PER_WORKER = 50
"""Chunks after which a worker process is replaced, so that nothing can pile up in it."""

KEPT_MAX = 10
"""Accused runs that are kept whole."""

CANARY_SEEDS = 3

_LOOK_EVERY_S = 0.2  # whether somebody wants the campaign to end


@record
class Source:
    """A scenario as text, so that worker processes can read it. path: for messages."""

    text: str
    path: str


@record
class SeedResult:
    """What came of one seed. run: the directory of a kept run, relative to the campaign's."""

    seed: int
    verdict: Verdict
    digest: str
    cpu_s: float
    anomalies: dict[str, int]
    run: str | None = None


@record
class Campaign:
    """What came of a campaign.

    canary: whether the planted bug was found. is_interrupted: not all seeds were played.
    """

    results: list[SeedResult]
    canary: bool
    is_interrupted: bool
    directory: Path


def run_campaign(
    source: Source,
    seeds: range,
    *,
    workers: int,
    parent: Path,
    command: str,
    done: Callable[[SeedResult], None],
) -> Campaign:
    """Play a scenario in the simulated world under each seed; keep the results in a directory.

    command: how a person started it. done: told each result as it comes.
    The directory is written under a temporary name and completed however the campaign ends.
    """
    scenario = parse_scenario(source.text, source.path)
    directory = RunDirectory(parent, f"{scenario.name}-seeds-{seeds[0]}..{seeds[-1]}")
    directory.write_text("scenario.yaml", source.text)
    results: list[SeedResult] = []
    canary = is_interrupted = False
    try:
        canary = find_canary(scenario, seeds)
        directory.write_json("canary.json", {"mutant": CANARY, "found": canary})
        with directory.open("campaign.jsonl") as file:
            for result in _play_all(source, seeds, workers, command, directory.path):
                results.append(result)
                file.write((json.dumps(_result_object(result)) + "\n").encode())
                done(result)
    except KeyboardInterrupt:
        is_interrupted = True
    finally:
        # Workers report as they finish: in the end the file is in the order of the seeds.
        results.sort(key=lambda result: result.seed)
        lines = "".join(json.dumps(_result_object(result)) + "\n" for result in results)
        directory.write_text("campaign.jsonl", lines)
        directory.complete()
    return Campaign(results, canary, is_interrupted, directory.path)


def find_canary(scenario: Scenario, seeds: Sequence[int]) -> bool:
    """Tell whether the planted bug is found under one of the first seeds."""
    with planted(MUTANTS[CANARY]):
        return any(
            simulate(expand(scenario, seed)).report.verdict is Verdict.INVALID
            for seed in seeds[:CANARY_SEEDS]
        )


def play_seed(scenario: Scenario, seed: int) -> tuple[Run, SeedResult]:
    """Play one seed in this process, keeping nothing on disk."""
    begin = time.process_time()
    run = simulate(expand(scenario, seed))
    cpu_s = round(time.process_time() - begin, 6)
    anomalies: dict[str, int] = {}
    for finding in run.report.findings:
        for anomaly in finding.anomalies:
            anomalies[anomaly.name] = anomalies.get(anomaly.name, 0) + 1
    digest = run.digests["history"]
    return run, SeedResult(seed, run.report.verdict, digest, cpu_s, anomalies)


def play_chunk(source: Source, seeds: Sequence[int], command: str, parent: str) -> list[SeedResult]:
    """Play some seeds, in a worker process; keep the runs that are accused under parent."""
    scenario = parse_scenario(source.text, source.path)
    results: list[SeedResult] = []
    for seed in seeds:
        _, result = play_seed(scenario, seed)
        if result.verdict is Verdict.INVALID and _kept(parent) < KEPT_MAX:
            result = _keep(scenario, result, source, f"{command} --seed {seed}", Path(parent))
        results.append(result)
    return results


def _play_all(
    source: Source, seeds: range, workers: int, command: str, parent: Path
) -> Iterator[SeedResult]:
    starts = iter(range(0, len(seeds), CHUNK_SEEDS))
    # Fresh interpreters, not forks: a worker begins with no state of ours.
    context = multiprocessing.get_context("spawn")
    with (
        _interrupts_noted() as is_interrupted,
        ProcessPoolExecutor(
            max_workers=min(workers, -(-len(seeds) // CHUNK_SEEDS)),
            mp_context=context,
            max_tasks_per_child=CHUNKS_PER_WORKER,
            initializer=_leave_interrupts_to_the_parent,
        ) as pool,
    ):
        waiting: set[Future[list[SeedResult]]] = set()
        try:
            while True:
                for start in islice(starts, 2 * workers - len(waiting)):
                    chunk = seeds[start : start + CHUNK_SEEDS]
                    waiting.add(pool.submit(play_chunk, source, chunk, command, str(parent)))
                if not waiting:
                    return
                ended, waiting = wait(waiting, _LOOK_EVERY_S, return_when=FIRST_COMPLETED)
                yield from _results_of(ended)
                if is_interrupted():
                    raise KeyboardInterrupt
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for worker in multiprocessing.active_children():
                worker.terminate()
            raise


@contextmanager
def _interrupts_noted() -> Generator[Callable[[], bool]]:
    """Tell of an interrupt instead of raising it: inside a pool it can leave a lock held for ever.

    For the main thread only.
    """
    noted: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
    try:
        yield lambda: bool(noted)
    finally:
        signal.signal(signal.SIGINT, before)


def _leave_interrupts_to_the_parent() -> None:
    # Ctrl-C reaches all processes of a terminal: a worker would take it for the end of one run.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _results_of(ended: set[Future[list[SeedResult]]]) -> list[SeedResult]:
    results = [result for future in ended for result in future.result()]
    return sorted(results, key=lambda result: result.seed)


def _keep(
    scenario: Scenario, result: SeedResult, source: Source, command: str, parent: Path
) -> SeedResult:
    plan = expand(scenario, result.seed)
    keeper = Keeper(parent / "runs", command, source.text)
    keeper.open(plan, StageName.SIM)
    stage = SimStage(plan)
    run = run_plan(plan, stage, keeper)
    stage.close()
    name = None if run.directory is None else f"runs/{run.directory.name}"
    return SeedResult(
        result.seed, result.verdict, result.digest, result.cpu_s, result.anomalies, name
    )


def _kept(parent: str) -> int:
    runs = Path(parent) / "runs"
    return sum(1 for _ in runs.iterdir()) if runs.exists() else 0


def _result_object(result: SeedResult) -> dict[str, Json]:
    fields: dict[str, Json] = {
        "seed": result.seed,
        "verdict": result.verdict.value,
        "digest": result.digest,
        "cpu_s": result.cpu_s,
        "anomalies": dict(result.anomalies),
    }
    return fields if result.run is None else {**fields, "run": result.run}
