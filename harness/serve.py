"""Our broker as a server on TCP, from its first log line to its last.

Law of the file: what programs that start a nats-server rely on is nats-server's own: the log lines,
the signals, the exit status.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import signal
import socket
import time
import traceback
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import natsim
from natsim.broker.effects import Level
from natsim.broker.nats.broker import Broker
from natsim.broker.nats.identity import LIKE_VERSION, make_identity
from natsim.broker.now import Now

from .driver import Driver, StateMachine
from .file_limit import raise_file_limit
from .server_log import FATAL, TRACE, ServerLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import FrameType

    from natsim.broker.nats.options import Options

EXIT_FAILURE = 1

FAREWELL_S = 1.0
"""How long a server that was told to end waits for clients to take what they were sent."""

REPEAT_S = 1.0
"""How long the event loop's complaint is not repeated."""

_SIGNALS = {signal.SIGINT: "interrupt", signal.SIGTERM: "terminated"}  # as Go names them


class ListenError(Exception):
    """The address cannot be had. address: as asked, `host:port`."""

    def __init__(self, address: str, why: str) -> None:
        super().__init__(why)
        self.address = address


def serve(options: Options, log: ServerLog, pid_file: Path | None = None) -> int:
    """Serve until SIGINT or SIGTERM; give the exit status.

    options: with port 0 for one that is free. pid_file: gets the process id, in decimal.
    """
    runtime = f"natsim{natsim.__version__}"
    identity = make_identity(options.server_name, runtime, secrets.randbelow)
    log.write(Level.INFO, "Starting natsim")
    log.write(Level.INFO, f"  Version:  {natsim.__version__}, like nats-server {LIKE_VERSION}")
    log.write(Level.INFO, f"  Name:     {identity.name}")
    log.write(Level.INFO, f"  ID:       {identity.server_id}")
    try:
        bound = _bind(options.host, options.port)
    except ListenError as error:
        log.write(FATAL, f'Error listening on port: {error.address}, "listen tcp{error}"')
        return EXIT_FAILURE
    with bound:
        if pid_file is not None:
            try:
                pid_file.write_text(str(os.getpid()))
            except OSError as error:
                log.write(FATAL, f"Could not write pidfile: {error}")
                return EXIT_FAILURE
        raise_file_limit()
        options = replace(options, port=int(bound.getsockname()[1]))
        broker: StateMachine = Broker(options, identity, secrets.randbelow)
        if log.shows(TRACE):
            from .protocol_trace import ProtocolTrace

            broker = ProtocolTrace(broker, log)
        asyncio.run(_serve(broker, bound, _join(options.host, options.port), log))
    return 0


async def _serve(broker: StateMachine, bound: socket.socket, address: str, log: ServerLog) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(_fault_writer(log))
    # It would write past our log that a peer has gone, which the broker notes already.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    ended = asyncio.Event()

    def on_signal(number: int, _: FrameType | None) -> None:
        log.write(Level.INFO, f'Trapped "{_SIGNALS[signal.Signals(number)]}" signal')
        loop.call_soon_threadsafe(ended.set)

    for number in _SIGNALS:
        signal.signal(number, on_signal)
    driver = Driver(broker, loop, _now, log.note)
    await driver.listen_on(bound)
    log.write(Level.INFO, f"Listening for client connections on {address}")
    log.write(Level.INFO, "Server is ready")
    await ended.wait()
    # A second one changes nothing, not even while Python itself ends.
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    log.write(Level.INFO, "Initiating Shutdown...")
    driver.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(FAREWELL_S):
            await driver.wait_closed()
    log.write(Level.INFO, "Server Exiting..")


def _bind(host: str, port: int) -> socket.socket:
    """Take an address. The error's text goes on behind `listen tcp`, in Go's words."""
    asked = _join(host, port)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise ListenError(asked, f": lookup {host}: no such host") from error
    # One address only, of IPv4 if there is one: so does Go.
    family, kind, protocol, _, address = min(found, key=lambda each: each[0] != socket.AF_INET)
    bound = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere it lets two servers have one port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        # Taken means taken now: a port can be bound twice, but only one listens.
        bound.listen()
    except OSError as error:
        bound.close()
        why = os.strerror(error.errno).lower() if error.errno else str(error)
        raise ListenError(asked, f" {asked}: bind: {why}") from error
    return bound


def _join(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _now() -> Now:
    return Now(time.monotonic_ns(), time.time_ns())


def _fault_writer(log: ServerLog) -> Callable[[asyncio.AbstractEventLoop, dict[str, Any]], None]:
    """Make what the event loop calls when a callback raised: a fault of ours, or no files left."""
    last_line, last_s = "", 0.0

    def write(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal last_line, last_s
        error: BaseException | None = context.get("exception")
        line = f"{context['message']}: {error}"
        # asyncio says a thousand times in a row that it cannot accept.
        if line == last_line and loop.time() - last_s < REPEAT_S:
            return
        last_line, last_s = line, loop.time()
        log.write(Level.ERROR, line)
        if error is not None and not isinstance(error, OSError):
            for text in traceback.format_exception(error):
                for part in text.splitlines():
                    log.write(Level.ERROR, part)

    return write
