"""`python -m tests.harness.disk`: the large campaign of append logs, healthy and broken.

Exit status: 0 if no promise was broken and every planted bug was found, 1 if not.
"""

from __future__ import annotations

import os
import resource
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import reduce

import click
from tests.harness.disk.campaign import add, hunt, play
from tests.harness.disk.log_mutants import MUTANTS

from natsim.harness.mutants.mutant import planted

BATCH = 250


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seeds", type=click.IntRange(1), default=10_000, show_default=True)
@click.option("--hunt", "hunted", type=click.IntRange(0), default=1_000, show_default=True)
@click.option("--workers", type=click.IntRange(1), default=os.cpu_count() or 1, show_default=True)
def main(seeds: int, hunted: int, workers: int) -> None:
    """Play SEEDS lives of the healthy log, and up to HUNT of each broken one."""
    batches = [range(at, min(at + BATCH, seeds)) for at in range(0, seeds, BATCH)]
    with ProcessPoolExecutor(workers) as pool:
        tally = reduce(add, pool.map(play, batches))
        for line in tally.anomalies[:20]:
            click.echo(line)
        click.echo(
            f"{seeds} lives, {tally.power_cuts} losses of power, {tally.failed_syncs} failed "
            f"syncs, {tally.disk_calls} calls of the disk: of {tally.offered} records "
            f"{tally.acknowledged} acknowledged, {tally.gone} legally lost or refused; "
            f"{len(tally.anomalies)} promises broken"
        )
        found = dict(zip(MUTANTS, pool.map(_hunt, MUTANTS, [hunted] * len(MUTANTS)), strict=True))
    for name, seed in found.items():
        click.echo(f"{name:40} {'MISSED' if seed is None else f'found by seed {seed}'}")
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    click.echo(f"{sum(use.ru_utime + use.ru_stime for use in uses):.0f} s of CPU")
    sys.exit(1 if tally.anomalies or (hunted and None in found.values()) else 0)


def _hunt(name: str, hunted: int) -> int | None:
    with planted(MUTANTS[name]):
        return hunt(range(hunted), MUTANTS[name].caught_by)


if __name__ == "__main__":
    main()
