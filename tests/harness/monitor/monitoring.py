"""A listener for monitoring on either loop, and what stands behind it."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tests.harness.layers.both_loops import Net, RealNet, SimulatedNet

from natsim.broker.nats.monitor import MonitorRequest, MonitorResponse, ProcessStatistics
from natsim.broker.now import Now
from natsim.harness.monitor import MonitorListener

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator

    from natsim.harness.monitor.listener import Monitored

from natsim.harness.layers.tls import TlsLayer


class Counting:
    """Answers with the number of the request and its target, and so many bytes more."""

    def __init__(self, more_bytes: int = 0) -> None:
        self.requests: list[MonitorRequest] = []
        self._more = b"." * more_bytes

    def monitor(
        self, request: MonitorRequest, process: ProcessStatistics, now: Now
    ) -> MonitorResponse:
        del process, now
        self.requests.append(request)
        text = f"{len(self.requests)} {request.target}"
        return MonitorResponse(200, (("Content-Type", "text/plain"),), text.encode() + self._more)


@asynccontextmanager
async def monitoring(
    net: Net, monitored: Monitored, context: ssl.SSLContext | None = None
) -> AsyncGenerator[MonitorListener]:
    """Listen where `net.dial` connects to; with TLS if there is a context."""
    match net:
        case SimulatedNet():
            node = net.server
            loop: asyncio.AbstractEventLoop = node.loop
            listener = MonitorListener(
                loop, monitored, lambda: Now(node.mono_ns(), node.wall_ns()), ProcessStatistics
            )
            await listener.listen("server", 4222)
        case RealNet():
            loop = asyncio.get_running_loop()
            listener = MonitorListener(
                loop,
                monitored,
                lambda: Now(time.monotonic_ns(), time.time_ns()),
                ProcessStatistics,
            )
            net._port = (await listener.listen("127.0.0.1", 0))[1]
        case _:
            raise AssertionError(net)
    if context is not None:
        listener.wrap = lambda lower, upper: TlsLayer(lower, upper, loop, context, _secured)
    try:
        yield listener
    finally:
        listener.close()


def _secured(_: TlsLayer) -> None:
    """Nothing is to be done when TLS is up."""
