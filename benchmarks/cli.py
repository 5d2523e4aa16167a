"""The command line of the benchmarks."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from natsim.harness.stage.base import StageError

from .failed import BenchmarkFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .footprint import Footprint
    from .result import Result
    from .server import Duel
    from .simulation import Measurement
    from .sublist import Census

QUICK_PAIRS = 2
QUICK_SAMPLE_S = 0.05
QUICK_CONNECTIONS = 200

_HELP = """\
Measure natsim: WHAT is server, simulation, sublist, footprint, or all.

server puts our broker beside a real nats-server, both as processes on this machine, driven over
raw sockets. simulation runs nats-py and whole scenarios in the simulated world, on one core.
sublist holds up to a million subscriptions, in a process of its own and in both servers.
footprint starts both servers and lets connections be idle: time and memory.

Speeds of different days or machines say little; ratios of one run do. Each figure is a median
of pairs of samples that follow each other: ours and theirs, or SimPy's clock and the plain heap.

\b
  python -m benchmarks                       everything, some minutes
  python -m benchmarks --quick               a look at everything, not a measurement
  python -m benchmarks server --row 1024     one row, by a part of its name
  python -m benchmarks --json result.json    and as JSON, see benchmarks/result.schema.json

Exit status: 0 when all was measured, whatever the figures; 1 when something did not work; 2 for
options that make no sense.
"""


@click.command(help=_HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument(
    "what",
    type=click.Choice(["server", "simulation", "sublist", "footprint", "all"]),
    default="all",
)
@click.option("--pairs", type=click.IntRange(1, 1000), metavar="N",
              help="Pairs of samples for each row.  [default: 5, with --quick 2]")  # fmt: skip
@click.option("--quick", is_flag=True, help="Short samples: to see that it works, not how fast.")
@click.option("--row", "part", metavar="TEXT", default="",
              help="Only the rows whose name has TEXT in it.")  # fmt: skip
@click.option("--server", "path", metavar="PATH",
              help="The nats-server to compare with, if not the one on PATH.")  # fmt: skip
@click.option("--json", "json_file", metavar="FILE",
              type=click.Path(dir_okay=False, path_type=Path),
              help="Write the result as JSON too.")  # fmt: skip
def main(
    what: str, pairs: int | None, quick: bool, part: str, path: str | None, json_file: Path | None
) -> None:
    """Measure, print tables, write JSON."""
    from .result import Result

    _refuse_unknown_row(what, part)
    pairs = pairs or (QUICK_PAIRS if quick else 5)
    try:
        duel = _duel(path, part, pairs, quick) if what in ("server", "all") else None
        measurements = _measurements(part, pairs, quick) if what in ("simulation", "all") else None
        census = _census(path, part, 1 if quick else pairs) if what in ("sublist", "all") else None
        footprint = _footprint(path, part, pairs, quick) if what in ("footprint", "all") else None
    except (BenchmarkFailed, StageError) as error:
        click.echo(f"benchmarks: {error}", err=True)
        sys.exit(1)
    result = Result(quick, duel, measurements, census, footprint)
    _print(result)
    if json_file is not None:
        _write(result, json_file)


def _duel(path: str | None, part: str, pairs: int, quick: bool) -> Duel | None:
    from natsim.harness.stage.executable import find_nats_server

    from . import server, traffic

    rows = [traffic.ROWS[name] for name in _named(part, traffic.ROWS)]
    if not rows:
        return None
    sample_s = QUICK_SAMPLE_S if quick else server.SAMPLE_S
    return server.compare(find_nats_server(path), rows, pairs=pairs, sample_s=sample_s, say=_say)


def _measurements(part: str, pairs: int, quick: bool) -> list[Measurement] | None:
    from . import simulation

    rows = [simulation.ROWS[name] for name in _named(part, simulation.ROWS)]
    if not rows:
        return None
    size = simulation.QUICK_SIZE if quick else simulation.Size()
    return simulation.measure(rows, size, pairs=pairs, say=_say)


def _census(path: str | None, part: str, samples: int) -> Census | None:
    from natsim.harness.stage.executable import find_nats_server

    from . import sublist

    rows = [sublist.ROWS[name] for name in _named(part, sublist.ROWS)]
    if not rows:
        return None
    return sublist.count_all(find_nats_server(path), rows, samples=samples, say=_say)


def _footprint(path: str | None, part: str, pairs: int, quick: bool) -> Footprint | None:
    from natsim.harness.stage.executable import find_nats_server

    from . import footprint

    rows = [footprint.ROWS[name] for name in _named(part, footprint.ROWS)]
    if not rows:
        return None
    connections = QUICK_CONNECTIONS if quick else footprint.CONNECTIONS
    return footprint.weigh(
        find_nats_server(path), rows, pairs=pairs, connections=connections, say=_say
    )


def _refuse_unknown_row(what: str, part: str) -> None:
    from . import footprint, simulation, sublist, traffic

    tables = {
        "server": traffic.ROWS,
        "simulation": simulation.ROWS,
        "sublist": sublist.ROWS,
        "footprint": footprint.ROWS,
    }
    names = [name for table, rows in tables.items() if what in (table, "all") for name in rows]
    if not _named(part, names):
        raise click.UsageError(f"no row has {part!r} in its name; there are {'; '.join(names)}")


def _named(part: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if part in name]


def _print(result: Result) -> None:
    from rich.console import Console

    from .result import (
        census_table,
        core_count,
        duel_table,
        footprint_table,
        measurement_table,
    )

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 120  # a table in a file is not to be folded
    if result.duel is not None:
        console.print(duel_table(result.duel))
    if result.measurements is not None:
        console.print(measurement_table(result.measurements))
    if result.census is not None:
        console.print(census_table(result.census))
    if result.footprint is not None:
        console.print(footprint_table(result.footprint))
    cores = core_count()
    console.print(f"{cores} cores, shared by servers and clients." if result.duel else "")
    if result.is_quick:
        console.print("These are the figures of --quick: they show that it works, not how fast.")


def _write(result: Result, file: Path) -> None:
    from .result import result_object

    try:
        file.write_text(json.dumps(result_object(result), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        click.echo(f"benchmarks: {file} cannot be written: {error.strerror}", err=True)
        sys.exit(1)


def _say(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(f"… {text}", err=True)
