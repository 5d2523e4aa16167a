"""The command `natsim`: thin, one verb a module, each imported when it is asked for.

Law of the file: a command ends with a code of codes.py, also when it is interrupted or breaks.
"""

from __future__ import annotations

import signal
import sys
import traceback
from importlib import import_module
from typing import TYPE_CHECKING

import click

import natsim

from .codes import Code

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

# The verbs in the order --help lists them; the module of each holds its `command`.
_VERBS = {
    "run": "Play a scenario or a plan on a stage and check every guarantee.",
    "plan": "Print what a scenario comes to under a seed.",
    "replay": "Play a run again: it must give the same bytes.",
    "check": "Check a recorded history.",
    "report": "Write the reports of runs again, from their files.",
    "conform": "Run the conformance suite against any NATS server.",
    "diff": "Say the same generated commands to two servers and compare the answers.",
    "transcript": "Play a telnet-style dialogue to a server and compare its lines.",
    "serve": "Be a NATS server on TCP.",
    "schema": "Print the JSON Schema of a file format, for editors.",
}


class _Verbs(click.Group):
    """Subcommands that are imported late: `natsim --help` must not load a simulator."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _VERBS:
            return None
        command: click.Command = import_module(f"natsim.harness.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(_VERBS.items()))

    def invoke(self, ctx: click.Context) -> object:
        # CI ends a job by SIGTERM: what Ctrl-C leaves complete, that leaves complete too.
        before = signal.signal(signal.SIGTERM, _interrupt)
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("natsim: interrupted", err=True)
            sys.exit(Code.INTERRUPTED)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception:  # the door: what no verb answers for is ours
            traceback.print_exc()
            click.echo("natsim: this is a fault of natsim; please report it", err=True)
            sys.exit(Code.FAULT)
        finally:
            signal.signal(signal.SIGTERM, before)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in _VERBS:
            ctx.fail(_unknown(name, list(_VERBS)))
        return super().resolve_command(ctx, args)


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(natsim.__version__, prog_name="natsim")
def main() -> None:
    """Run NATS systems in a simulated world, break everything, prove what was delivered.

    Exit codes: 0 all valid, 1 an anomaly, 2 bad usage or input, 3 undecided, 4 stage unavailable,
    70 a fault of natsim, 130 interrupted.
    """


def _interrupt(_: int, frame: FrameType | None) -> None:
    # Shells start what they put in the background with SIGINT ignored.
    as_ctrl_c = signal.getsignal(signal.SIGINT)
    if not callable(as_ctrl_c):
        raise KeyboardInterrupt
    as_ctrl_c(signal.SIGINT, frame)


def _unknown(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1)
    hint = f"; did you mean {close[0]}?" if close else f"; there are {', '.join(known)}."
    return f"there is no command {name}{hint}"
