"""The flags of nats-server, and what they do to the options of a configuration file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from natsim.broker.nats.options import (
    AuthorizationOptions,
    LogOptions,
    MonitorOptions,
    Options,
    TlsOptions,
)

from .go_flags import Kind, Parsed, Value, parse_flags

if TYPE_CHECKING:
    from collections.abc import Sequence


class UsageError(Exception):
    """The command line makes no sense; the text is nats-server's, without its name before it."""


class _Flag(NamedTuple):
    names: tuple[str, ...]
    kind: Kind
    value: str
    text: str


_SECTIONS: tuple[tuple[str, tuple[_Flag, ...]], ...] = (
    (
        "Server",
        (
            _Flag(("a", "addr", "net"), Kind.TEXT, "host", "Listen on an address (0.0.0.0)"),
            _Flag(("p", "port"), Kind.NUMBER, "port", "Listen on a port (4222); -1 for a free one"),
            _Flag(("n", "name", "server_name"), Kind.TEXT, "name", "Name of the server (its id)"),
            _Flag(("P", "pid"), Kind.TEXT, "file", "Write the process id to a file"),
            _Flag(("m", "http_port"), Kind.NUMBER, "port", "Serve monitoring by HTTP"),
            _Flag(("ms", "https_port"), Kind.NUMBER, "port", "Serve monitoring by HTTPS"),
            _Flag(("c", "config"), Kind.TEXT, "file", "Read a configuration file"),
            _Flag(("t",), Kind.SWITCH, "", "Check the configuration file and end"),
            _Flag(
                ("sl", "signal"),
                Kind.TEXT,
                "signal[=pid]",
                "Send a running server a signal: ldm, stop, quit, term, reopen, reload;"
                " pid is a number or a pid file",
            ),
            _Flag(("client_advertise",), Kind.TEXT, "host:port", "Tell clients this address"),
            _Flag(("ports_file_dir",), Kind.TEXT, "dir", "Write <program>_<pid>.ports there"),
        ),
    ),
    (
        "Logging",
        (
            _Flag(("l", "log"), Kind.TEXT, "file", "Log to a file"),
            _Flag(("T", "logtime"), Kind.SWITCH, "", "Begin log lines with the time (true)"),
            _Flag(("logtime_utc",), Kind.SWITCH, "", "Write times in UTC (false)"),
            _Flag(("s", "syslog"), Kind.SWITCH, "", "Log to the local syslog"),
            _Flag(("r", "remote_syslog"), Kind.TEXT, "url", "Log to a syslog: udp://host:514"),
            _Flag(("D", "debug"), Kind.SWITCH, "", "Log when clients come and go, and why"),
            _Flag(("V", "trace"), Kind.SWITCH, "", "Log every command, in and out"),
            _Flag(("VV",), Kind.SWITCH, "", "Trace the system account too"),
            _Flag(("DV",), Kind.SWITCH, "", "Debug and trace"),
            _Flag(("DVV",), Kind.SWITCH, "", "Debug and trace, the system account too"),
            _Flag(("log_size_limit",), Kind.NUMBER, "bytes", "Begin a new log file at this size"),
            _Flag(("max_traced_msg_len",), Kind.NUMBER, "bytes", "Cut payloads in the trace"),
        ),
    ),
    (
        "Authorization",
        (
            _Flag(("user",), Kind.TEXT, "user", "User that clients must be"),
            _Flag(("pass",), Kind.TEXT, "password", "Its password, plain or bcrypt"),
            _Flag(("auth",), Kind.TEXT, "token", "Token that clients must bring"),
        ),
    ),
    (
        "TLS",
        (
            _Flag(("tls",), Kind.SWITCH, "", "Require TLS; clients need no certificate"),
            _Flag(("tlscert",), Kind.TEXT, "file", "Certificate of the server"),
            _Flag(("tlskey",), Kind.TEXT, "file", "Its private key"),
            _Flag(("tlsverify",), Kind.SWITCH, "", "Require TLS and certificates of clients"),
            _Flag(("tlscacert",), Kind.TEXT, "file", "Who signs certificates of clients"),
        ),
    ),
    (
        "Not in natsim, and refused",
        (
            _Flag(("js", "jetstream"), Kind.SWITCH, "", "JetStream; use nats-server for it"),
            _Flag(("sd", "store_dir"), Kind.TEXT, "dir", "Where JetStream stores"),
            _Flag(("routes",), Kind.TEXT, "urls", "Routes to other servers"),
            _Flag(("cluster", "cluster_listen"), Kind.TEXT, "url", "Listen for routes"),
            _Flag(("cluster_name",), Kind.TEXT, "name", "Name of the cluster"),
            _Flag(("no_advertise",), Kind.SWITCH, "", "Do not tell clients of the cluster"),
            _Flag(("cluster_advertise",), Kind.TEXT, "url", "Tell other servers this address"),
            _Flag(("connect_retries",), Kind.NUMBER, "number", "Tries to reach a route"),
            _Flag(("profile",), Kind.NUMBER, "port", "Serve Go's profiler"),
        ),
    ),
    (
        "Common",
        (
            _Flag(("h", "help"), Kind.SWITCH, "", "Show this"),
            _Flag(("v", "version"), Kind.SWITCH, "", "Show the version"),
            _Flag(("help_tls",), Kind.SWITCH, "", "Say more of TLS"),
        ),
    ),
)
_FLAGS = tuple(flag for _, flags in _SECTIONS for flag in flags)
_KINDS = {name: flag.kind for flag in _FLAGS for name in flag.names}

# What would be a lie to accept. A name or an address of a cluster alone does no harm.
_REFUSED = {
    "js": "natsim has no JetStream; use nats-server for it",
    "routes": "natsim has no clusters yet; use nats-server for them",
    "cluster": "natsim has no clusters yet; use nats-server for them",
    "profile": "natsim has no Go profiler; use nats-server for it",
}

TLS_HELP = """\
A server takes TLS connections with a certificate and its key:

  natsim serve --tls --tlscert=server.pem --tlskey=server-key.pem

and asks clients for certificates of a certificate authority with

  natsim serve --tlsverify --tlscert=server.pem --tlskey=server-key.pem --tlscacert=ca.pem

A configuration file says more: tls { cert_file, key_file, ca_file, verify, verify_and_map,
timeout, cipher_suites, min_version, pinned_certs, handshake_first }."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    """A command line, read. values: by the first name of each flag."""

    values: dict[str, Value]
    is_help: bool = False
    is_version: bool = False
    is_tls_help: bool = False

    def text(self, name: str) -> str:
        """Give the text of a flag, empty when it was not written."""
        return str(self.values.get(name, ""))

    def apply(self, options: Options) -> Options:
        """Let what the command line says override the options. Raises UsageError, ValueError."""
        for name, refusal in _REFUSED.items():
            if self.values.get(name):
                raise UsageError(refusal)
        return replace(
            options,
            host=self.text("a") or options.host,
            port=_free(self._number("p")) if self._number("p") else options.port,
            server_name=self.text("n") or options.server_name,
            client_advertise=self.text("client_advertise") or options.client_advertise,
            pid_file=self.text("P") or options.pid_file,
            ports_file_dir=self.text("ports_file_dir") or options.ports_file_dir,
            monitor=self._monitor(options.monitor),
            log=self._log(options.log),
            authorization=self._authorization(options.authorization),
            tls=self._tls(options.tls),
        )

    def _number(self, name: str) -> int:
        value = self.values.get(name, 0)
        assert isinstance(value, int)
        return value

    def _monitor(self, monitor: MonitorOptions | None) -> MonitorOptions | None:
        plain, secure = self._number("m"), self._number("ms")
        if not plain and not secure:
            return monitor
        before = monitor or MonitorOptions()
        if monitor is not None and not before.is_tls:
            plain = plain or before.port
        elif monitor is not None:
            secure = secure or before.port
        return replace(
            before,
            port=_free(plain or secure),
            is_tls=not plain,
            other_port=_free(secure) if plain else 0,
        )

    def _log(self, log: LogOptions) -> LogOptions:
        said = self.values
        both, all_three = said.get("DV"), said.get("DVV")
        debug = [value for value in (said.get("D"), both, all_three) if value is not None]
        verbose = [value for value in (said.get("VV"), all_three) if value is not None]
        trace = [value for value in (said.get("V"), both, *verbose) if value is not None]
        return replace(
            log,
            debug=bool(debug[-1]) if debug else log.debug,
            trace=bool(trace[-1]) if trace else log.trace,
            trace_verbose=bool(verbose[-1]) if verbose else log.trace_verbose,
            logtime=bool(said.get("T", log.logtime)),
            logtime_utc=bool(said.get("logtime_utc", log.logtime_utc)),
            syslog=bool(said.get("s", log.syslog)),
            logfile=self.text("l") or log.logfile,
            remote_syslog=self.text("r") or log.remote_syslog,
            size_limit=self._number("log_size_limit") or log.size_limit,
            max_traced_message=self._number("max_traced_msg_len") or log.max_traced_message,
        )

    def _authorization(self, authorization: AuthorizationOptions) -> AuthorizationOptions:
        return replace(
            authorization,
            user=self.text("user") or authorization.user,
            password=self.text("pass") or authorization.password,
            token=self.text("auth") or authorization.token,
        )

    def _tls(self, tls: TlsOptions | None) -> TlsOptions | None:
        said = {name: value for name, value in self.values.items() if name.startswith("tls")}
        if said.get("tls") is False:
            return None
        if not said:
            return tls
        cert, key = self.text("tlscert"), self.text("tlskey")
        if not cert:
            raise UsageError("TLS Server certificate must be present and valid")
        if not key:
            raise UsageError("TLS Server private key must be present and valid")
        return TlsOptions(
            cert_file=cert,
            key_file=key,
            ca_file=self.text("tlscacert"),
            verify=bool(said.get("tlsverify")),
        )


def read_flags(args: Sequence[str]) -> Flags:
    """Read a command line. Raises FlagError for flags, UsageError for other words."""
    parsed = parse_flags(args, _KINDS)
    flags = Flags(
        values=_by_first_name(parsed),
        is_help=bool(parsed.values.get("h") or parsed.values.get("help")),
        is_version=bool(parsed.values.get("v") or parsed.values.get("version")),
        is_tls_help=bool(parsed.values.get("help_tls")),
    )
    if flags.is_help or flags.is_version or flags.is_tls_help:
        return flags
    for word in parsed.words:
        if word.lower() == "version":
            return replace(flags, is_version=True)
        if word.lower() == "help":
            return replace(flags, is_help=True)
        raise UsageError(f'unrecognized command: "{word}"')
    return flags


def usage() -> str:
    """Write the text of --help."""
    lines = [
        "Usage: natsim serve [options]",
        "",
        "Be a NATS server, until Ctrl-C or SIGTERM. Options, log lines, signals and exit status",
        "are nats-server's, so that what starts a nats-server can start this one.",
    ]
    for title, flags in _SECTIONS:
        lines += ["", f"{title}:"]
        for flag in flags:
            names = ", ".join(f"-{name}" if len(name) < 4 else f"--{name}" for name in flag.names)
            head = f"    {names} <{flag.value}>" if flag.value else f"    {names}"
            lines.append(f"{head:<36} {flag.text}")
    lines += [
        "",
        "Exit status: 0 when told to end, and after a flag that is not there; 1 when the server",
        "cannot be had: a port that is taken, a configuration that is wrong.",
    ]
    return "\n".join(lines)


def _free(port: int) -> int:
    return 0 if port == -1 else port


def _by_first_name(parsed: Parsed) -> dict[str, Value]:
    first = {name: flag.names[0] for flag in _FLAGS for name in flag.names}
    return {first[name]: value for name, value in parsed.values.items()}
