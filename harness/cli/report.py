"""`natsim report`: write the reports of runs again, from their files."""

from __future__ import annotations

from pathlib import Path

import click

from natsim.reports.conformance import write_conformance
from natsim.reports.errors import ReportError
from natsim.reports.write import Format, write_campaign, write_reports

from .console import refuse

_OF_A_RUN = ("run.json", "plan.yaml", "history.jsonl", "verdict.json")
_OF_A_CAMPAIGN = "campaign.jsonl"
_OF_A_SUITE = "conformance.json"
_MADE = (*_OF_A_RUN, _OF_A_CAMPAIGN, _OF_A_SUITE)


@click.command()
@click.argument("runs", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "formats", multiple=True,
              type=click.Choice([kind.value for kind in Format]),
              help="What to write; may be repeated. Without it, everything.")  # fmt: skip
def command(runs: tuple[Path, ...], formats: tuple[str, ...]) -> None:
    """Write report.html, junit.xml and more into RUNS: of scenarios, campaigns or the suite."""
    for run in runs:
        if run.is_dir() and not any((run / name).exists() for name in _MADE):
            refuse([f"{run} holds no run and no campaign; name a directory that natsim run made"])
        if formats and (run / _OF_A_SUITE).exists():
            refuse([f"{run} is a run of the suite, whose reports are one; leave --format away"])
    wanted = [Format(name) for name in formats] or list(Format)
    for run in runs:
        try:
            paths = _write(run, wanted)
        except ReportError as error:
            refuse([str(error)])
        except OSError as error:
            refuse([f"{run}: the report cannot be written: {error.strerror}"])
        for path in paths:
            click.echo(str(path))


def _write(run: Path, wanted: list[Format]) -> list[Path]:
    if (run / _OF_A_SUITE).exists():
        return write_conformance(run)
    if (run / _OF_A_CAMPAIGN).exists():
        return write_campaign(run, wanted)
    return write_reports(run, wanted)
