"""What cases may do to a server that natsim started."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from natsim.conformance.failure import Failed, Skipped
from natsim.conformance.house import furnished
from natsim.harness.stage.ports import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

STOP_S = 15.0
ANSWER_S = 5.0
ANSWER_BYTES_MAX = 16 * 2**20


class ProcessControl:
    """Tells a process by signals, and asks its monitoring port.

    directory: the server's files.
    """

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        directory: Path,
        head: str,
        things: Mapping[str, str],
        monitor_port: int | None,
    ) -> None:
        self.directory = directory
        self._process = process
        self._head = head
        self._things = things
        self._monitor_port = monitor_port

    async def reload(self, config: str) -> None:
        """Write another configuration text, and send SIGHUP."""
        text = self._head + furnished(config, self._things)
        (self.directory / "server.conf").write_text(text, encoding="utf-8")
        self._process.send_signal(signal.SIGHUP)

    async def lame_duck(self) -> None:
        """Send SIGUSR2."""
        self._process.send_signal(signal.SIGUSR2)

    async def stop(self) -> None:
        """Send SIGTERM, and wait. Raises Failed if it does not end."""
        self._process.send_signal(signal.SIGTERM)
        await self.wait()

    async def wait(self) -> int:
        """Wait for the end of the process; gives its exit code. Raises Failed if it goes on."""
        try:
            async with asyncio.timeout(STOP_S):
                return await self._process.wait()
        except TimeoutError:
            raise Failed(f"the server has not ended within {STOP_S:.0f} s") from None

    async def monitor(self, path: str) -> tuple[int, dict[str, str], bytes]:
        """Ask the monitoring port by GET; gives status, headers (names in lower case) and body."""
        if self._monitor_port is None:
            raise Skipped("the house has no monitoring port")
        return await http_get(LOOPBACK, self._monitor_port, path)

    def log(self) -> str:
        """Give what the server wrote to its log."""
        return (self.directory / "server.log").read_text("utf-8", "replace")


async def http_get(host: str, port: int, path: str) -> tuple[int, dict[str, str], bytes]:
    """Ask by HTTP/1.1; gives status, headers (names in lower case) and body. Raises Failed."""
    import h11

    link = h11.Connection(h11.CLIENT)
    request = h11.Request(
        method="GET", target=path, headers=[("Host", f"{host}:{port}"), ("Connection", "close")]
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
