"""The summary that the command line prints: what to know, and what to type next."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .campaign import CampaignDocument
from .document import Fault, Guarantee, RunDocument, VerdictWord
from .quantity import count, counted, duration, seconds, share

_STYLES = {"valid": "bold green", "unknown": "bold yellow", "invalid": "bold red"}
_ANOMALIES_SHOWN = 5
_SEEDS_SHOWN = 3
_LABEL_WIDTH = 8


def print_run(document: RunDocument, console: Console, run_dir: Path) -> None:
    """Print the summary of a run; run_dir as the user would type it.

    console decides about colour and width. Texts of the run are never read as markup.
    """
    head = document.head
    _print_sentences(console, head.verdict, head.sentence, [*head.evidence, *document.remarks])
    if document.guarantees:
        console.print(_guarantees(document.guarantees))
    for anomaly in document.anomalies[:_ANOMALIES_SHOWN]:
        proof = ", ".join(f"#{index}" for index in anomaly.entries)
        _print(console, Text.assemble((anomaly.name, "bold"), f": {anomaly.text} ({proof})"))
    more = sum(item.anomaly_count for item in document.guarantees) - _ANOMALIES_SHOWN
    if more > 0:
        _print(console, Text(f"and {counted(more, 'more anomaly', 'more anomalies')}"))
    began = [fault for fault in document.faults if fault.begin_ns is not None]
    faults = "; ".join(_fault(fault, head.workload_ns or 0) for fault in began)
    _print_labelled(console, "faults", faults)
    _print_labelled(console, "time", _times(document))
    _print_labelled(console, "seed", "" if head.seed is None else str(head.seed))
    _print_ways_on(console, run_dir / "report.html")
    _print_labelled(console, "replay", f"natsim replay {shlex.quote(str(run_dir))}")


def print_campaign(document: CampaignDocument, console: Console, directory: Path) -> None:
    """Print the summary of a campaign; directory as the user would type it."""
    _print_sentences(console, document.verdict, document.sentence, document.remarks)
    for group in document.groups:
        runs = counted(group.runs, "run")
        _print(console, Text.assemble((group.name, "bold"), f" in {runs}"))
        for first in group.first[:_SEEDS_SHOWN]:
            _print(console, Text(f"  seed {first.seed}: {first.again}"))
    _print_labelled(console, "cpu", duration(round(document.cpu_s * 1e9)))
    _print_ways_on(console, directory / "campaign.html")


def _print_sentences(
    console: Console, verdict: VerdictWord, sentence: str, more: Sequence[str]
) -> None:
    rest = sentence.removeprefix(verdict)
    _print(console, Text.assemble((verdict, _STYLES[verdict]), (rest, "bold")))
    for line in more:
        _print(console, Text(line))


def _guarantees(guarantees: Sequence[Guarantee]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("guarantee", "verdict"):
        table.add_column(name)
    for name in ("checked", "anomalies", "legal losses", "rate"):
        table.add_column(name, justify="right")
    for item in guarantees:
        table.add_row(
            Text(item.checker),
            Text(item.verdict, _STYLES[item.verdict]),
            count(item.checked),
            Text(count(item.anomaly_count), "bold red" if item.anomaly_count else ""),
            count(item.legal_losses),
            share(item.legal_losses, item.concerned),
        )
    return table


def _fault(fault: Fault, origin_ns: int) -> str:
    begin = seconds((fault.begin_ns or 0) - origin_ns)
    end = "the end" if fault.end_ns is None else f"{seconds(fault.end_ns - origin_ns)} s"
    return f"{fault.id} {fault.kind} {begin} s to {end}"


def _times(document: RunDocument) -> str:
    head = document.head
    if not document.totals.entries:
        return ""
    kind = "simulated" if head.stage == "sim" else "recorded"
    wall = "" if head.wall_ns is None else f" in {duration(head.wall_ns)}"
    return f"{duration(head.duration_ns)} {kind}{wall}"


def _print_ways_on(console: Console, report: Path) -> None:
    if report.is_file():
        _print_labelled(console, "report", str(report))


def _print_labelled(console: Console, label: str, words: str) -> None:
    if words:
        _print(console, Text.assemble((label.ljust(_LABEL_WIDTH), "dim"), words))


def _print(console: Console, text: Text) -> None:
    # Lines to copy must not be broken by us: the terminal wraps them.
    console.print(text, soft_wrap=True, highlight=False)
