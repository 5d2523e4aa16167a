"""Our broker and a real nats-server, side by side.

Laws of the file: samples of one row alternate, ours, theirs, ours, theirs, with as many messages in
each; a ratio is of two samples that follow each other; a sample counts only when every message was
proved to have arrived.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import natsim
from natsim.harness.stage.executable import server_version
from natsim.harness.stage.ports import ReservedPort

from .configuration import configuration
from .failed import BenchmarkFailed
from .processes import Peer, Server, our_command, peers, running, their_command
from .traffic import Row, Setup, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

SAMPLE_TIMEOUT_S = 60.0
"""How long one sample may take before it is taken for a failure."""

SAMPLE_S = 0.8
"""About how long the slower server's samples take."""

COUNT_MIN = 500


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample. rate: messages per second. cpu_us: the server's, per message."""

    rate: float
    cpu_us: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One row, measured. count: messages in each sample. pairs: (ours, theirs), in order."""

    row: Row
    count: int
    pairs: list[tuple[Sample, Sample]]

    @property
    def ratios(self) -> list[float]:
        """Our messages per second to theirs, of each pair."""
        return [ours.rate / theirs.rate for ours, theirs in self.pairs]

    @property
    def ratio(self) -> float:
        """The median of the ratios."""
        return median(self.ratios)


@dataclass(frozen=True, slots=True)
class Duel:
    """All rows. ours, theirs: name and version of each server."""

    ours: str
    theirs: str
    rows: list[Comparison]


def compare(
    executable: Path,
    rows: Sequence[Row],
    *,
    pairs: int,
    sample_s: float,
    say: Callable[[str], None],
) -> Duel:
    """Measure rows on our broker and on a nats-server.

    sample_s: about how long the slower server's samples shall take.
    Raises BenchmarkFailed or StageUnavailable when something did not work.
    """
    version = server_version(executable)
    measured: list[Comparison] = []
    with peers() as crew:
        for setup, alike in groupby(rows, lambda row: row.setup):
            with _servers(setup, executable) as (ours, theirs):
                for row in alike:
                    measured.append(_compare_row(row, ours, theirs, crew, pairs, sample_s, say))
    return Duel(f"natsim {natsim.__version__}", f"nats-server {version}", measured)


@contextmanager
def _servers(setup: Setup, executable: Path) -> Generator[tuple[Server, Server], None, None]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="natsim-")))
        flags = configuration(setup, folder)
        our_port, their_port = ReservedPort(), ReservedPort()
        commands = (
            ("natsim", our_command(our_port.number), our_port),
            ("nats-server", their_command(executable, their_port.number), their_port),
        )
        ours, theirs = (
            stack.enter_context(running(name, [*command, *flags], port, folder / f"{name}.log"))
            for name, command, port in commands
        )
        yield ours, theirs


def _compare_row(
    row: Row,
    ours: Server,
    theirs: Server,
    crew: tuple[Peer, Peer],
    pairs: int,
    sample_s: float,
    say: Callable[[str], None],
) -> Comparison:
    say(f"{row.name}: warming up")
    slower = min(_sample(row, server, crew, row.warm_up).rate for server in (ours, theirs))
    count = min(max(int(slower * sample_s), COUNT_MIN), row.count_max)
    measured: list[tuple[Sample, Sample]] = []
    for number in range(1, pairs + 1):
        say(f"{row.name}: pair {number} of {pairs}, {count:,} messages")
        measured.append((_sample(row, ours, crew, count), _sample(row, theirs, crew, count)))
    return Comparison(row, count, measured)


def _sample(row: Row, server: Server, crew: tuple[Peer, Peer], count: int) -> Sample:
    publisher, receiver = crew
    deadline_s = time.monotonic() + SAMPLE_TIMEOUT_S
    try:
        receiver.tell(row, server.port, count)
        receiver.hear(deadline_s)  # it is ready
        cpu_s = server.cpu_s()
        publisher.tell(row, server.port, count)
        sent = publisher.hear(deadline_s)
        taken = receiver.hear(deadline_s)
        cpu_after_s = server.cpu_s()
    except BenchmarkFailed as error:
        raise BenchmarkFailed(f"{row.name}: {error}{server.last_words()}") from error
    last = sent if row.shape is Shape.REQUEST else taken
    seconds = float(last["ended"]) - float(sent["began"])
    cpu_us = None
    if cpu_s is not None and cpu_after_s is not None:
        cpu_us = (cpu_after_s - cpu_s) / count * 1e6
    return Sample(count / seconds, cpu_us)
