"""`natsim transcript`: play telnet-style transcripts, or record one."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .access import access_options
from .codes import Code
from .console import give_up, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from natsim.conformance.transcripts.transcript import Transcript
    from natsim.harness.conform.targets import Access
    from natsim.harness.transcript.outcome import Outcome

SIM = "sim"
DEFAULT_URL = "nats://127.0.0.1:4222"
SEED_BITS = 32


@click.command()
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option("--on", "target", metavar="URL|sim", default=DEFAULT_URL, show_default=True,
              help="The server to play to; sim is our broker in a simulated world, where waiting "
              "takes no time.")  # fmt: skip
@click.option("--telnet", "by_telnet", is_flag=True, help="Play through the real telnet program.")
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), envvar="NATSIM_SEED",
              help="Of the simulated world. Without it, a new one, printed.")  # fmt: skip
@click.option("--timeout", "wait_s", type=click.FloatRange(0.05, 600), metavar="SECONDS",
              help="How long an answer may take; 3 if not given.")  # fmt: skip
@click.option("--record", metavar="HOST:PORT", help="Talk to a server, and write what was said.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False),
              help="The file to write with --record, instead of stdout.")  # fmt: skip
@click.option("--list", "is_list", is_flag=True, help="List the lessons that come with natsim.")
@click.option("-q", "--quiet", is_flag=True, help="Do not show the dialogue.")
@access_options
def command(
    files: tuple[str, ...],
    target: str,
    by_telnet: bool,
    seed: int | None,
    wait_s: float | None,
    record: str | None,
    output: Path | None,
    is_list: bool,
    quiet: bool,
    access: Access,
) -> None:
    """Play each FILE, a dialogue with a server, and compare every line of the server.

    FILE may also be the name of a lesson; --list shows them. With --record, what is typed goes to
    the server line by line until the end of input or Ctrl-C, and the dialogue is written as a file.

    Exit codes: 0 all came as written, 1 a line differs, 2 a bad file, 4 the server cannot be had.
    """
    if is_list:
        _list()
        return
    if record is not None:
        if files or by_telnet or target != DEFAULT_URL:
            refuse(["natsim transcript: --record plays nothing; leave out FILE, --on and --telnet"])
        _record(record, output, access, wait_s)
        return
    if output is not None:
        refuse(["natsim transcript: -o is the file that --record writes; add --record HOST:PORT"])
    if not files:
        refuse(["natsim transcript: name a FILE, or a lesson; --list shows the lessons"])
    transcripts = _read(files)
    if target == SIM:
        if by_telnet:
            refuse(["natsim transcript: telnet reaches no simulated world; leave out --telnet"])
        seed = secrets.randbits(SEED_BITS) if seed is None else seed
        failed = _play_all(transcripts, _in_sim(seed), quiet)
        click.echo(f"seed {seed}", err=True)
    else:
        failed = _play_all(transcripts, _on_server(target, access, wait_s, by_telnet), quiet)
    sys.exit(Code.INVALID if failed else Code.VALID)


def _read(files: Sequence[str]) -> list[Transcript]:
    from natsim.conformance.mistake import CaseError
    from natsim.harness.transcript.shelf import read_transcript

    transcripts: list[Transcript] = []
    mistakes: list[str] = []
    for name in files:
        try:
            transcripts.append(read_transcript(name))
        except CaseError as error:
            mistakes.append(str(error))
    if mistakes:
        refuse(mistakes)
    return transcripts


def _in_sim(seed: int) -> Callable[[Transcript], Outcome]:
    from natsim.harness.transcript.sim import play_in_sim

    return lambda transcript: play_in_sim(transcript, seed)


def _on_server(
    target: str, access: Access, wait_s: float | None, by_telnet: bool
) -> Callable[[Transcript], Outcome]:
    from natsim.conformance.patience import patience_for
    from natsim.harness.conform.login import LoginError
    from natsim.harness.conform.target import TargetUnavailable
    from natsim.harness.conform.targets import address_of
    from natsim.harness.transcript.tcp import check_server, play_on_tcp
    from natsim.harness.transcript.telnet import find_telnet, play_by_telnet

    patience = patience_for(0.0, wait_s)
    try:
        address, login = address_of(target, access)
        program = find_telnet() if by_telnet else None
        check_server(address, login, patience.wait_s)
    except LoginError as error:
        refuse([f"natsim transcript: {error}"])
    except TargetUnavailable as error:
        give_up(Code.UNAVAILABLE, str(error))
    if program is not None:
        return lambda transcript: play_by_telnet(transcript, program, address, login, patience)
    return lambda transcript: play_on_tcp(transcript, address, login, patience)


def _play_all(
    transcripts: Sequence[Transcript], play: Callable[[Transcript], Outcome], quiet: bool
) -> int:
    from natsim.conformance.mistake import CaseError
    from natsim.harness.conform.target import TargetUnavailable
    from natsim.harness.transcript.show import dialogue_lines, failure_lines

    failed = 0
    for transcript in transcripts:
        try:
            outcome = play(transcript)
        except CaseError as error:
            refuse([str(error)])
        except TargetUnavailable as error:
            give_up(Code.UNAVAILABLE, str(error))
        if not quiet:
            for line in dialogue_lines(outcome.dialogue):
                click.echo(line)
        if outcome.has_passed:
            lenient = f" (leniently: {'; '.join(outcome.leniences)})" if outcome.leniences else ""
            click.echo(f"ok {transcript.path}{lenient}")
        else:
            failed += 1
            for line in failure_lines(transcript.path, outcome):
                click.echo(line)
    return failed


def _list() -> None:
    from natsim.conformance.lessons.shelf import lessons
    from natsim.harness.transcript.shelf import read_transcript

    for name in lessons():
        click.echo(f"{name:22} {read_transcript(name).front.get('title', '')}")


def _record(where: str, output: Path | None, access: Access, wait_s: float | None) -> None:
    from natsim.conformance.patience import patience_for
    from natsim.harness.conform.login import LoginError
    from natsim.harness.conform.target import TargetUnavailable
    from natsim.harness.conform.targets import address_of
    from natsim.harness.transcript.session import record
    from natsim.harness.transcript.tcp import check_server

    patience = patience_for(0.0, wait_s)
    try:
        address, login = address_of(where, access)
        check_server(address, login, patience.wait_s)
    except LoginError as error:
        refuse([f"natsim transcript: {error}"])
    except TargetUnavailable as error:
        give_up(Code.UNAVAILABLE, str(error))
    if output is not None and not output.parent.is_dir():
        refuse([f"natsim transcript: there is no folder {output.parent}; make it, or name another"])
    text = record(address, login, patience)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")
        click.echo(f"natsim: {output} is written", err=True)
