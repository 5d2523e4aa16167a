"""`natsim replay`: play a run again: it must give the same bytes."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from natsim.harness.replay import ReplayError, Sameness, read_kept, replay
from natsim.harness.stage.base import StageUnavailable
from natsim.scenarios.mistake import ScenarioError

from .codes import Code
from .console import give_up, refuse
from .exits import code_of_run


@click.command()
@click.argument("run", type=click.Path(path_type=Path))
@click.option("--server", metavar="PATH", help="The nats-server, for a run that was played on one.")
def command(run: Path, server: str | None) -> None:
    """Play RUN, a run directory, again, and say SAME, DIFFERENT or FIXED.

    In the simulated world the same bytes must come out, or the first difference is shown. On other
    stages, and between versions, only the verdicts are compared.
    Exit codes: those of the run for SAME, 0 for FIXED, 1 for DIFFERENT, 2 for no such run.
    """
    try:
        again = replay(read_kept(run), server)
    except (ReplayError, ScenarioError) as error:
        refuse([str(error)])
    except StageUnavailable as error:
        give_up(Code.UNAVAILABLE, str(error))
    click.echo(
        f"{again.sameness.value}: was {again.then.value}, is {again.run.report.verdict.value}"
    )
    for remark in again.remarks:
        click.echo(f"  {remark}")
    if again.run.error:
        click.echo(f"  {again.run.error}")
    if again.sameness is Sameness.SAME:
        sys.exit(code_of_run(again.run))
    sys.exit(Code.VALID if again.sameness is Sameness.FIXED else Code.INVALID)
