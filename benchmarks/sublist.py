"""The sublist by the number of subscriptions, and what servers take for as many.

Laws of the file: every sample is a fresh process; both servers get the same bytes, over as many
connections.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import natsim
from natsim.harness.stage.executable import server_version
from natsim.harness.stage.ports import ReservedPort

from .failed import BenchmarkFailed
from .interest import CLIENTS, sub_line
from .peer import Miscount, connect, prove
from .processes import ROOT, our_command, running, their_command

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

SAMPLE_TIMEOUT_S = 300.0

SERVED_MIN = 10_000
"""For fewer, what a server's memory grows by is its own affair, and not measured."""

BLOCK_LINES = 1_000
SETTLE_S = 1.0
"""How long a server is left alone before its memory is read."""


@dataclass(frozen=True, slots=True)
class Row:
    """A number of subscriptions, in whole hundreds."""

    count: int

    @property
    def name(self) -> str:
        """What the row is called."""
        return f"{self.count:,} subscriptions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What one process measured: nanoseconds an operation, and milliseconds of the collector's.

    match_ns: of subjects not asked for before. cached_ns: of subjects asked for again.
    pause_ms: the longest while subscriptions came. full_pause_ms: a collection of everything.
    """

    insert_ns: float
    remove_ns: float
    match_ns: float
    cached_ns: float
    pause_ms: float
    full_pause_ms: float


@dataclass(frozen=True, slots=True)
class Holding:
    """One row, measured. All bytes are for one subscription.

    held_bytes: in the sublist's process, as Python counts them.
    ours_bytes, theirs_bytes: by which a server's memory grew; None where it was not measured.
    """

    row: Row
    samples: list[Sample]
    held_bytes: float
    ours_bytes: float | None
    theirs_bytes: float | None

    @property
    def medians(self) -> Sample:
        """The medians of the samples."""
        return Sample(
            insert_ns=median(sample.insert_ns for sample in self.samples),
            remove_ns=median(sample.remove_ns for sample in self.samples),
            match_ns=median(sample.match_ns for sample in self.samples),
            cached_ns=median(sample.cached_ns for sample in self.samples),
            pause_ms=median(sample.pause_ms for sample in self.samples),
            full_pause_ms=median(sample.full_pause_ms for sample in self.samples),
        )


@dataclass(frozen=True, slots=True)
class Census:
    """All rows. ours, theirs: name and version of each server."""

    ours: str
    theirs: str
    rows: list[Holding]


ROWS = {row.name: row for row in map(Row, (1_000, 10_000, 100_000, 1_000_000))}


def count_all(
    executable: Path, rows: Sequence[Row], *, samples: int, say: Callable[[str], None]
) -> Census:
    """Measure rows in processes of their own, on our broker and on a nats-server.

    Raises BenchmarkFailed or StageUnavailable when something did not work.
    """
    theirs = f"nats-server {server_version(executable)}"
    measured = [_measure(row, executable, samples, say) for row in rows]
    return Census(f"natsim {natsim.__version__}", theirs, measured)


def _measure(row: Row, executable: Path, samples: int, say: Callable[[str], None]) -> Holding:
    taken: list[Sample] = []
    for number in range(1, samples + 1):
        say(f"{row.name}: sample {number} of {samples}")
        taken.append(Sample(**_child("times", row.count)))
    say(f"{row.name}: memory")
    held_bytes = _child("memory", row.count)["bytes"]
    if row.count < SERVED_MIN:
        return Holding(row, taken, held_bytes, None, None)
    say(f"{row.name}: servers")
    ours = _server_bytes("natsim", our_command, row.count)
    theirs = _server_bytes("nats-server", lambda port: their_command(executable, port), row.count)
    return Holding(row, taken, held_bytes, ours, theirs)


def _child(what: str, count: int) -> dict[str, float]:
    # Without the leash of other children: it ends by itself, whatever becomes of us.
    command = [sys.executable, "-m", "benchmarks.holding", what, str(count)]
    try:
        ran = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, timeout=SAMPLE_TIMEOUT_S, check=True
        )
    except subprocess.SubprocessError as error:
        raise BenchmarkFailed(f"{count:,} subscriptions, {what}: {error}") from error
    figures: dict[str, float] = json.loads(ran.stdout)
    return figures


def _server_bytes(name: str, command: Callable[[int], list[str]], count: int) -> float | None:
    with ExitStack() as stack:
        log = Path(stack.enter_context(TemporaryDirectory(prefix="natsim-"))) / "server.log"
        port = ReservedPort()
        server = stack.enter_context(running(name, command(port.number), port, log))
        try:
            links = [stack.enter_context(connect(server.port)) for _ in range(CLIENTS)]
            before = server.memory_bytes()
            for start in range(0, count, BLOCK_LINES):
                link = links[start // BLOCK_LINES % CLIENTS]
                numbers = range(start, min(start + BLOCK_LINES, count))
                link.sendall(b"".join(map(sub_line, numbers)))
            for link in links:
                prove(link)
        except (OSError, Miscount) as error:
            raise BenchmarkFailed(f"{name}: {error}{server.last_words()}") from error
        time.sleep(SETTLE_S)
        after = server.memory_bytes()
    return None if before is None or after is None else (after - before) / count
