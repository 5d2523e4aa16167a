"""The processes of a comparison: a server, and the peers that talk to it.

Law of the file: nothing outlives the block it was made for, however that ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from natsim.harness.stage.launch import leashed, our_server
from natsim.harness.stage.ports import LOOPBACK, ReservedPort
from natsim.harness.stage.process import ServerProcess

from .failed import BenchmarkFailed

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from .traffic import Row

ROOT = Path(__file__).parent.parent


class Server:
    """A running server."""

    def __init__(self, process: ServerProcess) -> None:
        self._process = process

    @property
    def port(self) -> int:
        """Where it listens, on loopback."""
        return self._process.port

    def cpu_s(self) -> float | None:
        """Tell the CPU time it has used on all cores; None where there is no /proc."""
        try:
            stat = Path(f"/proc/{self._process.pid}/stat").read_text()
        except OSError:
            return None
        # The name in brackets before it may hold anything; then user and system time in ticks.
        fields = stat.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_bytes(self) -> int | None:
        """Tell the memory it has in RAM; None where there is no /proc."""
        try:
            pages = Path(f"/proc/{self._process.pid}/statm").read_text().split()[1]
        except OSError:
            return None
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def last_words(self) -> str:
        """Quote the end of its log."""
        return self._process.last_words()


def our_command(port: int) -> list[str]:
    """Make the command line of our broker."""
    return [*our_server(), "-a", LOOPBACK, "-p", str(port)]


def their_command(executable: Path, port: int) -> list[str]:
    """Make the command line of a nats-server, with all its defaults."""
    return [str(executable), "-a", LOOPBACK, "-p", str(port)]


@contextmanager
def running(
    name: str, command: Sequence[str], port: ReservedPort, log: Path
) -> Generator[Server, None, None]:
    """Run a server until the block ends. Raises StageUnavailable when it does not start."""
    process = ServerProcess(name, command, port.number, log)
    try:
        asyncio.run(process.start())
        yield Server(process)
    finally:
        process.destroy()
        port.release()


class Peer:
    """A client in a process of its own; see benchmarks/peer.py."""

    def __init__(self, role: str) -> None:
        self.role = role
        self._process = subprocess.Popen(
            leashed([sys.executable, "-S", "-m", "benchmarks.peer", role]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd=ROOT,
        )

    def tell(self, row: Row, port: int, count: int) -> None:
        """Give it a job."""
        job = {"row": row.name, "port": port, "count": count}
        assert self._process.stdin is not None
        self._process.stdin.write((json.dumps(job) + "\n").encode())

    def hear(self, deadline_s: float) -> dict[str, Any]:
        """Wait for its next answer, until a time of the monotonic clock.

        Raises BenchmarkFailed when there is none, or when it tells of an error.
        """
        out = self._process.stdout
        assert out is not None
        wait_s = max(deadline_s - time.monotonic(), 0.0)
        if not select.select([out], [], [], wait_s)[0]:
            raise BenchmarkFailed(f"the {self.role} did not finish in time")
        line = out.readline()
        if not line:
            raise BenchmarkFailed(f"the {self.role} died")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise BenchmarkFailed(str(answer["error"]))
        return answer

    def end(self) -> None:
        """End it now."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()


@contextmanager
def peers() -> Generator[tuple[Peer, Peer], None, None]:
    """Run a publisher and a receiver until the block ends."""
    publisher = Peer("publisher")
    try:
        receiver = Peer("receiver")
        try:
            yield publisher, receiver
        finally:
            receiver.end()
    finally:
        publisher.end()
