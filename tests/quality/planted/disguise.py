"""Servers that break what no proxy of a client port can: configuration, signals, monitoring.

They are for `--around` only: somebody has to start them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from natsim.harness.stage.launch import leashed

from .free_port import free_port
from .monitor import Answers

if TYPE_CHECKING:
    from natsim.broker.nats.options import Options

Become: TypeAlias = Callable[["Options", Sequence[str]], int]

_ABRUPT_STATUS = 9
_SIGNALS = (signal.SIGHUP, signal.SIGUSR2, signal.SIGTERM, signal.SIGINT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disguise:
    """rule: what is broken. become: turns this process into such a server, or gives its status."""

    name: str
    rule: str
    become: Become


def _bare(options: Options, command: Sequence[str]) -> NoReturn:
    program = list(takewhile(lambda word: not word.startswith("-"), command))
    flags = ["-a", options.host, "-p", str(options.port)]
    if options.monitor is not None:
        flags += ["-m", str(options.monitor.port)]
    os.execvp(program[0], [*program, *flags])


def _deaf(_: Options, command: Sequence[str]) -> int:
    server = subprocess.Popen(leashed(list(command)))
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    return server.wait()


def _abrupt(_: Options, command: Sequence[str]) -> int:
    server = subprocess.Popen(leashed(list(command)))

    def kill(*_: object) -> None:
        server.kill()

    for number in _SIGNALS:
        signal.signal(number, kill)
    server.wait()
    return _ABRUPT_STATUS


def _monitored(answers: Answers, options: Options, command: Sequence[str]) -> NoReturn:
    if options.monitor is None:
        os.execvp(command[0], list(command))
    host, hidden = options.monitor.host or options.host, free_port(options.host)
    ends = ["--upstream", f"{host}:{hidden}", "--listen", f"{host}:{options.monitor.port}"]
    ours = [sys.executable, "-m", f"{__package__}.monitor", answers.value, *ends]
    stand_in = subprocess.Popen(ours, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert stand_in.stdin is not None
    assert stand_in.stdout is not None
    stand_in.stdout.readline()  # it listens
    os.set_inheritable(stand_in.stdin.fileno(), True)
    os.execvp(command[0], [*command, "-m", str(hidden)])


_ALL = (
    Disguise(
        name="monitor.frozen",
        rule="Monitoring answers for ever what it answered first.",
        become=partial(_monitored, Answers.FROZEN),
    ),
    Disguise(
        name="monitor.absent",
        rule="Monitoring knows no path.",
        become=partial(_monitored, Answers.ABSENT),
    ),
    Disguise(
        name="monitor.empty",
        rule="Monitoring answers everything by an empty object.",
        become=partial(_monitored, Answers.EMPTY),
    ),
    Disguise(name="deaf", rule="No signal is heard.", become=_deaf),
    Disguise(name="abrupt", rule="Any signal kills the server on the spot.", become=_abrupt),
    Disguise(name="bare", rule="The configuration is not read, but for ports.", become=_bare),
)

DISGUISES = {each.name: each for each in _ALL}
"""By name; those that break least come first."""
