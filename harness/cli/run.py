"""`natsim run`: play a scenario or a plan on a stage and check every guarantee."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from natsim.harness.plan.plan import Plan
from natsim.harness.stage.base import StageName, StageUnavailable

from .codes import Code
from .console import Progress, give_up, refuse, result_console
from .exits import code_of_run
from .source import Played, read_source

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from natsim.harness.campaign import Campaign

SEED_BITS = 32


@click.command()
@click.argument("scenario")
@click.option(
    "--on",
    "stage_name",
    type=click.Choice([name.value for name in StageName]),
    default=StageName.SIM.value,
    show_default=True,
    help="Where it plays: simulated, our broker on TCP, or a real nats-server.",
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), envvar="NATSIM_SEED",
              help="What chance is drawn from. Without it, a new one, printed.")  # fmt: skip
@click.option(
    "--seeds", metavar="A..B", help="Play every seed from A to B, simulated, on all cores."
)
@click.option("--server", metavar="PATH", help="The nats-server to run with --on nats-server.")
@click.option("--runs", type=click.Path(path_type=Path, file_okay=False), default=Path("runs"),
              show_default=True, help="Where run directories are made.")  # fmt: skip
@click.option("--workers", type=click.IntRange(1, 1024), help="Processes for --seeds.")
@click.option("--mutant", metavar="NAME", help="Plant a bug in the broker first, to see it found.")
@click.option("-q", "--quiet", is_flag=True, help="Print the verdict only.")
def command(
    scenario: str,
    stage_name: str,
    seed: int | None,
    seeds: str | None,
    server: str | None,
    runs: Path,
    workers: int | None,
    mutant: str | None,
    quiet: bool,
) -> None:
    """Play SCENARIO and check what was delivered.

    SCENARIO is a YAML file (a scenario or a plan), or a name from the library, such as `demo`.
    Exit codes: 0 all valid, 1 an anomaly, 2 bad input, 3 undecided, 4 the stage cannot be had.
    """
    name = StageName(stage_name)
    played = read_source(scenario)
    _refuse_contradictions(name, played, seed, seeds, server, mutant)
    if seeds is not None:
        code = _run_seeds(scenario, played, seeds, runs, workers or os.cpu_count() or 1, quiet)
    else:
        drawn = secrets.randbits(SEED_BITS) if seed is None else seed
        with _planted(mutant):
            code = _run_one(scenario, played, name, drawn, server, runs, mutant, quiet)
    sys.exit(code)


def _refuse_contradictions(
    name: StageName,
    played: Played,
    seed: int | None,
    seeds: str | None,
    server: str | None,
    mutant: str | None,
) -> None:
    is_plan = isinstance(played.document, Plan)
    wrong: list[str] = []
    if server is not None and name is not StageName.NATS_SERVER:
        wrong.append("--server names a real server; write --on nats-server with it")
    if seeds is not None and seed is not None:
        wrong.append("--seed and --seeds exclude each other; write one of them")
    if seeds is not None and name is not StageName.SIM:
        wrong.append(f"--seeds plays in the simulated world; leave out --on {name}")
    if seeds is not None and mutant is not None:
        wrong.append("--mutant goes with one seed; write --seed N")
    if mutant is not None and name is not StageName.SIM:
        wrong.append("--mutant plants a bug in the simulated broker; leave out --on")
    if is_plan and (seeds is not None or seed is not None):
        wrong.append(f"{played.path} is a plan, whose seed is spent; leave out --seed and --seeds")
    if wrong:
        refuse(f"natsim run: {sentence}" for sentence in wrong)


def _planted(mutant: str | None) -> AbstractContextManager[None]:
    if mutant is None:
        return nullcontext()
    from natsim.harness.mutants.bank import MUTANTS
    from natsim.harness.mutants.mutant import planted

    if mutant not in MUTANTS:
        refuse([f"natsim run: there is no mutant {mutant}; there are {', '.join(MUTANTS)}"])
    return planted(MUTANTS[mutant])


def _run_one(
    scenario: str,
    played: Played,
    name: StageName,
    seed: int,
    server: str | None,
    runs: Path,
    mutant: str | None,
    quiet: bool,
) -> Code:
    from natsim.harness.run_directory import RunDirectoryError
    from natsim.harness.runner import Exit, Keeper, run_plan
    from natsim.harness.stage.make import check_stage, make_stage
    from natsim.reports.run import load_run
    from natsim.reports.terminal import print_run
    from natsim.reports.write import write_reports

    plan = played.plan(seed)
    try:
        refusals = check_stage(name, plan, server)
    except StageUnavailable as error:
        give_up(Code.UNAVAILABLE, str(error))
    if refusals:
        refuse(f"{played.path}: {refusal}" for refusal in refusals)
    again = f"natsim run {shlex.quote(scenario)} --on {name}"
    if mutant is not None:
        again += f" --mutant {mutant}"
    command = again if isinstance(played.document, Plan) else f"{again} --seed {seed}"
    keeper = Keeper(runs, command, played.text)
    try:
        logs = keeper.open(plan, name)
    except RunDirectoryError as error:
        refuse([f"natsim run: {error}"])
    stage = make_stage(name, plan, server, logs)
    progress = _say_nothing if quiet else _say
    run = run_plan(plan, stage, keeper, progress)
    directory = run.directory
    assert directory is not None, "a keeper keeps"
    write_reports(directory)
    if quiet:
        click.echo(run.report.verdict.value)
    else:
        print_run(load_run(directory), result_console(), directory)
    if run.error:
        click.echo(f"natsim: {run.error}", err=True)
    if run.ended_by is Exit.FAULT:
        where = directory / "logs" / "natsim.log"
        click.echo(f"natsim: this is a fault of natsim, not of the server: {where}", err=True)
    return code_of_run(run)


def _run_seeds(
    scenario: str,
    played: Played,
    text: str,
    runs: Path,
    workers: int,
    quiet: bool,
) -> Code:
    from natsim.harness.campaign import Source, run_campaign
    from natsim.harness.run_directory import RunDirectoryError
    from natsim.harness.seed_range import parse_seeds
    from natsim.reports.campaign import load_campaign
    from natsim.reports.terminal import print_campaign
    from natsim.reports.write import write_campaign

    try:
        seeds = parse_seeds(text)
    except ValueError as error:
        refuse([f"natsim run: {error}"])
    assert played.text is not None, "a plan has no seeds"
    progress = Progress(f"playing {scenario}", len(seeds), quiet)
    try:
        campaign = run_campaign(
            Source(played.text, str(played.path)),
            seeds,
            workers=workers,
            parent=runs,
            command=f"natsim run {shlex.quote(scenario)} --on sim",
            done=lambda result: progress.step(result.verdict.value == "invalid"),
        )
    except RunDirectoryError as error:
        refuse([f"natsim run: {error}"])
    finally:
        progress.close()
    write_campaign(campaign.directory)
    if not quiet:
        print_campaign(load_campaign(campaign.directory), result_console(), campaign.directory)
    return _code_of_campaign(campaign, quiet)


def _code_of_campaign(campaign: Campaign, quiet: bool) -> Code:
    from natsim.harness.checkers.verdict import merge

    from .exits import code_of_verdict

    if campaign.is_interrupted:
        return Code.INTERRUPTED
    verdict = merge([result.verdict for result in campaign.results])
    if quiet:
        click.echo(verdict.value)
    code = code_of_verdict(verdict)
    if code is Code.VALID and not campaign.canary:
        click.echo(
            "natsim: the planted bug was not found: this scenario proves nothing about deliveries",
            err=True,
        )
        return Code.UNKNOWN
    return code


def _say(what: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"… {what}", err=True)


def _say_nothing(_: str) -> None:
    """Keep quiet."""
