"""`natsim check`: check a recorded history."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from natsim.harness.checkers.check import check
from natsim.harness.checkers.registry import CHECKERS
from natsim.harness.checkers.report import Report, report_json
from natsim.harness.history.errors import HistoryError
from natsim.harness.history.read import History, read_history

from .console import refuse
from .exits import code_of_verdict


def _names() -> str:
    return "\b\n" + "\n".join(f"{checker.name}: {checker.promise}" for checker in CHECKERS.values())


@click.command(epilog=_names())
@click.argument("history", type=click.Path(path_type=Path))
@click.option("--expect", multiple=True, type=click.Choice(list(CHECKERS)), metavar="CHECKER",
              help="A guarantee to check; may be repeated. Without it, those that the run's plan "
              "expects, or all.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print natsim.verdict/1 instead of a table.")
def command(history: Path, expect: tuple[str, ...], as_json: bool) -> None:
    """Check HISTORY, a history.jsonl or a run directory.

    Exit codes: 0 all valid, 1 an anomaly, 2 bad input, 3 undecided.
    """
    path = history / "history.jsonl" if history.is_dir() else history
    names = expect or _planned(path.parent) or tuple(CHECKERS)
    read = _read(path)
    report = check(read.entries, names)
    if as_json:
        click.echo(report_json(report), nl=False)
    else:
        _print(report, read)
    sys.exit(code_of_verdict(report.verdict))


def _read(path: Path) -> History:
    try:
        return read_history(path)
    except HistoryError as error:
        refuse([str(error)])
    except OSError as error:
        refuse([f"{path}: {error.strerror}"])


def _planned(directory: Path) -> tuple[str, ...]:
    from natsim.harness.plan.load import load_plan
    from natsim.scenarios.mistake import ScenarioError

    try:
        return load_plan(directory / "plan.yaml").expect
    except ScenarioError:
        return ()


def _print(report: Report, read: History) -> None:
    if read.is_truncated:
        click.echo("the last line is cut off: the run was interrupted", err=True)
    click.echo(report.verdict.value)
    for finding in report.findings:
        click.echo(
            f"  {finding.checker:<18} {finding.verdict.value:<8} "
            f"checked {finding.checked:,}, anomalies {finding.anomaly_count:,}, "
            f"legal losses {finding.legal_losses:,}"
        )
        for anomaly in finding.anomalies:
            proof = ", ".join(f"#{index}" for index in anomaly.entries)
            click.echo(f"    {anomaly.name}: {anomaly.text} ({proof})")
        for sentence in finding.notes:
            click.echo(f"    {sentence}")
