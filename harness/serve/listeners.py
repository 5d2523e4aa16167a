"""The addresses that a server listens on, taken one after the other and said in the log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from natsim.broker.effects import Level
from natsim.broker.nats.config import ConfigError, validate_advertise, validate_monitor

from .bind import ListenError, bind, join, port_of

if TYPE_CHECKING:
    import socket
    from contextlib import ExitStack

    from natsim.broker.nats.options import MonitorOptions, Options, TlsOptions, WebsocketOptions

    from .log import ServerLog


class StartError(Exception):
    """The server cannot be had; the text is the line of the log."""


class Listeners:
    """Sockets that listen already: who connects is taken once the event loop runs.

    monitor, websocket: None where the options want none.
    Raises StartError.
    """

    def __init__(self, options: Options, log: ServerLog, stack: ExitStack) -> None:
        self._log = log
        self._stack = stack
        try:
            validate_monitor(options)
            self.monitor = self._monitor(options, options.monitor) if options.monitor else None
            self.websocket = self._websocket(options.websocket) if options.websocket else None
            self.nats = self._nats(options)
            validate_advertise(options)
        except ConfigError as error:
            raise StartError(str(error)) from error
        if options.tls is not None:
            self._tell_tls(options.tls)

    def with_ports(self, options: Options) -> Options:
        """Put the ports that were taken in the place of those that were asked."""
        monitor = options.monitor
        if monitor is not None and self.monitor is not None:
            monitor = replace(monitor, port=port_of(self.monitor))
        return replace(self.with_client_ports(options), monitor=monitor)

    def with_client_ports(self, options: Options) -> Options:
        """Do so where clients connect, and leave that of monitoring."""
        websocket = options.websocket
        if websocket is not None and self.websocket is not None:
            websocket = replace(websocket, port=port_of(self.websocket))
        return replace(options, port=port_of(self.nats), websocket=websocket)

    def _monitor(self, options: Options, monitor: MonitorOptions) -> socket.socket:
        host = monitor.host or options.host
        complaint = "Can't start monitoring: can't listen to the monitor port: "
        taken = self._take(host, monitor.port, complaint)
        kind = "https" if monitor.is_tls else "http"
        self._info(f"Starting {kind} monitor on {join(host, port_of(taken))}")
        return taken

    def _websocket(self, websocket: WebsocketOptions) -> socket.socket:
        complaint = "Unable to listen for websocket connections: "
        taken = self._take(websocket.host, websocket.port, complaint)
        kind = "ws" if websocket.tls is None else "wss"
        self._info(
            f"Listening for websocket clients on {kind}://{join(websocket.host, port_of(taken))}"
        )
        if websocket.tls is None:
            self._warn("Websocket not configured with TLS. DO NOT USE IN PRODUCTION!")
        return taken

    def _nats(self, options: Options) -> socket.socket:
        complaint = f"Error listening on port: {join(options.host, options.port)}, "
        taken = self._take(options.host, options.port, complaint, '"')
        self._info(f"Listening for client connections on {join(options.host, port_of(taken))}")
        return taken

    def _take(self, host: str, port: int, complaint: str, mark: str = "") -> socket.socket:
        try:
            return self._stack.enter_context(bind(host, port))
        except ListenError as error:
            raise StartError(f"{complaint}{mark}{error}{mark}") from error

    def _tell_tls(self, tls: TlsOptions) -> None:
        self._info(f"TLS {'available' if tls.allow_non_tls else 'required'} for client connections")
        first = tls.handshake_first
        if first is not None and first.delay_ns is None:
            self._warn(
                'Clients that are not using "TLS Handshake First" option will fail to connect'
            )

    def _info(self, text: str) -> None:
        self._log.write(Level.INFO, text)

    def _warn(self, text: str) -> None:
        self._log.write(Level.WARNING, text)
