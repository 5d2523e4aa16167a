"""SimLoop: an asyncio event loop of one node, in virtual time.

Laws of the file: callbacks run first in, first out, as asyncio documents; a float exists only at
asyncio's door, inside all times are whole nanoseconds, on the node's monotonic clock; a parked loop
never runs again and lets nothing die, a paused one keeps what is due until it is resumed.
"""

from __future__ import annotations

import asyncio
import socket
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any, TypeVar

from .errors import NotSimulated

if TYPE_CHECKING:
    from .clock import Action, Clock
    from .node import Node
    from .node_clock import NodeClock
    from .world import World

SECOND_NS = 1_000_000_000

T = TypeVar("T")
ExceptionHandler = Callable[[asyncio.AbstractEventLoop, dict[str, Any]], object]


class SimHandle(asyncio.Handle):
    """A callback that is ready to run."""

    __slots__ = ()

    def __init__(
        self,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        loop: SimLoop,
        context: Context | None,
    ) -> None:
        # Not Handle.__init__: it asks the loop for its debug mode each time.
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = copy_context() if context is None else context
        self._cancelled = False
        self._source_traceback = None
        self._repr = None


class SimTimerHandle(asyncio.TimerHandle):
    """A callback that will be ready at a time. at_ns: on the node's monotonic clock."""

    __slots__ = ("at_ns",)

    def __init__(
        self,
        at_ns: int,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        loop: SimLoop,
        context: Context | None,
    ) -> None:
        self.at_ns = at_ns
        self._when = at_ns / SECOND_NS
        self._scheduled = True
        self._callback = callback
        self._args = args
        self._loop = loop
        self._context = copy_context() if context is None else context
        self._cancelled = False
        self._source_traceback = None
        self._repr = None

    def is_of(self, loop: SimLoop) -> bool:
        """Tell whether it is a loop's."""
        return self._loop is loop

    def due(self) -> None:
        """Become ready, unless cancelled."""
        if not self._cancelled:
            self._loop.make_ready(self)


class SimLoop(asyncio.AbstractEventLoop):
    """The event loop of one incarnation of one node.

    A node that is killed and started again gets a new loop; the old one stays parked in the world.
    """

    def __init__(self, world: World, node: Node) -> None:
        self.world = world
        self.node = node
        self.is_parked = False
        self.is_paused = False
        self._clock = self._read_clock()
        self._ready: deque[asyncio.Handle] = deque()
        self._is_awake = False
        self._is_running = False
        self._task_count = 0
        self.tasks_kept: tuple[asyncio.Task[Any], ...] = ()
        self._exception_handler: ExceptionHandler | None = None
        self.failures: list[dict[str, Any]] = []

    # Running: called by the world only.

    def run_ready(self) -> int:
        """Run what was ready when this was called; give how many callbacks ran."""
        ready = self._ready
        count = len(ready)
        before = events._get_running_loop()  # noqa: SLF001
        # asyncio's own loops set the running loop the same way; there is no public one.
        events._set_running_loop(self)  # noqa: SLF001
        self._is_running = True
        try:
            for _ in range(count):
                handle = ready.popleft()
                if handle._cancelled:  # noqa: SLF001
                    continue
                self._run(handle)
                if self.is_parked:
                    break
        finally:
            self._is_running = False
            events._set_running_loop(before)  # noqa: SLF001
        return count

    def rest(self) -> bool:
        """Go to sleep when nothing is ready; tell whether it did."""
        self._is_awake = bool(self._ready) and not (self.is_paused or self.is_parked)
        return not self._is_awake

    def make_ready(self, handle: asyncio.Handle) -> None:
        """Queue a handle and let the world know."""
        self._ready.append(handle)
        if not self._is_awake and not (self.is_paused or self.is_parked):
            self._is_awake = True
            self.world.wake(self)

    def pause(self) -> None:
        """Run nothing until resumed; what becomes due waits."""
        self.is_paused = True

    def resume(self) -> None:
        """Run again, first of all what became due meanwhile."""
        self.is_paused = False
        if self._ready and not self._is_awake:
            self._is_awake = True
            self.world.wake(self)

    def park(self) -> None:
        """Never run again. Keeps every task alive, so that no `finally` of theirs runs."""
        self.is_parked = True
        self.tasks_kept = tuple(asyncio.all_tasks(self))
        self.world.keep(self)

    def retime(self) -> None:
        """Go by the node's clock as it goes now; timers that wait come due by its new rate."""
        self._clock = self._read_clock()
        self.world.clock.retime(self._true_time_of)

    def _read_clock(self) -> Clock | NodeClock:
        return self.node.clock.monotonic

    def _true_time_of(self, action: Action) -> int | None:
        timer: object = getattr(action, "__self__", None)
        if isinstance(timer, SimTimerHandle) and timer.is_of(self):
            return self.node.clock.true_ns(timer.at_ns)
        return None

    def _run(self, handle: asyncio.Handle) -> None:
        try:
            # asyncio.Handle._run would do the same, one call deeper; typeshed hides its fields.
            handle._context.run(handle._callback, *handle._args)  # type: ignore[attr-defined]  # noqa: SLF001
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self.call_exception_handler(
                {"message": f"exception in {handle!r}", "exception": error, "handle": handle}
            )

    # Time and callbacks.

    def time(self) -> float:
        return self._clock.now_ns / SECOND_NS

    def call_soon(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        handle = SimHandle(callback, args, self, context)
        self.make_ready(handle)
        return handle

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        # There are no threads in a world: whoever calls runs in a step of some node.
        return self.call_soon(callback, *args, context=context)

    def call_later(  # type: ignore[override]
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        return self._call_at_ns(
            self._clock.now_ns + round(delay * SECOND_NS), callback, args, context
        )

    def call_at(  # type: ignore[override]
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        return self._call_at_ns(round(when * SECOND_NS), callback, args, context)

    def _call_at_ns(
        self,
        at_ns: int,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        context: Context | None,
    ) -> asyncio.TimerHandle:
        handle = SimTimerHandle(at_ns, callback, args, self, context)
        self._clock.call_at(at_ns, handle.due)
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Do nothing: a cancelled timer is passed over when it comes due."""

    # Futures and tasks.

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(  # type: ignore[override]
        self,
        coro: Coroutine[Any, Any, T],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[T]:
        self._task_count += 1
        # asyncio's own names count over the whole process: they would differ from run to run.
        named = name or f"{self.node.name}/{self._task_count}"
        return asyncio.Task(coro, loop=self, name=named, context=context)

    def run_in_executor(  # type: ignore[override]
        self, executor: object, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run a function at a step of its own, in this thread: a world has no others."""
        future: asyncio.Future[T] = self.create_future()

        def run() -> None:
            if future.cancelled():
                return
            try:
                future.set_result(func(*args))
            except Exception as error:
                future.set_exception(error)

        self.call_soon(run)
        return future

    def get_task_factory(self) -> None:
        return None

    def set_task_factory(self, factory: object) -> None:
        raise NotSimulated("natsim does not simulate task factories")

    # Running, as asyncio's helpers ask for it.

    def is_running(self) -> bool:
        return self._is_running

    def is_closed(self) -> bool:
        return self.is_parked

    def close(self) -> None:
        """Do nothing: a loop lives as long as its world."""

    def stop(self) -> None:
        raise NotSimulated("a SimLoop runs as long as its world does; there is nothing to stop")

    def run_forever(self) -> None:
        raise NotSimulated("use World.run_until: it runs all nodes together")

    def run_until_complete(self, future: Any) -> Any:
        raise NotSimulated("use World.run: it runs all nodes together")

    async def shutdown_asyncgens(self) -> None:
        """Do nothing: generators live as long as the world."""

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:
        """Do nothing: there are no threads."""

    def get_debug(self) -> bool:
        return False

    def set_debug(self, enabled: bool) -> None:
        """Do nothing: asyncio's debug mode reads the real clock."""

    # Errors.

    def get_exception_handler(self) -> ExceptionHandler | None:
        return self._exception_handler

    def set_exception_handler(self, handler: ExceptionHandler | None) -> None:
        self._exception_handler = handler

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        self.failures.append(context)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        if self.is_parked:
            return
        if self._exception_handler is None:
            self.default_exception_handler(context)
        else:
            self._exception_handler(self, context)

    # The network.

    async def getaddrinfo(
        self,
        host: bytes | str | None,
        port: bytes | str | int | None,
        *,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> list[tuple[Any, ...]]:
        address = self.world.network.resolve(_text(host))
        return [
            (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, int(port or 0)))
        ]

    async def getnameinfo(self, sockaddr: Any, flags: int = 0) -> tuple[str, str]:
        return self.world.network.name_of(str(sockaddr[0])), str(sockaddr[1])

    async def create_connection(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        host: str | None = None,
        port: int | None = None,
        *,
        ssl: object = None,
        sock: object = None,
        **_: object,
    ) -> tuple[asyncio.Transport, asyncio.BaseProtocol]:
        _refuse_if(ssl, "TLS in create_connection")
        _refuse_if(sock, "sockets made elsewhere")
        if host is None or port is None:
            raise ValueError("host and port must be given")
        transport = await self.node.connect(host, int(port))
        return transport, transport.open(protocol_factory())

    async def create_server(  # type: ignore[override]
        self,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        host: str | None = None,
        port: int | None = None,
        *,
        ssl: object = None,
        sock: object = None,
        backlog: int = 100,
        start_serving: bool = True,
        **_: object,
    ) -> asyncio.AbstractServer:
        _refuse_if(ssl, "TLS in create_server")
        _refuse_if(sock, "sockets made elsewhere")
        server = self.node.listen(protocol_factory, int(port or 0), backlog)
        if start_serving:
            await server.start_serving()
        return server


def _refuse_if(value: object, what: str) -> None:
    if value:
        raise NotSimulated(f"natsim does not simulate {what}; use --on tcp or nats-server")


_ABSENT = {
    "file descriptors": ("add_reader", "remove_reader", "add_writer", "remove_writer"),
    "sockets of the operating system": (
        "sock_accept",
        "sock_connect",
        "sock_recv",
        "sock_recv_into",
        "sock_recvfrom",
        "sock_recvfrom_into",
        "sock_sendall",
        "sock_sendfile",
        "sock_sendto",
        "connect_accepted_socket",
        "sendfile",
    ),
    "signals": ("add_signal_handler", "remove_signal_handler"),
    "pipes": ("connect_read_pipe", "connect_write_pipe"),
    "subprocesses": ("subprocess_exec", "subprocess_shell"),
    "datagrams": ("create_datagram_endpoint",),
    "UNIX sockets": ("create_unix_connection", "create_unix_server"),
    "TLS": ("start_tls",),
    "executors": ("set_default_executor",),
}


def _absent(what: str) -> Callable[..., None]:
    def refuse(*_: object, **__: object) -> None:
        _refuse_if(True, what)

    return refuse


for _what, _names in _ABSENT.items():
    for _name in _names:
        setattr(SimLoop, _name, _absent(_what))


def _text(host: bytes | str | None) -> str:
    return host.decode() if isinstance(host, bytes) else host or "localhost"
