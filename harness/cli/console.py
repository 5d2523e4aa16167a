"""What commands print: results to stdout, everything else to stderr."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, NoReturn

import click

from .codes import Code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

_LINE_EVERY_S = 10.0


def result_console() -> Console:
    """Make the console for results; colour and width by the terminal, NO_COLOR honoured."""
    from rich.console import Console

    return Console(file=sys.stdout, highlight=False)


def refuse(lines: Iterable[str]) -> NoReturn:
    """Say what is wrong with the input, a line each, and end with code 2."""
    for line in lines:
        click.echo(line, err=True)
    sys.exit(Code.BAD_INPUT)


def give_up(code: Code, line: str) -> NoReturn:
    """Say in one line why nothing can be done, and end."""
    click.echo(f"natsim: {line}", err=True)
    sys.exit(code)


class Progress:
    """What is going on, on stderr: a bar on a terminal, now and then a line elsewhere.

    total: how many steps there are. is_quiet: say nothing.
    """

    def __init__(self, what: str, total: int, is_quiet: bool) -> None:
        self._what = what
        self._total = total
        self._count = 0
        self._failed = 0
        self._next_line_s = time.monotonic() + _LINE_EVERY_S
        self._is_quiet = is_quiet
        self._bar = None
        if not is_quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress as Bar

            self._bar = Bar(console=Console(file=sys.stderr), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(what, total=total)

    def step(self, is_failed: bool) -> None:
        """Note one more step."""
        self._count += 1
        self._failed += is_failed
        text = f"{self._what}, {self._failed} accused" if self._failed else self._what
        if self._bar is not None:
            self._bar.update(self._task, advance=1, description=text)
        elif not self._is_quiet and time.monotonic() > self._next_line_s:
            self._next_line_s = time.monotonic() + _LINE_EVERY_S
            click.echo(f"{text}: {self._count} of {self._total}", err=True)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
