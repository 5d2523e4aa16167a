"""The result as a JSON document and as tables; result.schema.json says what the document holds."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from statistics import median
from typing import TYPE_CHECKING, Any

from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .footprint import Footprint, Weighing
    from .server import Comparison, Duel
    from .simulation import Measurement
    from .sublist import Census, Holding

SCHEMA = "natsim.benchmarks/1"

_LIBRARIES = ("natsim", "nats-py", "simpy")


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured; None where it was not asked for."""

    is_quick: bool
    duel: Duel | None
    measurements: Sequence[Measurement] | None
    census: Census | None
    footprint: Footprint | None


def result_object(result: Result) -> dict[str, Any]:
    """Make the JSON document."""
    duel, measurements, census = result.duel, result.measurements, result.census
    footprint = result.footprint
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "quick": result.is_quick,
        "machine": {
            "cores": core_count(),
            "architecture": platform.machine(),
            "system": platform.system(),
            "python": platform.python_version(),
            "implementation": platform.python_implementation(),
        },
        "versions": {name: version(name) for name in _LIBRARIES},
    }
    if duel is not None:
        document["server"] = {
            "ours": duel.ours,
            "theirs": duel.theirs,
            "rows": [_comparison_object(row) for row in duel.rows],
        }
    if measurements is not None:
        document["simulation"] = {"rows": [_measurement_object(row) for row in measurements]}
    if census is not None:
        document["sublist"] = {
            "ours": census.ours,
            "theirs": census.theirs,
            "rows": [_holding_object(row) for row in census.rows],
        }
    if footprint is not None:
        document["footprint"] = {
            "ours": footprint.ours,
            "theirs": footprint.theirs,
            "rows": [_weighing_object(row) for row in footprint.rows],
        }
    return document


def duel_table(duel: Duel) -> Table:
    """Make the table of a comparison of servers."""
    table = Table(
        title=f"{duel.ours} beside {duel.theirs}: messages published per second, medians",
        caption="ratio: ours to theirs, of pairs. CPU: the server's own, microseconds a message.",
    )
    table.add_column("messages", no_wrap=True)
    for heading in ("ours", "theirs", "ratio", "min..max", "aim", "stretch", "CPU ours", "theirs"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in duel.rows:
        (ours, theirs) = _medians(row)
        table.add_row(
            row.row.name,
            f"{ours['rate']:,.0f}",
            f"{theirs['rate']:,.0f}",
            f"[bold]{row.ratio:.2f}[/]",
            f"{min(row.ratios):.2f}..{max(row.ratios):.2f}",
            _aim(row.row.target, _is_reached(row, row.row.target)),
            _aim(row.row.stretch, _is_reached(row, row.row.stretch)),
            _micros(ours["cpu_us"]),
            _micros(theirs["cpu_us"]),
        )
    return table


def measurement_table(measurements: Sequence[Measurement]) -> Table:
    """Make the table of the simulated world."""
    table = Table(
        title=f"Simulated, one core, CPython {platform.python_version()}: medians",
        caption="SimPy's is the clock that runs; speed: SimPy's to the plain heap's, of pairs.",
    )
    table.add_column("what", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    for heading in ("SimPy", "heap", "speed", "min..max", "aim"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in measurements:
        table.add_row(
            row.row.name,
            row.row.unit,
            f"[bold]{_figure(row.figure)}[/]",
            _figure(row.heap_figure),
            f"{median(row.ratios):.2f}",
            f"{min(row.ratios):.2f}..{max(row.ratios):.2f}",
            _aim(row.row.target, row.is_met),
        )
    return table


def census_table(census: Census) -> Table:
    """Make the table of sublists by size."""
    table = Table(
        title=f"Sublist, CPython {platform.python_version()}: nanoseconds, medians of batches",
        caption=(
            "new, again: a match not remembered, and remembered. pause: the garbage collector's"
            " longest while subscriptions came, and of a full collection, ms of CPU."
            f" Bytes a subscription: Python's objects; memory, {census.ours}, {census.theirs}."
        ),
    )
    table.add_column("subscriptions", justify="right", no_wrap=True)
    for heading in ("insert", "remove", "new", "again", "pause", "full", "bytes", "ours", "theirs"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in census.rows:
        figures = row.medians
        table.add_row(
            f"{row.row.count:,}",
            *(
                f"{figure:,.0f}"
                for figure in (
                    figures.insert_ns, figures.remove_ns, figures.match_ns, figures.cached_ns
                )
            ),
            f"{figures.pause_ms:,.1f}",
            f"{figures.full_pause_ms:,.1f}",
            f"[bold]{row.held_bytes:,.0f}[/]",
            "" if row.ours_bytes is None else f"{row.ours_bytes:,.0f}",
            "" if row.theirs_bytes is None else f"{row.theirs_bytes:,.0f}",
        )  # fmt: skip
    return table


def footprint_table(footprint: Footprint) -> Table:
    """Make the table of what servers take to be there."""
    table = Table(
        title=f"{footprint.ours} beside {footprint.theirs}: what it takes to be there, medians",
        caption="ratio: ours to theirs, of pairs; less is better.",
    )
    table.add_column("what", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    for heading in ("ours", "theirs", "ratio", "min..max", "aim"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in footprint.rows:
        table.add_row(
            row.row.name,
            row.row.unit,
            f"[bold]{_figure(row.ours)}[/]",
            _figure(row.theirs),
            f"{median(row.ratios):.2f}",
            f"{min(row.ratios):.2f}..{max(row.ratios):.2f}",
            _aim(row.row.target, row.is_met),
        )
    return table


def core_count() -> int:
    """Tell how many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _comparison_object(row: Comparison) -> dict[str, Any]:
    ours, theirs = _medians(row)
    aims = {"target": row.row.target, "stretch": row.row.stretch}
    return {
        "name": row.row.name,
        "setup": row.row.setup.value,
        "shape": row.row.shape.value,
        "payload_bytes": row.row.size,
        "publishers": row.row.publishers,
        "subscribers": row.row.subscribers,
        "messages": row.count,
        "ours": ours,
        "theirs": theirs,
        "ratio": {"median": row.ratio, "min": min(row.ratios), "max": max(row.ratios)},
        "pairs": [[one.rate, other.rate] for one, other in row.pairs],
        **{
            name: {"ratio": aim, "met": _is_reached(row, aim)}
            for name, aim in aims.items()
            if aim is not None
        },
    }


def _measurement_object(row: Measurement) -> dict[str, Any]:
    aim = {"figure": row.row.target, "met": row.is_met}
    return {
        "name": row.row.name,
        "unit": row.row.unit,
        "simpy": row.figure,
        "heap": row.heap_figure,
        "ratio": {"median": median(row.ratios), "min": min(row.ratios), "max": max(row.ratios)},
        "pairs": [list(pair) for pair in row.pairs],
        **({} if row.row.target is None else {"target": aim}),
    }


def _holding_object(row: Holding) -> dict[str, Any]:
    return {
        "name": row.row.name,
        "subscriptions": row.row.count,
        **asdict(row.medians),
        "bytes": {"held": row.held_bytes, "ours": row.ours_bytes, "theirs": row.theirs_bytes},
        "samples": [asdict(sample) for sample in row.samples],
    }


def _weighing_object(row: Weighing) -> dict[str, Any]:
    aim = {"figure": row.row.target, "met": row.is_met}
    return {
        "name": row.row.name,
        "unit": row.row.unit,
        "ours": row.ours,
        "theirs": row.theirs,
        "ratio": {"median": median(row.ratios), "min": min(row.ratios), "max": max(row.ratios)},
        "pairs": [list(pair) for pair in row.pairs],
        **({} if row.row.target is None else {"target": aim}),
    }


def _medians(row: Comparison) -> tuple[dict[str, float | None], dict[str, float | None]]:
    both: list[dict[str, float | None]] = []
    for side in (0, 1):
        samples = [pair[side] for pair in row.pairs]
        spent = [sample.cpu_us for sample in samples if sample.cpu_us is not None]
        both.append(
            {
                "rate": median(sample.rate for sample in samples),
                "cpu_us": median(spent) if spent else None,
            }
        )
    return both[0], both[1]


def _is_reached(row: Comparison, aim: float | None) -> bool | None:
    return None if aim is None else row.ratio >= aim


def _aim(aim: float | None, is_met: bool | None) -> str:
    if aim is None:
        return ""
    mark = "[green]met[/]" if is_met else "[yellow]not met[/]"
    return f"{_figure(aim)} {mark}"


def _micros(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
