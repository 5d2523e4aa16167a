"""A server as a child process.

Laws of the file: a process that ends without being told to is a StageError; what the operating
system shows is what is reported, never what was asked of it; after `destroy` nothing is left.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from .base import StageError, StageUnavailable
from .launch import leashed
from .ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

READY_S = 10.0
"""How long a server may take until it answers."""

STOP_S = 5.0
"""How long a server that was told to end may take; then it is killed."""

SIGNAL_S = 2.0
"""How long the kernel may take to show what a signal did."""

_ATTEMPT_S = 1.0
_TICK_S = 0.005
_TAIL_LINES = 5
_TAIL_BYTES = 8192
_GREETING_BYTES_MAX = 65_536


class ProcessState(Enum):
    """What a server's process does."""

    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    DEAD = "dead"


class ServerProcess:
    """One server, started again under the same port and command.

    name: of the server, for messages. command: what runs it. log: gets what it writes, appended.
    incarnation: counts its processes from 1.
    """

    def __init__(self, name: str, command: Sequence[str], port: int, log: Path) -> None:
        self.name = name
        self.port = port
        self.log = log
        self.incarnation = 0
        self.state = ProcessState.DEAD
        self._command = list(command)
        self._process: subprocess.Popen[bytes] | None = None
        self._log_start = 0

    @property
    def pid(self) -> int:
        """The process id of the incarnation in hand, 0 before the first."""
        return self._process.pid if self._process is not None else 0

    async def start(self) -> None:
        """Start it; return when it answers.

        Raises StageUnavailable when it dies or does not answer in READY_S.
        """
        self._spawn()
        try:
            async with asyncio.timeout(READY_S):
                while not await self._answers():
                    await asyncio.sleep(_TICK_S)
        except TimeoutError:
            self.destroy()
            raise StageUnavailable(
                f"{self.name} did not answer on {LOOPBACK}:{self.port} in {READY_S:.0f} s"
                f"{self.last_words()}"
            ) from None
        except BaseException:
            self.destroy()
            raise
        self.state = ProcessState.RUNNING

    def _spawn(self) -> None:
        # Others on this machine have no business in the logs of a run.
        descriptor = os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._log_start = os.fstat(descriptor).st_size
            self._process = subprocess.Popen(
                leashed(self._command),
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                # A group of its own: Ctrl-C in the terminal is for natsim, which stops its servers.
                process_group=0,
            )
        except OSError as error:
            raise StageUnavailable(f"{self._command[0]} cannot be run: {error.strerror}") from error
        finally:
            os.close(descriptor)
        self.incarnation += 1
        self.state = ProcessState.STARTING

    async def _answers(self) -> bool:
        status = self.exit_status()
        if status is not None:
            raise StageUnavailable(
                f"{self.name} {_ended(status)} before it answered{self.last_words()}"
            )
        try:
            async with asyncio.timeout(_ATTEMPT_S):
                return (await _greeting(self.port)).startswith(b"INFO ")
        except (OSError, TimeoutError):
            return False

    def exit_status(self) -> int | None:
        """Tell how the process ended, None while it runs; -9 for SIGKILL."""
        return self._process.poll() if self._process is not None else None

    def check(self) -> None:
        """Raise StageError if the process ended, and nobody here ended it."""
        if self.state in (ProcessState.STARTING, ProcessState.DEAD):
            return
        status = self.exit_status()
        if status is not None:
            self.state = ProcessState.DEAD
            raise StageError(
                f"{self.name} {_ended(status)}, and no fault asked for it{self.last_words()}"
            )

    async def kill(self) -> int:
        """End it at once; give its exit status.

        Raises StageError when it had ended before, or for another reason.
        """
        self.check()
        self.state = ProcessState.DEAD
        os.kill(self.pid, signal.SIGKILL)
        status = await self._ended_within(SIGNAL_S)
        if status is None or status != -signal.SIGKILL:
            ended = "lives on" if status is None else _ended(status)
            raise StageError(f"{self.name} was sent SIGKILL and {ended}{self.last_words()}")
        return status

    async def pause(self) -> str:
        """Stop it running; give the letter the kernel has for that, `T`."""
        self.check()
        os.kill(self.pid, signal.SIGSTOP)
        self.state = ProcessState.PAUSED
        return await self._shows("SIGSTOP", lambda letter: letter == "T")

    async def resume(self) -> str:
        """Let it run on; give the letter the kernel has for what it does, mostly `S`."""
        self.check()
        os.kill(self.pid, signal.SIGCONT)
        self.state = ProcessState.RUNNING
        return await self._shows("SIGCONT", lambda letter: letter != "T")

    async def stop(self) -> None:
        """End it gracefully, by force when it takes too long; nothing is left of it."""
        if self.state is not ProcessState.DEAD and self.exit_status() is None:
            if self.state is ProcessState.PAUSED:
                os.kill(self.pid, signal.SIGCONT)
            self.state = ProcessState.DEAD
            os.kill(self.pid, signal.SIGTERM)
            await self._ended_within(STOP_S)
        self.destroy()

    def destroy(self) -> None:
        """End it now, whatever it does; it is reaped when this returns."""
        self.state = ProcessState.DEAD
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def last_words(self) -> str:
        """Quote the end of what this incarnation wrote, for a message."""
        with self.log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(self._log_start, size - _TAIL_BYTES))
            lines = log.read().decode("utf-8", "backslashreplace").splitlines()
        if not lines:
            return f"; it wrote nothing to {self.log}"
        return "".join(f"\n  {line}" for line in [f"its log, {self.log}:", *lines[-_TAIL_LINES:]])

    async def _ended_within(self, seconds: float) -> int | None:
        deadline = asyncio.get_running_loop().time() + seconds
        while (status := self.exit_status()) is None:
            if asyncio.get_running_loop().time() > deadline:
                return None
            await asyncio.sleep(_TICK_S)
        return status

    async def _shows(self, sent: str, is_right: Callable[[str], bool]) -> str:
        deadline = asyncio.get_running_loop().time() + SIGNAL_S
        while True:
            letter = _state_letter(self.pid)
            if letter is None:
                # No /proc: that the signal could be sent is all there is to see.
                return "unknown"
            if is_right(letter):
                return letter
            if asyncio.get_running_loop().time() > deadline:
                raise StageError(f"{self.name} was sent {sent} and its process state is {letter}")
            await asyncio.sleep(_TICK_S)


def _state_letter(pid: int) -> str | None:
    """Read a process's state as the kernel names it: R, S, T, Z; None where there is no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name in brackets before it may hold anything.
    return stat.rpartition(")")[2].split()[0]


def _ended(status: int) -> str:
    if status < 0:
        return f"was ended by signal {-status} ({signal.strsignal(-status)})"
    return f"exited with status {status}"


async def _greeting(port: int) -> bytes:
    """Connect and read the first line of whoever listens; empty when it says nothing."""
    loop = asyncio.get_running_loop()
    with socket.socket() as probe:
        probe.setblocking(False)
        await loop.sock_connect(probe, (LOOPBACK, port))
        line = b""
        while b"\n" not in line and len(line) < _GREETING_BYTES_MAX:
            data = await loop.sock_recv(probe, 4096)
            if not data:
                break
            line += data
        return line
