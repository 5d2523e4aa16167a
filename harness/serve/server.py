"""Our broker as a server on TCP, from its first log line to its last.

Law of the file: what programs that start a nats-server rely on is nats-server's own: the log lines
and their order, the signals, the files, the exit status.
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import secrets
import signal
import sys
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import natsim
from natsim.broker.effects import Level
from natsim.broker.events import LameDuck, Reload, Stop
from natsim.broker.nats.broker import Broker
from natsim.broker.nats.config import ConfigError, changes
from natsim.broker.nats.identity import LIKE_VERSION, make_identity
from natsim.broker.now import Now
from natsim.harness.driver import Driver, StateMachine
from natsim.harness.entrance import Entrance
from natsim.harness.file_limit import raise_file_limit
from natsim.harness.layers.tls import TlsLayer
from natsim.harness.layers.tls_context import TlsOptionsError, load_server_tls
from natsim.harness.monitor import MonitorListener
from natsim.harness.monitor.certificate import not_after_ns
from natsim.harness.process_statistics import ProcessMeter

from .bind import ListenError, bind, join, port_of
from .faults import FaultLog
from .plain_passwords import has_plain_passwords
from .ports_file import PortsFile
from .sinks import FATAL, TRACE, SinkError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from types import FrameType

    from natsim.broker.nats.options import Options, TlsOptions
    from natsim.harness.layers.tls_context import ServerTls

    from .log import ServerLog

EXIT_FAILURE = 1
EXIT_QUIT = 2

FAREWELL_S = 1.0
"""How long a server that was told to end waits for clients to take what they were sent."""

LARGE_PAYLOAD_BYTES = 8 * 1024 * 1024

_SIGNALS = {  # as Go names them
    signal.SIGINT: "interrupt",
    signal.SIGTERM: "terminated",
    signal.SIGHUP: "hangup",
    signal.SIGUSR1: "user defined signal 1",
    signal.SIGUSR2: "user defined signal 2",
}


class StartError(Exception):
    """The server cannot be had; the text is the line of the log."""


class Server:
    """One server process.

    options: as configured; port 0 or less stands for one that is free.
    read_options: reads them again, for SIGHUP, None where there is no file.
    """

    def __init__(
        self, options: Options, log: ServerLog, read_options: Callable[[], Options] | None
    ) -> None:
        self._configured = options
        self._log = log
        self._read_options = read_options
        self._sockets: dict[str, socket.socket] = {}
        self._entrances: dict[str, Entrance] = {}
        self._monitor: MonitorListener | None = None
        self._meter = ProcessMeter()
        self._is_lame_duck = False

    def run(self) -> int:
        """Serve until a signal ends it; give the exit status."""
        options = self._configured
        runtime = f"natsim{natsim.__version__}"
        identity = make_identity(options.server_name, runtime, secrets.randbelow)
        self._info("Starting natsim")
        self._info(f"  Version:  {natsim.__version__}, like nats-server {LIKE_VERSION}")
        self._info(f"  Name:     {identity.name}")
        self._info(f"  ID:       {identity.server_id}")
        self._warn_of(options)
        if options.config_file:
            self._info(f"Using configuration file: {options.config_file} ({options.config_digest})")
        with ExitStack() as stack:
            try:
                self._write_pid_file()
                self._take_addresses(stack)
                self._entrances = self._make_entrances()
            except StartError as error:
                self._log.write(FATAL, str(error))
                return EXIT_FAILURE
            raise_file_limit()
            broker = Broker(self._with_ports(options), identity, secrets.randbelow, _now())
            return asyncio.run(self._serve(broker))

    # Starting.

    def _warn_of(self, options: Options) -> None:
        if has_plain_passwords(options.authorization):
            self._warn("Plaintext passwords detected, use nkeys or bcrypt")
        if options.max_payload > LARGE_PAYLOAD_BYTES:
            self._warn(
                f"Maximum payloads over {LARGE_PAYLOAD_BYTES // 2**20}.00 MB are generally "
                "discouraged and could lead to poor performance"
            )

    def _write_pid_file(self) -> None:
        path = self._configured.pid_file
        if path:
            try:
                Path(path).write_text(str(os.getpid()))
            except OSError as error:
                why = os.strerror(error.errno or 0).lower()
                raise StartError(f"Could not write pidfile: open {path}: {why}") from error

    def _take_addresses(self, stack: ExitStack) -> None:
        options = self._configured
        wanted = {"nats": (options.host, options.port, "Error listening on port")}
        if options.monitor is not None:
            monitor = options.monitor
            wanted["monitoring"] = (
                monitor.host or options.host, monitor.port, "Can't listen to the monitor port"
            )  # fmt: skip
        if options.websocket is not None:
            websocket = options.websocket
            wanted["websocket"] = (
                websocket.host, websocket.port, "Unable to listen for websocket connections"
            )  # fmt: skip
        for name, (host, port, complaint) in wanted.items():
            try:
                self._sockets[name] = stack.enter_context(bind(host, port))
            except ListenError as error:
                raise StartError(f'{complaint}: {error.address}, "{error}"') from error

    def _make_entrances(self) -> dict[str, Entrance]:
        try:
            return _entrances(self._configured)
        except TlsOptionsError as error:
            raise StartError(str(error)) from error

    def _with_ports(self, options: Options) -> Options:
        """Put the ports that were taken in the place of those that were asked."""
        websocket, monitor = options.websocket, options.monitor
        ports = {name: port_of(taken) for name, taken in self._sockets.items()}
        return replace(
            options,
            port=ports["nats"],
            websocket=websocket and replace(websocket, port=ports.get("websocket", 0)),
            monitor=monitor and replace(monitor, port=ports.get("monitoring", 0)),
        )

    # Serving.

    async def _serve(self, broker: Broker) -> int:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(FaultLog(self._log))
        # It would write past our log that a peer has gone, which the broker notes already.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        driver = Driver(self._traced(broker), loop, _now, self._log.note)
        self._take_signals(driver, loop)
        await self._listen(driver, broker, loop)
        ports = self._write_ports_file()
        self._info("Server is ready")
        status = await driver.exit_status
        # A signal changes nothing any more, not even while Python itself ends.
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        self._info("Initiating Shutdown...")
        if self._monitor is not None:
            self._monitor.close()
        driver.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await driver.wait_closed()
        if ports is not None:
            ports.remove()
        self._info("Server Exiting..")
        return status

    def _traced(self, broker: Broker) -> StateMachine:
        if not self._log.shows(TRACE):
            return broker
        from .protocol_trace import ProtocolTrace

        return ProtocolTrace(broker, self._log, self._configured.log.max_traced_message)

    async def _listen(
        self, driver: Driver, broker: Broker, loop: asyncio.AbstractEventLoop
    ) -> None:
        options = self._with_ports(self._configured)
        if options.monitor is not None:
            kind = "https" if options.monitor.is_tls else "http"
            address = join(options.monitor.host or options.host, options.monitor.port)
            self._info(f"Starting {kind} monitor on {address}")
            self._meter.tls_cert_not_after_ns = not_after_ns(options.tls)
            self._monitor = MonitorListener(
                loop, broker, _now, self._meter, self._monitor_wrap(loop)
            )
            await self._monitor.listen_on(self._sockets["monitoring"])
        if options.websocket is not None:
            kind = "ws" if options.websocket.tls is None else "wss"
            address = join(options.websocket.host, options.websocket.port)
            self._info(f"Listening for websocket clients on {kind}://{address}")
            await driver.listen_on(self._sockets["websocket"], self._entrances["websocket"])
        await driver.listen_on(self._sockets["nats"], self._entrances["nats"])
        self._info(f"Listening for client connections on {join(options.host, options.port)}")
        if options.tls is not None:
            word = "available" if options.tls.allow_non_tls else "required"
            self._info(f"TLS {word} for client connections")
            first = options.tls.handshake_first
            if first is not None and first.delay_ns is None:
                self._warn(
                    'Clients that are not using "TLS Handshake First" option will fail to connect'
                )

    def _monitor_wrap(
        self, loop: asyncio.AbstractEventLoop
    ) -> Callable[[asyncio.Transport, asyncio.Protocol], asyncio.Transport] | None:
        entrance = self._entrances.get("monitoring")
        if entrance is None:
            return None

        def wrap(lower: asyncio.Transport, upper: asyncio.Protocol) -> asyncio.Transport:
            # Looked up each time: a reload may have brought another certificate.
            tls = entrance.tls
            assert tls is not None, "the configuration is refused without it"
            return TlsLayer(lower, upper, loop, tls.context, lambda _: None)

        return wrap

    def _write_ports_file(self) -> PortsFile | None:
        options = self._with_ports(self._configured)
        if not options.ports_file_dir:
            return None
        secure = "s" if options.monitor is not None and options.monitor.is_tls else ""
        urls = {"nats": [f"nats://{join(_reachable(options.host), options.port)}"]}
        if options.monitor is not None:
            host = _reachable(options.monitor.host or options.host)
            urls["monitoring"] = [f"http{secure}://{join(host, options.monitor.port)}"]
        if options.websocket is not None:
            kind = "ws" if options.websocket.tls is None else "wss"
            host = _reachable(options.websocket.host)
            urls["websocket"] = [f"{kind}://{join(host, options.websocket.port)}"]
        ports = PortsFile(Path(options.ports_file_dir), Path(sys.argv[0]).name or "natsim")
        try:
            ports.write(urls)
        except OSError as error:
            self._log.write(Level.ERROR, f"Error writing ports file: {error}")
            return None
        return ports

    # Signals.

    def _take_signals(self, driver: Driver, loop: asyncio.AbstractEventLoop) -> None:
        def on_signal(number: int, _: FrameType | None) -> None:
            # Not here: a signal may come in the middle of anything.
            loop.call_soon_threadsafe(self._act, driver, signal.Signals(number))

        for number in _SIGNALS:
            signal.signal(number, on_signal)
        signal.signal(signal.SIGQUIT, _dump_and_quit)

    def _act(self, driver: Driver, number: signal.Signals) -> None:
        self._info(f'Trapped "{_SIGNALS[number]}" signal')
        match number:
            case signal.SIGINT:
                driver.feed(Stop())
            case signal.SIGTERM:
                # Lame duck mode ends by itself.
                if not self._is_lame_duck:
                    driver.feed(Stop())
            case signal.SIGHUP:
                self._reload(driver)
            case signal.SIGUSR1:
                self._reopen()
            case _:
                self._is_lame_duck = True
                driver.feed(LameDuck())

    def _reopen(self) -> None:
        if not self._log.is_file:
            self._info("File log re-open ignored, not a file logger")
            return
        try:
            self._log.reopen()
        except SinkError as error:
            self._log.write(Level.ERROR, str(error))
            return
        self._info("File log re-opened")

    def _reload(self, driver: Driver) -> None:
        try:
            lines = self._take_options(driver)
        except (ConfigError, TlsOptionsError, SinkError, ValueError) as error:
            self._log.write(Level.ERROR, f"Failed to reload server configuration: {error}")
            return
        for line in lines:
            self._info(line)
        self._info(f"Reloaded server configuration ({self._configured.config_digest})")

    def _take_options(self, driver: Driver) -> list[str]:
        if self._read_options is None:
            raise ValueError("can only reload config when a file is provided using -c or --config")
        options = self._read_options()
        lines = [change.line for change in changes(self._with_ports(self._configured), options)]
        # Everything that can fail comes before anything that is done.
        fresh = _entrances(options)
        self._log.change_options(options.log)
        for name, entrance in self._entrances.items():
            entrance.tls = fresh[name].tls
        self._configured = options
        self._meter.tls_cert_not_after_ns = not_after_ns(options.tls)
        driver.feed(Reload(self._with_ports(options)))
        return lines

    def _info(self, text: str) -> None:
        self._log.write(Level.INFO, text)

    def _warn(self, text: str) -> None:
        self._log.write(Level.WARNING, text)


def _entrances(options: Options) -> dict[str, Entrance]:
    entrances = {"nats": Entrance(_tls(options.tls))}
    if options.websocket is not None:
        entrances["websocket"] = Entrance(_tls(options.websocket.tls), options.websocket)
    if options.monitor is not None and options.monitor.is_tls and options.tls is not None:
        # Who looks at the monitor need not be a client that has a certificate.
        unverified = replace(options.tls, verify=False, verify_and_map=False, pinned_certs=())
        entrances["monitoring"] = Entrance(load_server_tls(unverified))
    return entrances


def _tls(options: TlsOptions | None) -> ServerTls | None:
    return None if options is None else load_server_tls(options)


def _reachable(host: str) -> str:
    # As nats-server: any address stands for the first that is reachable; loopback always is.
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host


def _dump_and_quit(_: int, __: FrameType | None) -> None:
    faulthandler.dump_traceback(all_threads=True)
    os._exit(EXIT_QUIT)


def _now() -> Now:
    return Now(time.monotonic_ns(), time.time_ns())
