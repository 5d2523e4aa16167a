"""The servers of a stage of processes.

Laws of the file: faults on one server wait for each other; what a fault achieved is what the
operating system shows; after `destroy` no process is left.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from .base import StageError, StageUnavailable
from .launch import server_command, server_config
from .nest import Nest
from .ports import ReservedPort
from .process import ProcessState, ServerProcess

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from natsim.harness.plan.plan import Kill, Pause, ServerPlan

    from .base import Achieved

STARTS_MAX = 5
"""How many ports are tried, where another program can take one before our server does."""

_PORT_TAKEN = "address already in use"


class Servers:
    """The processes, and the faults done to them.

    executable: a nats-server; None for our own broker. logs: where the log of n1 is `n1.log`.
    """

    def __init__(self, plans: Sequence[ServerPlan], executable: Path | None, logs: Path) -> None:
        self._plans = {plan.name: plan for plan in plans}
        self._executable = executable
        self._logs = logs
        self._configs: TemporaryDirectory[str] | None = None
        self._ports: dict[str, ReservedPort] = {}
        self._processes: dict[str, ServerProcess] = {}
        self._locks = {name: asyncio.Lock() for name in self._plans}
        self._down = Nest()
        self._paused = Nest()
        self._pauses: dict[str, str] = {}  # by the fault's id, what it holds

    @property
    def ports(self) -> Mapping[str, int]:
        """The real port of each server, which no client is told."""
        return {name: process.port for name, process in self._processes.items()}

    def __contains__(self, name: str) -> bool:
        return name in self._plans

    def pid(self, name: str) -> int:
        """Give the process id of a server."""
        return self._processes[name].pid

    def steady(self) -> list[str]:
        """List the servers that are not just being started."""
        return [
            name
            for name, process in self._processes.items()
            if process.state is not ProcessState.STARTING
        ]

    async def start(self) -> None:
        """Start all; return when each of them answers. Raises StageUnavailable."""
        self._configs = TemporaryDirectory(prefix="natsim-")
        started = await asyncio.gather(
            *(self._start(plan) for plan in self._plans.values()), return_exceptions=True
        )
        for error in started:
            if error is not None:
                raise error

    async def stop(self) -> None:
        """End all gracefully, by force what takes too long."""
        await asyncio.gather(*(process.stop() for process in self._processes.values()))
        self.destroy()

    def destroy(self) -> None:
        """End all now."""
        for process in self._processes.values():
            process.destroy()
        for port in self._ports.values():
            port.release()
        if self._configs is not None:
            with suppress(OSError):
                self._configs.cleanup()
            self._configs = None

    def check(self) -> None:
        """Raise StageError if a server ended by itself."""
        for process in self._processes.values():
            process.check()

    # Faults.

    async def kill(self, fault: Kill) -> Achieved:
        """End a server's process at once, if it is not dead already."""
        async with self._locks[fault.target]:
            process = self._processes[fault.target]
            achieved: dict[str, int | str] = {}
            if self._down.enter(fault.target):
                achieved["exit_status"] = await process.kill()
            return {**achieved, **_seen(process)}

    async def restart(self, fault: Kill) -> Achieved:
        """Start a server again, under the same port, when no other kill holds it down."""
        async with self._locks[fault.target]:
            process = self._processes[fault.target]
            if self._down.leave(fault.target):
                try:
                    await process.start()
                except StageUnavailable as error:
                    raise StageError(f"the restart failed: {error}") from error
            return _seen(process)

    async def pause(self, fault: Pause) -> Achieved:
        """Stop a server's process, if it is not dead."""
        async with self._locks[fault.target]:
            process = self._processes[fault.target]
            achieved: dict[str, int | str] = {}
            if process.state is not ProcessState.DEAD:
                key = self._pauses[fault.id] = _incarnation(process)
                if self._paused.enter(key):
                    achieved["state"] = await process.pause()
            return {**achieved, **_seen(process)}

    async def resume(self, fault: Pause) -> Achieved:
        """Let a server's process run on, when no other pause holds it."""
        async with self._locks[fault.target]:
            process = self._processes[fault.target]
            achieved: dict[str, int | str] = {}
            key = self._pauses.pop(fault.id, None)
            if key is not None and self._paused.leave(key):
                # A process that was killed took its pauses with it: those of the next are its own.
                is_alive = process.state is not ProcessState.DEAD
                if is_alive and key == _incarnation(process):
                    achieved["state"] = await process.resume()
            return {**achieved, **_seen(process)}

    async def _start(self, plan: ServerPlan) -> None:
        for attempt in range(1, STARTS_MAX + 1):
            try:
                port = self._ports[plan.name] = ReservedPort()
            except OSError as error:
                raise StageUnavailable(f"there is no free port: {error.strerror}") from error
            process = self._processes[plan.name] = ServerProcess(
                plan.name,
                self.command(plan, port.number),
                port.number,
                self._logs / f"{plan.name}.log",
            )
            try:
                await process.start()
            except StageUnavailable as error:
                port.release()
                if _PORT_TAKEN not in str(error) or attempt == STARTS_MAX:
                    raise
            else:
                return

    def command(self, plan: ServerPlan, port: int) -> list[str]:
        """Make the command line of a server."""
        assert self._configs is not None
        config = Path(self._configs.name) / f"{plan.name}.conf"
        config.write_text(server_config(plan, port), encoding="utf-8")
        return server_command(self._executable, config)


def _incarnation(process: ServerProcess) -> str:
    return f"{process.name}#{process.incarnation}"


def _seen(process: ServerProcess) -> dict[str, int | str]:
    return {"process": process.state.value, "incarnation": process.incarnation}
