"""What a server takes before it does anything: time to start, memory, memory for idle connections.

Laws of the file: every sample is a fresh process, and samples alternate, ours, theirs; less is
better; a ratio is ours to theirs.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import natsim
from natsim.harness.file_limit import raise_file_limit
from natsim.harness.stage.executable import server_version
from natsim.harness.stage.ports import ReservedPort

from .failed import BenchmarkFailed
from .peer import Miscount, connect
from .processes import Server, our_command, running, their_command

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

READY = b"Server is ready"
READY_LINES_MAX = 100

CONNECTIONS = 4_000
SETTLE_S = 1.0
"""How long a server is left alone before its memory is read."""

Command = Callable[[int], list[str]]
"""Makes the command line of a server for a port."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that is measured.

    measure: takes one sample of a server; of so many connections, where it has any.
    target: what ours may come to at most.
    """

    name: str
    unit: str
    measure: Callable[[Command, int], float]
    target: float | None = None


@dataclass(frozen=True, slots=True)
class Weighing:
    """One row, measured. pairs: (ours, theirs), in order."""

    row: Row
    pairs: list[tuple[float, float]]

    @property
    def ours(self) -> float:
        """The median of ours."""
        return median(ours for ours, _ in self.pairs)

    @property
    def theirs(self) -> float:
        """The median of theirs."""
        return median(theirs for _, theirs in self.pairs)

    @property
    def ratios(self) -> list[float]:
        """Ours to theirs, of each pair."""
        return [ours / theirs for ours, theirs in self.pairs]

    @property
    def is_met(self) -> bool | None:
        """Whether the target is met, None where there is none."""
        return None if self.row.target is None else self.ours <= self.row.target


@dataclass(frozen=True, slots=True)
class Footprint:
    """All rows. ours, theirs: name and version of each server."""

    ours: str
    theirs: str
    rows: list[Weighing]


def weigh(
    executable: Path,
    rows: Sequence[Row],
    *,
    pairs: int,
    connections: int,
    say: Callable[[str], None],
) -> Footprint:
    """Measure rows on our broker and on a nats-server.

    Raises BenchmarkFailed or StageUnavailable when something did not work.
    """
    raise_file_limit()

    def theirs(port: int) -> list[str]:
        return their_command(executable, port)

    weighed: list[Weighing] = []
    for row in rows:
        taken: list[tuple[float, float]] = []
        for number in range(1, pairs + 1):
            say(f"{row.name}: pair {number} of {pairs}")
            taken.append((row.measure(our_command, connections), row.measure(theirs, connections)))
        weighed.append(Weighing(row, taken))
    version = server_version(executable)
    return Footprint(f"natsim {natsim.__version__}", f"nats-server {version}", weighed)


def start_up(command: Command, _: int) -> float:
    """Start a server: milliseconds until its log says that it is ready."""
    port = ReservedPort()
    began = time.perf_counter()
    try:
        with subprocess.Popen(
            command(port.number), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as process:
            assert process.stderr is not None
            try:
                for _ in range(READY_LINES_MAX):
                    if READY in process.stderr.readline():
                        return (time.perf_counter() - began) * 1_000
            finally:
                process.kill()
    finally:
        port.release()
    raise BenchmarkFailed(f"{command(port.number)[0]} did not say {READY.decode()!r}")


def at_rest(command: Command, _: int) -> float:
    """Leave a server alone: MB of memory."""
    with _alone(command) as server:
        time.sleep(SETTLE_S)
        return _memory_bytes(server) / 1e6


def idle_connection(command: Command, count: int) -> float:
    """Connect and do nothing: bytes of a server's memory for one connection."""
    with _alone(command) as server, ExitStack() as stack:
        time.sleep(SETTLE_S)
        before = _memory_bytes(server)
        try:
            for _ in range(count):
                stack.enter_context(connect(server.port))
        except (OSError, Miscount) as error:
            raise BenchmarkFailed(f"{error}{server.last_words()}") from error
        time.sleep(SETTLE_S)
        return (_memory_bytes(server) - before) / count


ROWS = {
    row.name: row
    for row in (
        Row(name="start-up", unit="ms to ready", measure=start_up, target=500),
        Row(name="memory at rest", unit="MB", measure=at_rest),
        Row(name="idle connection", unit="bytes each", measure=idle_connection),
    )
}


@contextmanager
def _alone(command: Command) -> Generator[Server, None, None]:
    with TemporaryDirectory(prefix="natsim-") as folder:
        port = ReservedPort()
        with running("server", command(port.number), port, Path(folder) / "server.log") as server:
            yield server


def _memory_bytes(server: Server) -> int:
    taken = server.memory_bytes()
    if taken is None:
        raise BenchmarkFailed("this system does not tell the memory of a process")
    return taken
