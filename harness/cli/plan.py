"""`natsim plan`: print what a scenario comes to under a seed."""

from __future__ import annotations

import secrets
from pathlib import Path

import click

from natsim.harness.plan.plan import Plan

from .console import refuse
from .source import read_source

SEED_BITS = 32


@click.command()
@click.argument("scenario")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), envvar="NATSIM_SEED",
              help="What chance is drawn from. Without it, a new one.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False),
              help="Write it to a file, which natsim run plays, instead of stdout.")  # fmt: skip
def command(scenario: str, seed: int | None, output: Path | None) -> None:
    """Print the plan of SCENARIO: every operation and every fault, explicit.

    A plan can be edited and played: natsim run plan.yaml.
    """
    from natsim.harness.plan.dump import dump_plan, plan_text

    played = read_source(scenario)
    if isinstance(played.document, Plan) and seed is not None:
        refuse([f"natsim plan: {played.path} is a plan, whose seed is spent; leave out --seed"])
    plan = played.plan(secrets.randbits(SEED_BITS) if seed is None else seed)
    if output is None:
        click.echo(plan_text(plan), nl=False)
        return
    try:
        written = dump_plan(plan, output)
    except OSError as error:
        refuse([f"natsim plan: {output} cannot be written: {error.strerror}"])
    for path in written:
        click.echo(f"wrote {path}", err=True)
