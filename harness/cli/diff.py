"""`natsim diff`: the same generated command streams to two servers."""

from __future__ import annotations

import asyncio
import re
import secrets
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .codes import Code
from .console import Progress, give_up, refuse

if TYPE_CHECKING:
    from natsim.harness.diff.campaign import Campaign, Distinct, Found
    from natsim.harness.diff.side import Side

STREAMS = 1_000
SEED_BITS = 32
LANES = 4
_SLUG = re.compile(r"[^a-z0-9]+")


@click.command()
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--seeds", "seeds_text", metavar="A..B", help="The seeds of the streams.")
@click.option("--streams", type=click.IntRange(1, 10_000_000), help=f"How many streams, {STREAMS} "
              "if nothing else is said.")  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**62), envvar="NATSIM_SEED",
              help="Of the first stream. Without it, a new one, printed.")  # fmt: skip
@click.option("--for", "duration", metavar="DURATION", help="Begin no stream after that: 60s, 10m.")
@click.option("--lanes", type=click.IntRange(1, 64), default=LANES, show_default=True,
              help="Pairs of programs side by side; a URL is played to by one.")  # fmt: skip
@click.option("-o", "--output", type=click.Path(path_type=Path, file_okay=False),
              help="A folder for transcripts, one for each difference.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask before a server of others is used.")
@click.option("-q", "--quiet", is_flag=True, help="Print the summary only.")
def command(
    one: str,
    other: str,
    seeds_text: str | None,
    streams: int | None,
    seed: int | None,
    duration: str | None,
    lanes: int,
    output: Path | None,
    yes: bool,
    quiet: bool,
) -> None:
    """Say the same commands to the servers A and B, and compare every byte that comes back.

    A and B are URLs of servers that run, nats://host:port, or programs that natsim starts with
    nats-server's -a and -p: `natsim diff "natsim serve" nats-server`. Each difference is shown
    once, by the smallest dialogue that has it.

    Exit codes: 0 nothing differs, 1 something does, 2 bad usage, 4 a server cannot be had.
    """
    from natsim.conformance.streams.play import PlayError
    from natsim.harness.conform.login import LoginError
    from natsim.harness.conform.target import TargetUnavailable
    from natsim.harness.diff.campaign import Campaign, Listener
    from natsim.harness.diff.side import side_of

    try:
        seeds = _seeds(seeds_text, streams, seed, has_end=duration is not None)
        until_s = None if duration is None else time.monotonic() + _seconds(duration)
        sides = (side_of(one), side_of(other))
        if output is not None:
            output.mkdir(parents=True, exist_ok=True)
    except (LoginError, ValueError, OSError) as error:
        refuse([f"natsim diff: {error}"])
    _warn(sides, yes)
    progress = Progress("comparing", len(seeds), quiet)
    show = _Show(sides, output, quiet)
    campaign = Campaign(*sides, seeds, Listener(found=show.found, played=progress.step), until_s)
    began_s = time.monotonic()
    try:
        asyncio.run(campaign.run(lanes))
    except (TargetUnavailable, PlayError) as error:
        give_up(Code.UNAVAILABLE, str(error))
    except ExceptionGroup as group:
        of_play, others = group.split(PlayError)
        if of_play is None or others is not None:
            raise
        give_up(Code.UNAVAILABLE, str(of_play.exceptions[0]))
    except KeyboardInterrupt:
        _sum_up(campaign, seeds, time.monotonic() - began_s)
        raise
    finally:
        progress.close()
    _sum_up(campaign, seeds, time.monotonic() - began_s)
    sys.exit(Code.INVALID if campaign.found.distinct else Code.VALID)


def _seeds(text: str | None, streams: int | None, seed: int | None, *, has_end: bool) -> range:
    from natsim.harness.seed_range import SEEDS_MAX, parse_seeds

    if text is not None:
        if streams is not None or seed is not None:
            raise ValueError("--seeds names them all; leave out --streams and --seed")
        return parse_seeds(text)
    first = secrets.randbits(SEED_BITS) if seed is None else seed
    count = streams or (SEEDS_MAX if has_end else STREAMS)
    return range(first, first + count)


def _seconds(text: str) -> float:
    from natsim.scenarios.mistake import RuleError
    from natsim.scenarios.quantity import S, parse_duration

    try:
        return parse_duration(text) / S
    except RuleError as error:
        raise ValueError(f"--for {error}") from None


def _warn(sides: tuple[Side, Side], yes: bool) -> None:
    """Ask before a server is used that may be somebody's."""
    from natsim.harness.conform.login import is_loopback
    from natsim.harness.diff.side import Running

    far = [
        side.label
        for side in sides
        if isinstance(side, Running) and not is_loopback(side.address.host)
    ]
    if not far or yes:
        return
    sentence = (
        f"{', '.join(far)}: malformed commands will be said, and everything published there is "
        "heard; others on the server disturb the comparison"
    )
    if not sys.stdin.isatty():
        refuse([f"natsim diff: {sentence}; if that is right, add --yes"])
    click.echo(f"natsim: {sentence}.", err=True)
    click.confirm("Go on?", abort=True, err=True)


class _Show:
    """Prints each difference when it is found, and writes its transcript."""

    def __init__(self, sides: tuple[Side, Side], output: Path | None, quiet: bool) -> None:
        self._labels = (sides[0].label, sides[1].label)
        self._output = output
        self._quiet = quiet
        self._count = 0

    def found(self, distinct: Distinct) -> None:
        """Show a difference."""
        self._count += 1
        file = self._write(distinct)
        if self._quiet:
            return
        click.echo(f"{self._count}. {'; '.join(sorted(distinct.kinds))}")
        for difference in distinct.differing:
            click.echo(difference.text(*self._labels))
        click.echo("".join(f"    {line}\n" for line in distinct.script.text.splitlines()), nl=False)
        if not distinct.script.passes:
            click.echo("    (chance decides here: this transcript does not tell them apart)")
        click.echo(f"    {file}\n" if file else "")

    def _write(self, distinct: Distinct) -> Path | None:
        if self._output is None:
            return None
        slug = _SLUG.sub("-", "-".join(sorted(distinct.kinds)).lower()).strip("-")[:50].strip("-")
        file = self._output / f"{self._count:03}-{slug}.txt"
        file.write_text(distinct.script.text, "utf-8")
        return file


def _sum_up(campaign: Campaign, seeds: range, took_s: float) -> None:
    found: Found = campaign.found
    last = f"{seeds[0]}..{seeds[0] + max(found.streams, 1) - 1}"
    unsteady = f", {len(found.unsteady)} differed once only" if found.unsteady else ""
    click.echo(
        f"{found.streams} streams of seeds {last}: {len(found.distinct)} distinct differences"
        f"{unsteady}; {took_s:.0f} s"
    )
