"""`natsim serve`: our broker as a server on TCP, with exactly the flags of nats-server."""

from __future__ import annotations

import click


@click.command(
    short_help="Be a NATS server on TCP.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
)
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
@click.pass_context
def command(ctx: click.Context, args: tuple[str, ...]) -> None:
    """Be a NATS server on TCP, until a signal ends it."""
    from natsim.harness.serve.command import run

    ctx.exit(run(args))
