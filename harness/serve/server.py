"""Our broker as a server on TCP, from its first log line to its last.

Law of the file: what programs that start a nats-server rely on is nats-server's own: the log lines
and their order, the signals, the files, the exit status.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import signal
import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import natsim
from natsim.broker.effects import Level
from natsim.broker.events import LameDuck, Reload, Stop
from natsim.broker.nats.auth import startup_warnings
from natsim.broker.nats.broker import Broker
from natsim.broker.nats.config import ConfigError, changes
from natsim.broker.nats.identity import LIKE_VERSION, make_identity
from natsim.broker.now import Now
from natsim.harness.driver import Driver, StateMachine
from natsim.harness.entrance import Entrance
from natsim.harness.file_limit import raise_file_limit
from natsim.harness.time_zones import zone_offset

from .faults import FaultLog
from .flags import UsageError
from .listeners import Listeners, StartError
from .pid_file import PidFileError, write_pid_file
from .ports_file import PortsFile, urls_of
from .program import program_name
from .signals import GO_NAMES, HeldSignals, ignore_signals
from .sinks import FATAL, TRACE, SinkError

if TYPE_CHECKING:
    from collections.abc import Callable

    from natsim.broker.nats.options import TlsOptions
    from natsim.harness.layers.tls_context import ServerTls
    from natsim.harness.monitor import MonitorListener
    from natsim.harness.process_statistics import ProcessMeter

    from .configuration import Configuration
    from .log import ServerLog

EXIT_FAILURE = 1

FAREWELL_S = 1.0
"""How long a server that was told to end waits for clients to take what they were sent."""

LARGE_PAYLOAD_BYTES = 8 * 1024 * 1024


class Server:
    """One server process.

    read_again: reads the configuration again, for SIGHUP, None where there is no file.
    """

    def __init__(
        self,
        configuration: Configuration,
        log: ServerLog,
        read_again: Callable[[], Configuration] | None,
    ) -> None:
        self._configuration = configuration
        self._log = log
        self._read_again = read_again
        self._entrances: dict[str, Entrance] = {}
        self._meter: ProcessMeter | None = None
        self._ports_file: PortsFile | None = None
        self._is_lame_duck = False

    def run(self) -> int:
        """Serve until a signal ends it; give the exit status."""
        options = self._configuration.options
        runtime = f"natsim{natsim.__version__}"
        identity = make_identity(options.server_name, runtime, secrets.randbelow)
        self._info("Starting natsim")
        self._info(f"  Version:  {natsim.__version__}, like nats-server {LIKE_VERSION}")
        if options.cluster_name:
            self._info(f"  Cluster:  {options.cluster_name}")
        self._info(f"  Name:     {identity.name}")
        self._info(f"  ID:       {identity.server_id}")
        self._warn_of_authorization()
        if options.config_file:
            self._info(f"Using configuration file: {options.config_file} ({options.config_digest})")
        if options.max_payload > LARGE_PAYLOAD_BYTES:
            self._warn(
                f"Maximum payloads over {LARGE_PAYLOAD_BYTES // 2**20}.00 MB are generally "
                "discouraged and could lead to poor performance"
            )
        if options.system_account:
            self._debug(f'Created system account: "{options.system_account}"')
        held = HeldSignals()
        with ExitStack() as stack:
            try:
                write_pid_file(options.pid_file)
                listeners = Listeners(options, self._log, stack)
            except (StartError, PidFileError) as error:
                self._log.write(FATAL, str(error))
                return EXIT_FAILURE
            raise_file_limit()
            broker = Broker(
                listeners.with_ports(options), identity, secrets.randbelow, _now(), zone_offset
            )
            _collect_seldom()
            return asyncio.run(self._serve(broker, listeners, held))

    # Serving.

    async def _serve(self, broker: Broker, listeners: Listeners, held: HeldSignals) -> int:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(FaultLog(self._log))
        # It would write past our log that a peer has gone, which the broker notes already.
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)
        driver = Driver(self._traced(broker), loop, _now, self._log.note)
        monitor = await self._listen(driver, broker, listeners, loop)
        held.give_to(loop, lambda number: self._act(driver, listeners, number))
        self._info("Server is ready")
        self._ports_file = self._write_ports_file(listeners)
        status = await driver.exit_status
        ignore_signals()
        self._info("Initiating Shutdown...")
        self._debug("Client accept loop exiting..")
        if monitor is not None:
            monitor.close()
        driver.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL_S):
                await driver.wait_closed()
        self._remove_ports_file()
        self._info("Server Exiting..")
        return status

    def _traced(self, broker: Broker) -> StateMachine:
        if not self._log.shows(TRACE):
            return broker
        from .protocol_trace import ProtocolTrace

        log = self._configuration.options.log
        return ProtocolTrace(broker, self._log, log.max_traced_message)

    async def _listen(
        self,
        driver: Driver,
        broker: Broker,
        listeners: Listeners,
        loop: asyncio.AbstractEventLoop,
    ) -> MonitorListener | None:
        self._entrances = self._make_entrances(self._configuration)
        monitor = None
        if listeners.monitor is not None:
            monitor = self._make_monitor(broker, loop)
            await monitor.listen_on(listeners.monitor)
        if listeners.websocket is not None:
            await driver.listen_on(listeners.websocket, self._entrances["websocket"])
        await driver.listen_on(listeners.nats, self._entrances["nats"])
        return monitor

    def _make_entrances(self, configuration: Configuration) -> dict[str, Entrance]:
        def tls(options: TlsOptions | None) -> ServerTls | None:
            return None if options is None else configuration.certificates.load(options)

        options = configuration.options
        entrances = {"nats": Entrance(tls(options.tls))}
        if options.websocket is not None:
            entrances["websocket"] = Entrance(tls(options.websocket.tls), options.websocket)
        if options.monitor is not None and options.monitor.is_tls and options.tls is not None:
            # Who looks at the monitor need not be a client that has a certificate.
            unverified = replace(options.tls, verify=False, verify_and_map=False, pinned_certs=())
            entrances["monitoring"] = Entrance(tls(unverified))
        return entrances

    def _make_monitor(self, broker: Broker, loop: asyncio.AbstractEventLoop) -> MonitorListener:
        # Late: a server that nobody asks how it is needs no HTTP.
        from natsim.harness.monitor import MonitorListener
        from natsim.harness.process_statistics import ProcessMeter

        monitor = self._configuration.options.monitor
        assert monitor is not None, "there is a listener for it"
        wrap = None
        if monitor.is_tls:
            from natsim.harness.layers.tls import TlsLayer

            def secure(lower: asyncio.Transport, upper: asyncio.Protocol) -> asyncio.Transport:
                # Looked up each time: a reload may have brought another certificate.
                tls = self._entrances["monitoring"].tls
                assert tls is not None, "the configuration is refused without it"
                return TlsLayer(lower, upper, loop, tls.context, lambda _: None)

            wrap = secure
        self._meter = ProcessMeter()
        self._tell_certificate()
        return MonitorListener(loop, broker, _now, self._meter, wrap)

    def _tell_certificate(self) -> None:
        if self._meter is not None:
            from natsim.harness.monitor.certificate import not_after_ns

            self._meter.tls_cert_not_after_ns = not_after_ns(self._configuration.options.tls)

    # Files.

    def _write_ports_file(self, listeners: Listeners) -> PortsFile | None:
        options = listeners.with_ports(self._configuration.options)
        if not options.ports_file_dir:
            return None
        ports_file = PortsFile(Path(options.ports_file_dir), program_name())
        try:
            ports_file.write(urls_of(options))
        except OSError as error:
            why = f"open {ports_file.path}: {os.strerror(error.errno or 0).lower()}"
            self._error(f"Error writing ports file ({ports_file.path}): {why}")
        return ports_file

    def _remove_ports_file(self) -> None:
        ports_file = self._ports_file
        if ports_file is None:
            return
        try:
            ports_file.remove()
        except OSError as error:
            why = f"remove {ports_file.path}: {os.strerror(error.errno or 0).lower()}"
            self._error(f"Error cleaning up ports file {ports_file.path}: {why}")

    # Signals.

    def _act(self, driver: Driver, listeners: Listeners, number: signal.Signals) -> None:
        self._info(f'Trapped "{GO_NAMES[number]}" signal')
        match number:
            case signal.SIGINT:
                driver.feed(Stop())
            case signal.SIGTERM:
                # Lame duck mode ends by itself.
                if not self._is_lame_duck:
                    driver.feed(Stop())
            case signal.SIGHUP:
                self._reload(driver, listeners)
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
            self._error(str(error))
            return
        self._info("File log re-opened")

    def _reload(self, driver: Driver, listeners: Listeners) -> None:
        try:
            self._take_configuration(driver, listeners)
        except (ConfigError, UsageError, SinkError, PidFileError) as error:
            for line in f"Failed to reload server configuration: {error}".splitlines():
                self._error(line)

    def _take_configuration(self, driver: Driver, listeners: Listeners) -> None:
        if self._read_again is None:
            raise UsageError("can only reload config when a file is provided using -c or --config")
        fresh = self._read_again()
        old, new = self._configuration.options, fresh.options
        found = changes(listeners.with_client_ports(old), new)
        # Everything that can fail comes before anything that is done.
        entrances = self._make_entrances(fresh)
        change_log = self._log.prepare(new.log)
        if new.pid_file not in ("", old.pid_file):
            write_pid_file(new.pid_file)
        for name, entrance in self._entrances.items():
            entrance.tls = entrances[name].tls
        self._configuration = fresh
        self._tell_certificate()
        for change in found:
            self._info(change.line)
        driver.feed(Reload(listeners.with_ports(new)))
        if new.ports_file_dir != old.ports_file_dir:
            self._remove_ports_file()
            self._ports_file = self._write_ports_file(listeners)
        change_log()
        self._info(f"Reloaded server configuration ({new.config_digest})")

    def _warn_of_authorization(self) -> None:
        for text in startup_warnings(self._configuration.options, time.time_ns()):
            self._warn(text)

    def _info(self, text: str) -> None:
        self._log.write(Level.INFO, text)

    def _warn(self, text: str) -> None:
        self._log.write(Level.WARNING, text)

    def _debug(self, text: str) -> None:
        self._log.write(Level.DEBUG, text)

    def _error(self, text: str) -> None:
        self._log.write(Level.ERROR, text)


def _collect_seldom() -> None:
    """Let the garbage collector look less often, and never at what is loaded by now.

    What a broker holds is no garbage, and there are few cycles; a look at a million subscriptions
    would stop it for half a second.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 100)


def _now() -> Now:
    return Now(time.monotonic_ns(), time.time_ns())
