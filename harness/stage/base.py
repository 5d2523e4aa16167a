"""What every stage can do."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping

    from natsim.harness.history.entry import Json
    from natsim.harness.plan.plan import Fault, Plan

T = TypeVar("T")

Achieved: TypeAlias = "Mapping[str, Json]"
"""What a fault did, as the stage saw it: sockets cut, exit status, process state."""


class StageName(StrEnum):
    """The stages there are."""

    SIM = "sim"
    TCP = "tcp"
    NATS_SERVER = "nats-server"


class StageError(Exception):
    """The stage did not do what was asked: a server died by itself, a cut leaked."""


class StageUnavailable(StageError):
    """The stage cannot be had at all: no server executable, no port, no answer."""


class Stage(Protocol):
    """A place where a plan is played once."""

    name: StageName

    def refusals(self, plan: Plan) -> list[str]:
        """Say what of a plan this stage cannot do, a sentence each, with what to write instead."""
        ...

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine to its end: in virtual time, or in real time."""
        ...

    def now_ns(self) -> int:
        """Tell the true time since the run began."""
        ...

    async def start(self) -> None:
        """Start all servers; return when each of them answers. Raises StageUnavailable."""
        ...

    async def stop(self) -> None:
        """Stop all servers. Never raises; may be called twice."""
        ...

    def url(self, client: str, server: str) -> str:
        """Tell a client where it reaches a server, `nats://host:port`."""
        ...

    def spawn(self, client: str, work: Coroutine[Any, Any, T]) -> asyncio.Future[T]:
        """Run work on a client's node; the future belongs to the loop that runs main."""
        ...

    async def begin(self, fault: Fault) -> Achieved:
        """Let a fault take hold. Raises StageError when it does not."""
        ...

    async def end(self, fault: Fault) -> Achieved:
        """Undo a fault: heal, restart, resume. Raises StageError when it cannot."""
        ...

    def digests(self) -> Mapping[str, str]:
        """Give the digests of the run so far; empty where time is real."""
        ...

    def versions(self) -> Mapping[str, str]:
        """Name the servers' software: `{"server": "nats-server 2.15.1"}`."""
        ...
