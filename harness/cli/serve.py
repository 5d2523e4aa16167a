"""`natsim serve`: our broker as a server on TCP, with the flags of nats-server."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import click

from natsim.broker.nats import limits

if TYPE_CHECKING:
    from collections.abc import Sequence

RANDOM_PORT = -1
_PORT_MAX = 65_535

_UNITS_NS = {
    "ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}  # fmt: skip
_DURATION = re.compile(r"(?:[0-9]{1,18}(?:\.[0-9]{1,18})?(?:ns|us|ms|s|m|h))+")
_PART = re.compile(r"([0-9]+)(?:\.([0-9]+))?([a-z]+)")


def _read_duration(_: click.Context, __: click.Parameter, text: str) -> int:
    """Read a time as Go writes it, in nanoseconds."""
    if not _DURATION.fullmatch(text):
        raise click.BadParameter(f"{text!r} is no time; write 500ms, 2s or 1m30s")
    return sum(_part_ns(*part.groups()) for part in _PART.finditer(text))


def _part_ns(whole: str, fraction: str | None, unit: str) -> int:
    digits = fraction or ""
    scale: int = 10 ** len(digits)
    return int(whole + digits) * _UNITS_NS[unit] // scale


class _GoFlags(click.Command):
    """A command that also takes its flags as Go programs do: `-addr H`, `-p=4222`, `--port=1`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        names = {name for param in self.params for name in param.opts}
        return super().parse_args(ctx, list(_as_click_reads(args, names)))


def _as_click_reads(args: Sequence[str], names: set[str]) -> list[str]:
    """Give a flag of more than one letter its second dash, and part `-p=1` in two.

    >>> _as_click_reads(["-addr", "::1", "-p=-1", "-DV"], {"--addr", "-p", "-D", "-V"})
    ['--addr', '::1', '-p', '-1', '-DV']
    """
    read: list[str] = []
    for arg in args:
        flag, equals, value = arg.partition("=")
        if f"-{flag}" in names:
            read.append(f"-{arg}")
        elif equals and len(flag) == 2 and flag in names:
            read += [flag, value]
        else:
            read.append(arg)
    return read


_HELP = """\
Be a NATS server on TCP, until Ctrl-C or SIGTERM.

Any NATS client connects to it. Flags, log lines and exit status are those of nats-server, so
that what starts a nats-server can start this one:

\b
  natsim serve                         on all addresses, port 4222
  natsim serve -a 127.0.0.1 -p -1 -D   a free port of this machine, and a log that says more
  natsim serve --max_payload 65536     small messages only

The log goes to stderr. Exit status: 0 when told to end, 1 when the port cannot be had, 2 for
flags that make no sense.
"""


@click.command(cls=_GoFlags, help=_HELP, short_help="Be a NATS server on TCP.")
@click.option(
    "-a",
    "--addr",
    "--net",
    "host",
    metavar="HOST",
    default="0.0.0.0",
    show_default=True,
    help="Address to listen on; 127.0.0.1 for this machine only.",
)
@click.option(
    "-p",
    "--port",
    metavar="PORT",
    type=click.IntRange(RANDOM_PORT, _PORT_MAX),
    default=4222,
    show_default=True,
    help="Port to listen on; -1 for any that is free.",
)
@click.option(
    "-n",
    "--name",
    "--server_name",
    "name",
    metavar="NAME",
    default="",
    help="Name of the server; its id unless given.",
)
@click.option("-D", "--debug", is_flag=True, help="Log when clients come and go, and why.")
@click.option("-V", "--trace", is_flag=True, help="Log every command, in and out; slow.")
@click.option(
    "-P",
    "--pid",
    "pid_file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the process id to a file.",
)
@click.option(
    "--max_payload",
    metavar="BYTES",
    type=click.IntRange(1),
    default=limits.MAX_PAYLOAD_BYTES,
    show_default=True,
    help="Largest message.",
)
@click.option(
    "--max_pending",
    metavar="BYTES",
    type=click.IntRange(1),
    default=limits.MAX_PENDING_BYTES,
    show_default=True,
    help="What may wait for one client before it is cut as a slow consumer.",
)
@click.option(
    "--max_control_line",
    metavar="BYTES",
    type=click.IntRange(1),
    default=limits.MAX_CONTROL_LINE_BYTES,
    show_default=True,
    help="Longest line of a command.",
)
@click.option(
    "--max_connections",
    metavar="N",
    type=click.IntRange(1),
    default=limits.MAX_CONNECTIONS,
    show_default=True,
    help="Most clients at one time.",
)
@click.option(
    "--ping_interval",
    metavar="TIME",
    callback=_read_duration,
    default="2m",
    show_default=True,
    help="Time between PINGs to a quiet client, such as 500ms or 2s.",
)
@click.option(
    "--ping_max", metavar="N", type=click.IntRange(0), default=limits.PING_MAX,
    show_default=True, help="PINGs without an answer before a client is cut.",
)  # fmt: skip
@click.pass_context
def command(
    ctx: click.Context,
    *,
    host: str,
    port: int,
    name: str,
    debug: bool,
    trace: bool,
    pid_file: Path | None,
    max_payload: int,
    max_pending: int,
    max_control_line: int,
    max_connections: int,
    ping_interval: int,
    ping_max: int,
) -> None:
    """Be a NATS server on TCP, until a signal ends it."""
    from natsim.broker.effects import Level
    from natsim.broker.nats.config import validate
    from natsim.broker.nats.options import Options
    from natsim.harness.serve import serve
    from natsim.harness.server_log import TRACE, ServerLog

    try:
        options = Options(
            host=host or "0.0.0.0",
            # As nats-server: 0 stands for the default.
            port=0 if port == RANDOM_PORT else port or 4222,
            server_name=name,
            max_payload=max_payload,
            max_pending=max_pending,
            max_control_line=max_control_line,
            max_connections=max_connections,
            ping_interval_ns=ping_interval,
            ping_max=ping_max,
        )
        validate(options)
    except ValueError as error:
        raise click.UsageError(str(error), ctx) from error
    hidden = [level for level, wanted in ((Level.DEBUG, debug), (TRACE, trace)) if not wanted]
    ctx.exit(serve(options, ServerLog(2, hidden), pid_file))
