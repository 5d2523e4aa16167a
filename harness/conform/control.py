"""What cases may do to a server that natsim started."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

from natsim.conformance.failure import Failed, Skipped
from natsim.conformance.house import furnished
from natsim.harness.stage.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

STOP_S = 15.0
END_S = 5.0
ANSWER_S = 5.0
ANSWER_BYTES_MAX = 16 * 2**20


class ProcessControl:
    """Starts a process, tells it by signals, and asks its monitoring port.

    launch: starts it, and waits until it listens. directory: the server's files. head: what a
    configuration text begins with.
    """

    def __init__(
        self,
        launch: Callable[[], Awaitable[asyncio.subprocess.Process]],
        directory: Path,
        head: str,
        things: Mapping[str, str],
        monitor_port: int | None,
    ) -> None:
        self.directory = directory
        self._launch = launch
        self._process: asyncio.subprocess.Process | None = None
        self._head = head
        self._things = things
        self._monitor_port = monitor_port

    async def start(self) -> None:
        """Start the process. Raises what launch raises."""
        assert self._process is None or self._process.returncode is not None
        self._process = await self._launch()

    async def reload(self, config: str) -> None:
        """Write another configuration text, and send SIGHUP."""
        text = self._head + furnished(config, self._things)
        (self.directory / "server.conf").write_text(text, encoding="utf-8")
        self._signal(signal.SIGHUP)

    async def lame_duck(self) -> None:
        """Send SIGUSR2."""
        self._signal(signal.SIGUSR2)

    async def stop(self) -> int:
        """Send SIGTERM, and wait; gives the exit code. Raises Failed if it does not end."""
        self._signal(signal.SIGTERM)
        return await self.wait()

    async def wait(self) -> int:
        """Wait for the end of the process; gives its exit code. Raises Failed if it goes on."""
        assert self._process is not None, "the server was started"
        try:
            async with asyncio.timeout(STOP_S):
                return await self._process.wait()
        except TimeoutError:
            raise Failed(f"the server has not ended within {STOP_S:.0f} s") from None

    async def monitor(self, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        """Ask the monitoring port; gives status, headers (names in lower case) and body."""
        if self._monitor_port is None:
            raise Skipped("the house has no monitoring port")
        return await ask_http(LOOPBACK, self._monitor_port, path, method)

    def log(self) -> str:
        """Give what the server wrote to its log."""
        return (self.directory / "server.log").read_text("utf-8", "replace")

    async def end(self) -> None:
        """Stop the process, by force if need be."""
        if self._process is not None:
            await end(self._process)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "the server was started"
        _send(self._process, number)


async def end(process: asyncio.subprocess.Process) -> None:
    """Stop a process, by force if need be."""
    if process.returncode is not None:
        return
    _send(process, signal.SIGTERM)  # a paused or stuck server does not hear it
    try:
        async with asyncio.timeout(END_S):
            await process.wait()
    except TimeoutError:
        _send(process, signal.SIGKILL)
        await process.wait()


def _send(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    """Signal a process that may have ended by itself.

    process.send_signal would look whether it has, and so take its exit code away from asyncio.
    """
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.kill(process.pid, number)


async def ask_http(
    host: str, port: int, path: str, method: str
) -> tuple[int, dict[str, str], bytes]:
    """Ask by HTTP/1.1; gives status, headers (names in lower case) and body. Raises Failed."""
    import h11

    link = h11.Connection(h11.CLIENT)
    request = h11.Request(
        method=method, target=path, headers=[("Host", f"{host}:{port}"), ("Connection", "close")]
    )
    headers: dict[str, str] = {}
    status, body = 0, b""
    try:
        async with asyncio.timeout(ANSWER_S):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write((link.send(request) or b"") + (link.send(h11.EndOfMessage()) or b""))
                while True:
                    event = link.next_event()
                    if event is h11.NEED_DATA:
                        link.receive_data(await reader.read(65_536))
                    elif isinstance(event, h11.Response):
                        status = event.status_code
                        headers = {name.decode(): text.decode() for name, text in event.headers}
                    elif isinstance(event, h11.Data):
                        body += event.data
                        if len(body) > ANSWER_BYTES_MAX:
                            raise Failed(f"{path} gives more than {ANSWER_BYTES_MAX} bytes")
                    elif isinstance(event, h11.EndOfMessage):
                        return status, headers, body
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError, h11.ProtocolError) as error:
        raise Failed(f"{path} is not answered: {error!r}") from error
