"""`natsim conform`: the conformance suite against any NATS server."""

from __future__ import annotations

import json
import secrets
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .access import access_options
from .codes import Code
from .console import Progress, give_up, refuse, result_console

if TYPE_CHECKING:
    from collections.abc import Sequence

    from natsim.conformance.case import Case
    from natsim.conformance.suite import Suite
    from natsim.harness.conform.campaign import Found
    from natsim.harness.conform.targets import Access

_PATH = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("--server", "servers", multiple=True, metavar="PROGRAM",
              help="A program that takes nats-server's flags: natsim configures, starts and stops "
              "it, so that every case is run. May be repeated.")  # fmt: skip
@click.option("--adapter", "adapters", multiple=True, type=_PATH, metavar="FILE",
              help="How to start a server that takes other flags. May be repeated.")  # fmt: skip
@click.option("--only", multiple=True, metavar="PREFIX",
              help="Cases to run, by the beginning of their id. May be repeated.")  # fmt: skip
@click.option("--skip", multiple=True, metavar="PREFIX",
              help="Cases to leave out. May be repeated.")  # fmt: skip
@click.option("--cases", "folders", multiple=True, metavar="DIR",
              type=click.Path(path_type=Path, file_okay=False),
              help="A folder with cases of yours.")  # fmt: skip
@click.option("--version-like", metavar="VERSION",
              help="The nats-server whose behaviour is expected, 2.9.")  # fmt: skip
@click.option("--baseline", type=_PATH, metavar="FILE",
              help="An earlier conformance.json, to tell what changed.")  # fmt: skip
@click.option("--known-failures", type=_PATH, metavar="FILE",
              help="YAML, `id: {reason: why, expires: 2027-01-31}`: run and reported, but no "
              "reason to fail.")  # fmt: skip
@access_options
@click.option("--timeout", "wait_s", type=click.FloatRange(0.05, 600), metavar="SECONDS",
              help="How long an answer may take; else 3 s and 20 round trips.")  # fmt: skip
@click.option("--at-once", type=click.IntRange(1, 64), default=12, show_default=True,
              help="Cases side by side on one server.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask before a server of others is used.")
@click.option("--runs", type=click.Path(path_type=Path, file_okay=False), default=Path("runs"),
              show_default=True, help="Where the report is written.")  # fmt: skip
@click.option("--list", "is_list", is_flag=True, help="List the cases, and run none.")
@click.option("-q", "--quiet", is_flag=True, help="Print one line per server only.")
def command(
    urls: tuple[str, ...],
    servers: tuple[str, ...],
    adapters: tuple[Path, ...],
    only: tuple[str, ...],
    skip: tuple[str, ...],
    folders: tuple[Path, ...],
    version_like: str | None,
    baseline: Path | None,
    known_failures: Path | None,
    access: Access,
    wait_s: float | None,
    at_once: int,
    yes: bool,
    runs: Path,
    is_list: bool,
    quiet: bool,
) -> None:
    """Run the conformance suite against NATS servers.

    URL is a server that runs already: cases that need a special configuration are skipped there.
    With --server PROGRAM, or --adapter FILE, natsim starts the servers, and all cases are run.

    Exit codes: 0 all pass, 1 a case failed, 2 bad input, 3 undecided or all skipped, 4 a server
    cannot be reached, 130 interrupted.
    """
    from natsim.conformance.mistake import CaseError
    from natsim.conformance.suite import load_suite
    from natsim.harness.conform.adapter import load_adapter
    from natsim.harness.conform.baseline import load_baseline, mark_changes
    from natsim.harness.conform.campaign import Asked, run_all
    from natsim.harness.conform.document import document
    from natsim.harness.conform.executable import Executable, WithFlags
    from natsim.harness.conform.known import load_known_failures, mark_known
    from natsim.harness.conform.login import LoginError
    from natsim.harness.conform.run import Settings, full_version
    from natsim.harness.conform.targets import adapted, url_target

    try:
        suite = load_suite(folders)
        cases = suite.select(only, skip)
        like = full_version(version_like) if version_like else None
        known = load_known_failures(known_failures, suite) if known_failures else {}
        before = load_baseline(baseline) if baseline else None
        asked = [
            *(Asked(target=url_target(url, access, wait_s), declared={}) for url in urls),
            *(
                Asked(
                    target=Executable(f"--server {shlex.quote(text)}", WithFlags(_words(text))),
                    declared={},
                )
                for text in servers
            ),
            *(adapted(load_adapter(path, suite.houses)) for path in adapters),
        ]
    except (CaseError, LoginError, ValueError) as error:
        refuse([f"natsim conform: {error}"])
    if is_list:
        _list(suite, cases)
        return
    if not asked:
        refuse(["natsim conform: name a server: a URL, --server PROGRAM or --adapter FILE"])
    if not cases:
        refuse(["natsim conform: no case is left; check --only and --skip"])
    _warn(urls, yes)
    settings = Settings(
        version_like=like, wait_s=wait_s, cases_at_once=at_once, token=secrets.token_hex(2)[:3]
    )
    written = shlex.join(["natsim", *_without_secrets(sys.argv[1:])])
    progress = Progress("asking", len(cases) * len(asked), quiet)
    try:
        found = run_all(
            asked, suite, cases, settings, written,
            lambda _target, _case, outcome: progress.step(outcome.grade.value == "fail"),
        )  # fmt: skip
    finally:
        progress.close()
    if len(found.unavailable) == len(asked):
        give_up(Code.UNAVAILABLE, "; ".join(found.unavailable))
    for report in found.reports:
        mark_known(report, known, datetime.now(UTC).date())
    if before is not None:
        mark_changes(found.reports, before)
    gone = {
        name: grades[0] if grades else ""
        for name, grades in (before or {}).items()
        if name not in suite.cases
    }
    _report(found, document(suite, cases, found.reports, found.head, gone), runs, quiet)
    sys.exit(_code(found))


def _words(text: str) -> list[str]:
    words = shlex.split(text)
    if not words:
        raise ValueError("--server is empty; give the path of a nats-server executable")
    return words


def _warn(urls: Sequence[str], yes: bool) -> None:
    """Ask before a server is used that may be somebody's."""
    from natsim.harness.conform.login import is_loopback, parse_url

    far = [url for url in urls if not is_loopback(parse_url(url).host)]
    if not far or yes:
        return
    sentence = (
        f"{', '.join(far)}: hundreds of connections will be made, wrong commands said, and some "
        "cases subscribe to everything; messages of others on the server are seen and may be "
        "answered"
    )
    if not sys.stdin.isatty():
        refuse([f"natsim conform: {sentence}; if that is right, add --yes"])
    click.echo(f"natsim: {sentence}.", err=True)
    click.confirm("Go on?", abort=True, err=True)


_SECRET = ("--password", "--token")


def _without_secrets(arguments: Sequence[str]) -> list[str]:
    """Write a command line that may be shown to anybody."""
    shown: list[str] = []
    is_secret = False
    for argument in arguments:
        name, has_value, _ = argument.partition("=")
        if is_secret:
            shown.append("***")
        elif name in _SECRET and has_value:
            shown.append(f"{name}=***")
        elif "://" in argument and "@" in argument:
            scheme, _, rest = argument.partition("://")
            shown.append(f"{scheme}://***@{rest.rpartition('@')[2]}")
        else:
            shown.append(argument)
        is_secret = argument in _SECRET
    return shown


def _list(suite: Suite, cases: Sequence[Case]) -> None:
    for case in cases:
        rules = [suite.requirements[name].level.value for name in case.covers]
        house = "" if suite.houses[case.house].is_plain else f"  [{case.house}]"
        versions = f"  {case.versions}" if case.versions else ""
        click.echo(f"{case.id:44} {rules[0]:6} {case.title}{house}{versions}")
    covered = {name for case in suite.cases.values() for name in case.covers}
    bare = [name for name in suite.requirements if name not in covered]
    click.echo(
        f"{len(cases)} cases; {len(suite.requirements)} requirements, "
        f"{len(bare)} of them without a case{': ' if bare else ''}{', '.join(bare)}"
    )


def _report(found: Found, written: dict[str, object], runs: Path, quiet: bool) -> None:
    from natsim.harness.run_directory import RunDirectory, RunDirectoryError
    from natsim.reports.conformance.load import load_conformance
    from natsim.reports.conformance.terminal import print_conformance, print_servers
    from natsim.reports.conformance.write import write_conformance

    try:
        directory = RunDirectory(runs, "conform")
        directory.write_text("conformance.json", json.dumps(written, indent=1) + "\n")
        final = directory.complete()
    except RunDirectoryError as error:
        refuse([f"natsim conform: {error}"])
    write_conformance(final)
    document = load_conformance(final / "conformance.json")
    if quiet:
        print_servers(document, result_console())
    else:
        print_conformance(document, result_console(), final)
    for line in found.unavailable:
        click.echo(f"natsim: {line}", err=True)


def _code(found: Found) -> Code:
    """Give the code: 130 beats 4 beats 1 beats 3 beats 0."""
    from natsim.harness.conform.known import State
    from natsim.harness.conform.outcome import Grade

    if found.is_interrupted:
        return Code.INTERRUPTED
    if found.unavailable:
        return Code.UNAVAILABLE
    grades: list[Grade] = []
    for report in found.reports:
        if any(mark.state is not State.EXPECTED for mark in report.known.values()):
            return Code.INVALID
        grades += [
            grade.grade for name, grade in report.outcomes.items() if name not in report.known
        ]
    if Grade.FAIL in grades:
        return Code.INVALID
    if Grade.UNKNOWN in grades or all(grade is Grade.SKIPPED for grade in grades):
        return Code.UNKNOWN
    return Code.VALID
