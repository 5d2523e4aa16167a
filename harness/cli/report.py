"""`natsim report`: write the reports of runs again, from their files."""

from __future__ import annotations

from pathlib import Path

import click

from natsim.reports.errors import ReportError
from natsim.reports.write import Format, write_campaign, write_reports

from .console import refuse

_OF_A_RUN = ("run.json", "plan.yaml", "history.jsonl", "verdict.json")
_OF_A_CAMPAIGN = "campaign.jsonl"


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "formats", multiple=True,
              type=click.Choice([kind.value for kind in Format]),
              help="What to write; may be repeated. Without it, everything.")  # fmt: skip
def command(runs: tuple[Path, ...], formats: tuple[str, ...]) -> None:
    """Write report.json, report.html and junit.xml into RUNS: runs, or campaigns."""
    for run in runs:
        if run.is_dir() and not any((run / name).exists() for name in (*_OF_A_RUN, _OF_A_CAMPAIGN)):
            refuse([f"{run} holds no run and no campaign; name a directory that natsim run made"])
    wanted = [Format(name) for name in formats] or list(Format)
    for run in runs:
        write = write_campaign if (run / _OF_A_CAMPAIGN).exists() else write_reports
        try:
            paths = write(run, wanted)
        except ReportError as error:
            refuse([str(error)])
        except OSError as error:
            refuse([f"{run}: the report cannot be written: {error.strerror}"])
        for path in paths:
            click.echo(str(path))
