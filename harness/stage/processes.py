"""The stages `tcp` and `nats-server`: servers as processes, each client's wire a proxy.

Law of the file: whatever happens, no server outlives `run`.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

import natsim
from natsim.harness.file_limit import raise_file_limit
from natsim.harness.plan.plan import Kill, Partition, Pause, SlowLink

from .base import StageError, StageName
from .executable import server_version
from .servers import Servers
from .wires import Wires

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from pathlib import Path

    from natsim.harness.plan.plan import Fault, Plan

    from .base import Achieved

T = TypeVar("T")

WATCH_S = 0.1
"""How often the stage looks whether its servers live."""

CUTS_EVERY = 5
"""At how many of these looks it also asks the kernel whether its cuts hold, which takes 6 ms."""


class ProcessStage:
    """Servers on this machine, and a proxy for each pair of a client and a server.

    executable: a nats-server; None for our own broker. logs: an existing directory; the log of
    server n1 is `n1.log` there. Raises StageUnavailable when the executable is no nats-server.
    """

    name: StageName

    def __init__(self, plan: Plan, executable: Path | None, logs: Path) -> None:
        self.name = StageName.TCP if executable is None else StageName.NATS_SERVER
        self._software = _software(executable)
        self._start_ns = time.monotonic_ns()
        self.servers = Servers(plan.servers, executable, logs)
        self.wires = Wires(plan, self._fail)
        self._watcher: asyncio.Task[None] | None = None
        self._work: set[asyncio.Task[Any]] = set()
        self._main: asyncio.Task[Any] | None = None
        self._failure: StageError | None = None

    def refusals(self, plan: Plan) -> list[str]:
        """Say what of a plan this stage cannot do."""
        return refusals(plan)

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine to its end, in real time; all servers are stopped then.

        Raises StageError when a server died by itself or a cut leaked: main is cancelled for it.
        """
        try:
            with asyncio.Runner() as runner:
                return runner.run(self._guard(main))
        finally:
            # A second Ctrl-C may have cut even the stopping short.
            self.servers.destroy()

    def now_ns(self) -> int:
        """Tell the true time since the stage was made."""
        return time.monotonic_ns() - self._start_ns

    async def start(self) -> None:
        """Start all servers, open all proxies; return when each server answers."""
        raise_file_limit()
        try:
            await self.servers.start()
            self.wires.open(self.servers.ports)
        except BaseException:
            await self.stop()
            raise
        self._watcher = asyncio.get_running_loop().create_task(self._watch())

    async def stop(self) -> None:
        """Stop all servers and proxies."""
        if self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None
        try:
            await self.servers.stop()
        finally:
            self.wires.close()

    def url(self, client: str, server: str) -> str:
        """Tell a client where its proxy to a server is."""
        return self.wires.url(client, server)

    def spawn(self, client: str, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Run work as a task of the one loop there is."""
        task = asyncio.get_running_loop().create_task(work, name=client)
        self._work.add(task)  # the loop itself holds tasks weakly
        task.add_done_callback(self._work.discard)
        return task

    async def begin(self, fault: Fault) -> Achieved:
        """Let a fault take hold."""
        self._check()
        match fault:
            case Partition():
                achieved = self.wires.cut(fault)
                self._check_cuts()
                return achieved
            case Kill():
                connections = self.wires.connections_to(fault.target)
                return {"connections": connections, **await self.servers.kill(fault)}
            case Pause():
                connections = self.wires.connections_to(fault.target)
                return {"connections": connections, **await self.servers.pause(fault)}
            case SlowLink():
                return self.wires.slow(fault)
            case _:
                assert_never(fault)

    async def end(self, fault: Fault) -> Achieved:
        """Undo a fault."""
        self._check()
        match fault:
            case Partition():
                self._check_cuts()
                return self.wires.heal(fault)
            case Kill():
                return await self.servers.restart(fault)
            case Pause():
                return await self.servers.resume(fault)
            case SlowLink():
                return self.wires.unslow(fault)
            case _:
                assert_never(fault)

    def digests(self) -> Mapping[str, str]:
        """Give none: time is real."""
        return {}

    def versions(self) -> Mapping[str, str]:
        """Name the servers' software."""
        return {"server": self._software}

    async def _guard(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        self._main = asyncio.current_task()
        try:
            result = await main()
        except asyncio.CancelledError:
            self._check()
            raise
        finally:
            self._main = None
            await self.stop()
        self._check()
        return result

    async def _watch(self) -> None:
        for look in itertools.count(1):
            await asyncio.sleep(WATCH_S)
            try:
                self.servers.check()
                if look % CUTS_EVERY == 0:
                    self._check_cuts()
            except StageError as error:
                self._fail(error)
                return
            except OSError as error:
                self._fail(
                    StageError(f"the stage cannot look at its own sockets: {error.strerror}")
                )
                return

    def _check_cuts(self) -> None:
        # A server that starts is asked directly whether it answers: that is no leak.
        self.wires.check(self.servers.steady())

    def _fail(self, error: StageError) -> None:
        if self._failure is None:
            self._failure = error
            if self._main is not None:
                self._main.cancel()

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure


def _software(executable: Path | None) -> str:
    if executable is None:
        return f"natsim {natsim.__version__}"
    return f"nats-server {server_version(executable)}"


def refusals(plan: Plan) -> list[str]:
    """Say what of a plan processes on this machine cannot do, a sentence each."""
    servers = {server.name for server in plan.servers}
    refused: list[str] = []
    for fault in plan.faults:
        match fault:
            case Kill() | Pause() if fault.target not in servers:
                refused.append(
                    f"fault {fault.id}: {fault.kind} names {fault.target}, and clients live "
                    "in natsim's own process on this stage; use --on sim"
                )
            case SlowLink() if len(servers.intersection(fault.ends)) != 1:
                one, other = fault.ends
                refused.append(
                    f"fault {fault.id}: slow-link names {one} and {other}, and there is a "
                    "wire only between a client and a server; name one of each"
                )
            case _:
                pass
    return refused
